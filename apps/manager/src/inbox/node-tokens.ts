// A secret must never be repeatable, as what the injected randomness gives is.
// oxlint-disable-next-line no-restricted-imports
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { chmod, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isObject, OakringError } from '@oakring/contracts';

const secretBytes = 32;
const secretFile = 'cluster-secret';

/**
 * The secrets by which nodes prove to be themselves when they register again. A node's token is
 * derived from the cluster's secret (HMAC-SHA-256 of its id), so none is stored anywhere.
 */
export class NodeTokens {
  private constructor(private readonly secret: Buffer) {}

  /** Of a secret that several managers share. */
  static of(secret: Buffer): NodeTokens {
    return new NodeTokens(secret);
  }

  /**
   * The cluster's secret lies in `folder`, readable by its owner only, and is made there once.
   * Throws `data-folder-unusable` when it cannot be read, made, or is damaged.
   */
  static async open(folder: string): Promise<NodeTokens> {
    const path = join(folder, secretFile);
    try {
      const secret = (await readSecret(path)) ?? (await makeSecret(folder, path));
      if (secret.length === secretBytes) return new NodeTokens(secret);
    } catch (error) {
      throw unusable(path, String(error));
    }
    throw unusable(path, `it is not ${secretBytes} bytes long; every node's token depends on it`);
  }

  token(nodeId: string): string {
    return createHmac('sha256', this.secret).update(nodeId).digest('base64url');
  }

  verdict(nodeId: string, token: string | null): 'absent' | 'valid' | 'wrong' {
    if (token === null) return 'absent';
    const presented = Buffer.from(token);
    const expected = Buffer.from(this.token(nodeId));
    const same = presented.length === expected.length && timingSafeEqual(presented, expected);
    return same ? 'valid' : 'wrong';
  }
}

async function readSecret(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if (isObject(error) && error['code'] === 'ENOENT') return null;
    throw error;
  }
}

/** Whole or not at all: a secret cut short by a crash would change every token. */
async function makeSecret(folder: string, path: string): Promise<Buffer> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const secret = randomBytes(secretBytes);
  const draft = `${path}.new`;
  await rm(draft, { force: true });
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(secret);
    await file.sync();
  } finally {
    await file.close();
  }
  await chmod(draft, 0o600);
  await rename(draft, path);
  return secret;
}

function unusable(path: string, reason: string): OakringError {
  return new OakringError({
    code: 'data-folder-unusable',
    detail: `The cluster's secret ${path} cannot be used: ${reason}.`,
  });
}

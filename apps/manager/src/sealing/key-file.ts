import { generateKeyPairSync } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { OakringError, systemCodeOf } from '@oakring/contracts';
import { signingKeyOf, type SigningKey } from '@oakring/events';

const fileName = 'seal-key.pem';
const ownerOnly = 0o600;
/** Bits of whoever is not the owner. */
const otherBits = 0o077;

/**
 * The key that this manager signs with: `seal-key.pem` in the data folder, Ed25519, PKCS #8, mode
 * 0600; made at the first start. Throws `key-unusable` when others may read it, or it is no such key.
 */
export async function openSigningKey(folder: string): Promise<SigningKey> {
  const path = join(folder, fileName);
  try {
    const mode = (await stat(path)).mode & 0o777;
    if ((mode & otherBits) !== 0) {
      throw unusable(path, `its mode is 0${mode.toString(8)}, and others may read or change it`);
    }
    return signingKeyOf(await readFile(path, 'utf8'));
  } catch (error) {
    if (error instanceof OakringError) throw error;
    if (systemCodeOf(error) !== 'ENOENT') throw unusable(path, String(error));
  }
  return makeKey(folder, path).catch((error: unknown) => {
    throw unusable(path, String(error));
  });
}

/** Whole or not at all: half a key would stop every later start. */
async function makeKey(folder: string, path: string): Promise<SigningKey> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const pem = generateKeyPairSync('ed25519')
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString();
  const draft = `${path}.new`;
  await rm(draft, { force: true });
  const file = await open(draft, 'wx', ownerOnly);
  try {
    await file.writeFile(pem);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
  return signingKeyOf(pem);
}

function unusable(path: string, reason: string): OakringError {
  return new OakringError({
    code: 'key-unusable',
    detail: `The signing key ${path} cannot be used: ${reason}.`,
    value: path,
  });
}

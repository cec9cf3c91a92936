import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isObject, OakringError } from '@oakring/contracts';
import { replaceDurably } from '../memory/replace-durably.js';

/** What this node is known by: at the broker as the password beside its id, at the manager as a bearer token. */
export interface NodeCredential {
  readonly node: string;
  /** Told to nobody but manager and broker, and never logged. */
  readonly secret: string;
  /** ISO 8601, by this machine's clock: since when it is known to the manager. Null: it was made, and perhaps never heard. */
  readonly since: string | null;
  /** Made to take the place of `secret`: perhaps it has, and the answer was lost. */
  readonly next: string | null;
}

const name = 'credential.json';

/** The credential in the worker's data folder, its user's alone (0600). It is written before anybody hears of it. */
export class CredentialFile {
  private constructor(
    private readonly folder: string,
    private credential: NodeCredential | null,
  ) {}

  /** Throws `data-folder-unusable` where there is something else: a credential is never overwritten by mistake. */
  static async open(folder: string): Promise<CredentialFile> {
    const path = join(folder, name);
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (error) {
      if (isObject(error) && error['code'] === 'ENOENT') return new CredentialFile(folder, null);
      throw error;
    }
    const credential = credentialIn(text);
    if (credential !== null) return new CredentialFile(folder, credential);
    const detail = `${path} is not what a worker wrote. Remove it to join anew with another credential.`;
    throw new OakringError({ code: 'data-folder-unusable', detail, value: path });
  }

  /** Of that node; null: there is none, or another node's. */
  of(node: string): NodeCredential | null {
    return this.credential?.node === node ? this.credential : null;
  }

  /** Durable when it resolves. */
  async keep(credential: NodeCredential): Promise<void> {
    await replaceDurably(this.folder, name, JSON.stringify(credential));
    this.credential = credential;
  }
}

function credentialIn(text: string): NodeCredential | null {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return null;
  }
  const { node, secret, since = null, next = null } = isObject(body) ? body : {};
  const isWhole =
    isText(node) &&
    isText(secret) &&
    (since === null || (isText(since) && !Number.isNaN(Date.parse(since)))) &&
    (next === null || isText(next));
  return isWhole ? { node, secret, since, next } : null;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

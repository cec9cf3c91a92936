import { readFile } from 'node:fs/promises';
import { isObject } from '@oakring/contracts';
import { localToken } from '@oakring/host';
import type { JoinOptions } from '../config/join-options.js';

/** What a worker is let in by. */
export interface JoinWay {
  readonly bearer: string;
  /** It was given for this, and is no credential that lies here for everything. */
  readonly isGiven: boolean;
  /** For a person. */
  readonly says: string;
}

/**
 * A token that was given for it, else what a manager of the same user left on this machine; null: neither is there.
 * Rejects with why one cannot be read.
 */
export async function joinWay(options: JoinOptions): Promise<JoinWay | null> {
  const { managerUrl, token, tokenFile, managerData } = options;
  const given = token ?? (tokenFile === null ? null : await textOf(tokenFile));
  if (given !== null)
    return { bearer: given, isGiven: true, says: `a join token of ${managerUrl}` };
  const own = localToken({ OAKRING_DATA: managerData }, managerUrl);
  if (own === null) return null;
  return {
    bearer: own,
    isGiven: false,
    says: `the credential of this machine's manager, ${managerUrl}`,
  };
}

/** Null: it is not there, or empty: it may come. */
async function textOf(path: string): Promise<string | null> {
  try {
    const text = (await readFile(path, 'utf8')).trim();
    return text === '' ? null : text;
  } catch (error) {
    if (isObject(error) && error['code'] === 'ENOENT') return null;
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`OAKRING_WORKER_JOIN_TOKEN_FILE: ${path} cannot be read: ${why}`, {
      cause: error,
    });
  }
}

import { statfs } from 'node:fs/promises';
import { reasonOf } from '@oakring/host';

/** Below this a disk counts as full; lmdb itself reports a short write as an input/output error. */
const fullBelowBytes = 1_048_576;

/** Why a commit to the environment in `folder` failed, for a person. Never rejects. */
export async function commitFailure(folder: string, error: unknown): Promise<string> {
  const reason = await lmdbReason(error);
  try {
    const { bavail, bsize } = await statfs(folder);
    const leftBytes = bavail * bsize;
    if (leftBytes < fullBelowBytes) return `the disk is full, ${leftBytes} bytes left (${reason})`;
  } catch {
    // The folder is gone or unreadable: lmdb's own words are all there is.
  }
  return reason;
}

/**
 * lmdb rejects with a general error; the reason comes in a promise that must not stay unhandled.
 */
async function lmdbReason(error: unknown): Promise<string> {
  if (typeof error !== 'object' || error === null || !('commitError' in error)) {
    return reasonOf(error);
  }
  try {
    await error.commitError;
    return reasonOf(error);
  } catch (cause) {
    return reasonOf(cause);
  }
}

import { open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf } from '@oakring/host';

/** Below this a disk counts as full; lmdb itself reports a short write as an input/output error. */
const fullBelowBytes = 1_048_576;
/** About what a commit takes. */
const probeBytes = 65_536;

/** Why a commit to the environment in `folder` failed, for a person. Never rejects. */
export async function commitFailure(folder: string, error: unknown): Promise<string> {
  const reason = await lmdbReason(error);
  const full = await fullness(folder);
  return full === null ? reason : `${full} (${reason})`;
}

/**
 * Why a commit to the environment in `folder` would fail now, as far as can be told without one;
 * null when nothing is known to be in the way. After a failure it is tried whether the disk takes a
 * file again: it may be a while until there is something to commit. Never rejects.
 */
export async function commitObstacle(
  folder: string,
  lastFailure: string | null,
): Promise<string | null> {
  const full = await fullness(folder);
  if (full !== null || lastFailure === null) return full;
  return (await takesFile(folder)) ? null : lastFailure;
}

async function fullness(folder: string): Promise<string | null> {
  try {
    const { bavail, bsize } = await statfs(folder);
    const leftBytes = bavail * bsize;
    return leftBytes < fullBelowBytes ? `the disk is full, ${leftBytes} bytes left` : null;
  } catch {
    // The folder is gone or unreadable: what a commit says is all there is.
    return null;
  }
}

async function takesFile(folder: string): Promise<boolean> {
  const path = join(folder, 'probe');
  try {
    const file = await open(path, 'w', 0o600);
    try {
      await file.writeFile(Buffer.alloc(probeBytes, 1));
      await file.datasync();
    } finally {
      await file.close();
      await rm(path, { force: true });
    }
    return true;
  } catch {
    return false;
  }
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

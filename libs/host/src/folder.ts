import { access, constants, stat } from 'node:fs/promises';
import { OakringError } from '@oakring/contracts';
import { makeFolder } from './make-folder.js';

/** Folders of ours are for their owner alone: what jobs are given as environment is in them. */
const ownerOnly = 0o700;
const everybodyElse = 0o077;

/** Makes a folder, or says why it cannot be read and written. */
export async function prepareFolder(folder: string): Promise<void> {
  try {
    await makeFolder(folder, ownerOnly);
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw folderUnusable(folder, error);
  }
}

/** Makes a folder that nobody else reads. Throws `data-folder-open` when others can look into it. */
export async function preparePrivateFolder(folder: string): Promise<void> {
  await prepareFolder(folder);
  await refuseOpenFolder(folder);
}

/** Throws `data-folder-open` when others can look into a folder that is there. */
export async function refuseOpenFolder(folder: string): Promise<void> {
  const { mode } = await stat(folder);
  // Windows has no such modes, and shows the same for everything.
  if ((mode & everybodyElse) === 0 || process.platform === 'win32') return;
  const shown = (mode & 0o777).toString(8).padStart(4, '0');
  throw new OakringError({
    code: 'data-folder-open',
    detail:
      `Other users of this machine can look into the folder ${folder} (mode ${shown}): ` +
      `chmod -R go-rwx ${folder}`,
    value: folder,
  });
}

export function folderUnusable(folder: string, cause: unknown): OakringError {
  return new OakringError(
    {
      code: 'data-folder-unusable',
      detail: `The folder ${folder} cannot be used: ${reasonOf(cause)}.`,
      value: folder,
    },
    { cause },
  );
}

/** The message of whatever was thrown. By shape: lmdb's errors may be of another realm's class. */
export function reasonOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'message' in error) {
    return String(error.message);
  }
  return String(error);
}

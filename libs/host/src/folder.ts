import { access, constants, mkdir } from 'node:fs/promises';
import { OakringError } from '@oakring/contracts';

/** Makes a folder, or says why it cannot be read and written. */
export async function prepareFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw folderUnusable(folder, error);
  }
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

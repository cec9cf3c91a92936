import { existsSync } from 'node:fs';
import { access, constants, mkdir, open as openFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { OakringError } from '@oakring/contracts';
import { open, type RootDatabase } from 'lmdb';

export const dataFileName = 'data.mdb';
export const lockFileName = 'lock.mdb';
/** A new environment is made here and then moved, so that an empty data file is always damage. */
const nurseryName = 'creating';
/** Trees of an environment; ours have two. */
const maxTrees = 4;

/**
 * Options shared by every environment of ours. No overlapping sync: with it a failed flush leaves
 * its promise pending for ever. Never a write map: a full disk would be a SIGBUS instead of an
 * error. No batching by event turn: when a commit fails it leaves a rejection behind that nobody
 * can handle, which ends the process.
 */
export function openEnvironment(folder: string, options?: { noMetaSync: boolean }): RootDatabase {
  return open({
    path: folder,
    overlappingSync: false,
    eventTurnBatching: false,
    maxDbs: maxTrees,
    ...options,
  });
}

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

/** What lies in the folder: a data file, none, or none though there was one. */
export function environmentIn(folder: string): 'present' | 'absent' | 'lost' {
  if (existsSync(join(folder, dataFileName))) return 'present';
  return existsSync(join(folder, lockFileName)) ? 'lost' : 'absent';
}

/** Makes an empty environment with these trees, all or nothing. */
export async function createEnvironment(folder: string, trees: readonly string[]): Promise<void> {
  const nursery = join(folder, nurseryName);
  await rm(nursery, { recursive: true, force: true });
  const environment = openEnvironment(nursery);
  for (const name of trees) environment.openDB({ name });
  await environment.close();
  await rename(join(nursery, dataFileName), join(folder, dataFileName));
  await rm(nursery, { recursive: true, force: true });
  const handle = await openFile(folder, 'r');
  await handle.sync().finally(() => handle.close());
}

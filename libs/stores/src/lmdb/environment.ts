import { existsSync } from 'node:fs';
import { open as openFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { open, type RootDatabase } from 'lmdb';

export const dataFileName = 'data.mdb';
export const lockFileName = 'lock.mdb';
/** A new environment is made here and then moved, so that an empty data file is always damage. */
const nurseryName = 'creating';
/** Trees of an environment; ours have two. */
const maxTrees = 4;

/** What jobs are given as environment is in there. */
const ownerOnly = 0o600;

/**
 * Options shared by every environment of ours. No overlapping sync: with it a failed flush leaves
 * its promise pending for ever. Never a write map: a full disk would be a SIGBUS instead of an
 * error. No batching by event turn: when a commit fails it leaves a rejection behind that nobody
 * can handle, which ends the process.
 */
export function openEnvironment(folder: string, options?: { noMetaSync: boolean }): RootDatabase {
  const all = {
    path: folder,
    // Left to lmdb, one whose name has an ending (`ledger.v2`) is taken for a file.
    noSubdir: false,
    // Missing in the library's types.
    permissionsMode: ownerOnly,
    overlappingSync: false,
    eventTurnBatching: false,
    maxDbs: maxTrees,
    ...options,
  };
  return open(all);
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

import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import type { Database, RootDatabase } from 'lmdb';
import { inspectDataFile, type TreeEdges } from '../../lmdb/data-file.js';
import {
  createEnvironment,
  dataFileName,
  environmentIn,
  openEnvironment,
} from '../../lmdb/environment.js';
import { folderUnusable, prepareFolder } from '@oakring/host';
import { hashCommit, damageAt, logDamaged, type Damage, decodeStoredCommit } from '@oakring/events';

/** The open environment of a ledger. */
export interface LogEnvironment {
  readonly root: RootDatabase;
  /** Position → text of the stored commit. */
  readonly commits: Database<string, number>;
  /** [stream, position of a commit that has events of it] → its last version there. */
  readonly streams: Database<number, [stream: string, position: number]>;
}

export const commitTree = 'commits';
const streamTree = 'streams';

/**
 * Opens the ledger in `folder`, or a new one when the folder is empty. Everything is checked before
 * lmdb opens it, so a refusal has changed nothing: `data-folder-unusable`, `log-damaged`. What was
 * found sound up to the transaction `since` is not looked at again.
 */
export async function openLogEnvironment(folder: string, since = 0): Promise<LogEnvironment> {
  await prepareFolder(folder);
  const found = environmentIn(folder);
  if (found === 'lost') {
    const detail = `${dataFileName} is gone, its lock file is still there`;
    throw logDamaged(folder, damageAt(null, 'P1', detail));
  }
  const damage = await inspectedOrNew(folder, found === 'absent', since);
  if (damage !== null) throw logDamaged(folder, damage);
  return reopenLogEnvironment(folder);
}

/** Opens a ledger that was checked before. Throws `data-folder-unusable`. */
export function reopenLogEnvironment(folder: string): LogEnvironment {
  try {
    const root = openEnvironment(folder);
    return {
      root,
      commits: root.openDB({ name: commitTree, encoding: 'string' }),
      streams: root.openDB({ name: streamTree, encoding: 'ordered-binary' }),
    };
  } catch (error) {
    throw folderUnusable(folder, error);
  }
}

async function inspectedOrNew(
  folder: string,
  isNew: boolean,
  since: number,
): Promise<Damage | null> {
  const path = join(folder, dataFileName);
  try {
    if (isNew) await createEnvironment(folder, [commitTree, streamTree]);
    else accessSync(path, constants.R_OK | constants.W_OK);
    return damageIn(path, since);
  } catch (error) {
    throw folderUnusable(folder, error);
  }
}

function damageIn(path: string, since: number): Damage | null {
  const inspection = inspectDataFile(path, since);
  // Nothing can be said without lmdb: what is damaged is found when the log is replayed.
  if (inspection.status === 'layout-unknown') return null;
  if (inspection.status === 'damaged') {
    return damageAt(null, 'P1', inspection.detail);
  }
  const commits = inspection.trees.get(commitTree);
  const streams = inspection.trees.get(streamTree);
  if (commits === undefined || streams === undefined) {
    return damageAt(null, 'P1', 'it holds another kind of data');
  }
  return edgeDamage(commits, streams);
}

/** First position 1, last position = number of commits, the head's own hash: no hole in between. */
function edgeDamage(commits: TreeEdges, streams: TreeEdges): Damage | null {
  const { entries, first, last } = commits;
  if (first === null || last === null) {
    if (streams.entries === 0) return null;
    return damageAt(1, 'P4', 'there are streams and no commits');
  }
  const oldest = decodeStoredCommit(first.toString('utf8'), 1);
  if (oldest.status === 'damaged') return oldest.damage;
  const head = decodeStoredCommit(last.toString('utf8'), entries);
  if (head.status === 'damaged') return head.damage;
  const { commit } = head;
  const hash = hashCommit(commit);
  if (hash === commit.hash) return null;
  const detail = `hash is ${commit.hash}, its fields hash to ${hash}`;
  return damageAt(commit.position, 'C4', detail);
}

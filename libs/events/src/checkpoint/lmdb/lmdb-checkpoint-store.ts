import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { OakringError } from '@oakring/contracts';
import type { Database, RootDatabase } from 'lmdb';
import { commitFailure } from '../../lmdb/commit-failure.js';
import { inspectDataFile } from '../../lmdb/data-file.js';
import {
  createEnvironment,
  dataFileName,
  environmentIn,
  lockFileName,
  openEnvironment,
} from '../../lmdb/environment.js';
import { folderUnusable, prepareFolder } from '@oakring/host';
import type { JsonObject } from '../../log/canonical-json.js';
import type { LogHead } from '../../log/commit.js';
import type { Checkpoint, CheckpointStore, ViewChange } from '../checkpoint-store.port.js';
import { decodeChecked, encodeChecked } from './checked-text.js';

const recordTree = 'records';
const markTree = 'mark';
const markKey = 'checkpoint';
/** Where an unreadable checkpoint is kept, the last one only: a trace for whoever asks why. */
const asideName = 'unreadable.mdb';

/**
 * Saved views in an environment of their own in `folder`. The newest save may be lost in a power
 * cut, half of one never remains. A checkpoint that cannot be read does not stop anything: it is
 * moved aside and `load` says null. Throws `data-folder-unusable`.
 */
export async function openLmdbCheckpointStore(folder: string): Promise<CheckpointStore> {
  await prepareFolder(folder);
  try {
    if (environmentIn(folder) === 'present' && !isSound(join(folder, dataFileName))) {
      await rename(join(folder, dataFileName), join(folder, asideName));
      await rm(join(folder, lockFileName), { force: true });
    }
    if (environmentIn(folder) !== 'present') await createEnvironment(folder, trees);
    return new LmdbCheckpointStore(folder, openTrees(folder));
  } catch (error) {
    throw folderUnusable(folder, error);
  }
}

const trees = [recordTree, markTree];

interface CheckpointTrees {
  readonly root: RootDatabase;
  /** [view, key] → checksum and JSON text. */
  readonly records: Database<string, [view: string, key: string]>;
  readonly mark: Database<string, string>;
}

function isSound(path: string): boolean {
  const inspection = inspectDataFile(path);
  if (inspection.status !== 'sound') return inspection.status === 'layout-unknown';
  return trees.every((name) => inspection.trees.has(name));
}

function openTrees(folder: string): CheckpointTrees {
  // Without syncing the meta page a power cut may undo the last save, never tear it.
  const root = openEnvironment(folder, { noMetaSync: true });
  return {
    root,
    records: root.openDB({ name: recordTree, encoding: 'string' }),
    mark: root.openDB({ name: markTree, encoding: 'string' }),
  };
}

class LmdbCheckpointStore implements CheckpointStore {
  private mustReopen = false;

  constructor(
    private readonly folder: string,
    private trees: CheckpointTrees,
  ) {}

  async load(): Promise<Checkpoint | null> {
    const checkpoint = this.readAll();
    if (checkpoint === null) await this.clear();
    return checkpoint;
  }

  async save(changes: readonly ViewChange[], head: LogHead, foldVersion: number): Promise<void> {
    await this.transact((trees) => {
      const { records, mark } = trees;
      let count = readMark(trees)?.records ?? 0;
      for (const { view, key, record } of changes) {
        const existed = records.doesExist([view, key]);
        if (record === null) records.remove([view, key]);
        else records.put([view, key], encodeChecked([view, key], record));
        count += Number(record !== null) - Number(existed);
      }
      mark.put(markKey, encodeChecked([markKey], { head, foldVersion, records: count }));
    });
  }

  async clear(): Promise<void> {
    await this.transact(({ records, mark }) => {
      mark.remove(markKey);
      for (const key of [...records.getKeys()]) records.remove(key);
    });
  }

  async close(): Promise<void> {
    await this.trees.root.close();
  }

  private readAll(): Checkpoint | null {
    const mark = readMark(this.trees);
    if (mark === null) return null;
    const records: { view: string; key: string; record: JsonObject }[] = [];
    for (const { key: address, value } of this.trees.records.getRange()) {
      const record = decodeChecked(address, value);
      if (record === null) return null;
      records.push({ view: address[0], key: address[1], record });
    }
    if (records.length !== mark.records) return null;
    return { head: mark.head, foldVersion: mark.foldVersion, records };
  }

  private async transact(work: (trees: CheckpointTrees) => void): Promise<void> {
    try {
      if (this.mustReopen) {
        await this.trees.root.close();
        this.trees = openTrees(this.folder);
        this.mustReopen = false;
      }
      await this.trees.records.childTransaction(() => work(this.trees));
    } catch (error) {
      this.mustReopen = true;
      const reason = await commitFailure(this.folder, error);
      throw new OakringError(
        {
          code: 'data-folder-unusable',
          detail: `The checkpoint in ${this.folder} cannot be written: ${reason}.`,
          value: this.folder,
        },
        { cause: error },
      );
    }
  }
}

interface Mark {
  readonly head: LogHead;
  readonly foldVersion: number;
  readonly records: number;
}

function readMark(trees: CheckpointTrees): Mark | null {
  const stored = trees.mark.get(markKey);
  if (stored === undefined) return null;
  // Written by `save` and unchanged since, or null: the checksum says so.
  return decodeChecked([markKey], stored) as Mark | null;
}

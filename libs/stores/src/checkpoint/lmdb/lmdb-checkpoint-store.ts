import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { OakringError } from '@oakring/contracts';
import { exitNeverWaitsFor } from '@oakring/ports';
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
import type { LogHead } from '@oakring/events';
import type { Checkpoint, CheckpointStore, ViewChange } from '../checkpoint-store.port.js';
import { checked, decodeChecked, encodeChecked, unchecked } from './checked-text.js';
import { CheckpointBlocks } from './checkpoint-blocks.js';

const blockTree = 'blocks';
const goneTree = 'gone';
const markTree = 'mark';
const markKey = 'checkpoint';
const unreadable = 'what was saved before cannot be read';
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

const trees = [blockTree, goneTree, markTree];

interface CheckpointTrees {
  readonly root: RootDatabase;
  /** Number → checksum and text of a block. */
  readonly blocks: Database<string, number>;
  /** Number of a block → checksum and the lines of it that are gone. */
  readonly gone: Database<string, number>;
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
    blocks: root.openDB({ name: blockTree, encoding: 'string' }),
    gone: root.openDB({ name: goneTree, encoding: 'string' }),
    mark: root.openDB({ name: markTree, encoding: 'string' }),
  };
}

class LmdbCheckpointStore implements CheckpointStore {
  private mustReopen = false;
  /** Where each record lies on the disk; null: not known, it has to be read. */
  private blocks: CheckpointBlocks | null = null;

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
    if (this.blocks === null) this.readAll();
    const blocks = this.blocks ?? new CheckpointBlocks();
    await this.transact((trees) => {
      if (this.blocks === null && trees.mark.get(markKey) !== undefined)
        throw new Error(unreadable);
      const { written, gone, removed } = blocks.change(changes, (number) => textOf(trees, number));
      for (const number of removed) {
        trees.blocks.remove(number);
        trees.gone.remove(number);
      }
      for (const { number, text } of written) {
        trees.blocks.put(number, checked(addressOf(number), text));
      }
      for (const [number, lines] of gone) {
        trees.gone.put(number, encodeChecked(addressOf(number), { lines }));
      }
      const { records, size } = blocks;
      trees.mark.put(
        markKey,
        encodeChecked([markKey], { head, foldVersion, records, blocks: size }),
      );
    });
    this.blocks = blocks;
  }

  async clear(): Promise<void> {
    await this.transact(({ blocks, gone, mark }) => {
      mark.remove(markKey);
      for (const tree of [blocks, gone]) for (const key of [...tree.getKeys()]) tree.remove(key);
    });
    this.blocks = new CheckpointBlocks();
  }

  async close(): Promise<void> {
    await this.trees.root.close();
  }

  /** Null: there is none, or something in it is not what was written. */
  private readAll(): Checkpoint | null {
    const mark = readMark(this.trees);
    if (mark === null) return null;
    const blocks = new CheckpointBlocks();
    const records: Checkpoint['records'][number][] = [];
    for (const { key: number, value } of this.trees.blocks.getRange()) {
      const text = unchecked(addressOf(number), value);
      const gone = this.goneOf(number);
      if (text === null || gone === null) return null;
      for (const record of blocks.add({ number, text }, gone)) records.push(record);
    }
    if (records.length !== mark.records || blocks.size !== mark.blocks) return null;
    this.blocks = blocks;
    return { head: mark.head, foldVersion: mark.foldVersion, records };
  }

  private goneOf(number: number): readonly number[] | null {
    const stored = this.trees.gone.get(number);
    if (stored === undefined) return [];
    return (decodeChecked(addressOf(number), stored) as { lines: number[] } | null)?.lines ?? null;
  }

  private async transact(work: (trees: CheckpointTrees) => void): Promise<void> {
    try {
      if (this.mustReopen) {
        await this.trees.root.close();
        this.trees = openTrees(this.folder);
        this.mustReopen = false;
      }
      await exitNeverWaitsFor(() => this.trees.blocks.childTransaction(() => work(this.trees)));
    } catch (error) {
      this.mustReopen = true;
      this.blocks = null;
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
  readonly blocks: number;
}

function readMark(trees: CheckpointTrees): Mark | null {
  const stored = trees.mark.get(markKey);
  if (stored === undefined) return null;
  // Written by `save` and unchanged since, or null: the checksum says so.
  return decodeChecked([markKey], stored) as Mark | null;
}

function addressOf(number: number): string[] {
  return [String(number)];
}

function textOf({ blocks }: CheckpointTrees, number: number): string {
  const text = unchecked(addressOf(number), blocks.get(number) ?? '');
  if (text === null) throw new Error(unreadable);
  return text;
}

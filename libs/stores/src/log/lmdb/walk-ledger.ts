import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { fromBufferKey, toBufferKey } from 'ordered-binary';
import { dataFileName } from '../../lmdb/environment.js';
import { PageProblem, pagesOf, type Pages } from '../../lmdb/page-reader.js';
import type { Tree } from '../../lmdb/pages.js';
import { walkTree } from '../../lmdb/walk-tree.js';
import {
  type Commit,
  type Damage,
  damageAt,
  decodeStoredCommit,
  positionIn,
  type RuleId,
} from '@oakring/events';
import { streamVersionsOf } from '../stream-versions.js';

export type WalkedCommit =
  | { readonly status: 'commit'; readonly commit: Commit }
  | { readonly status: 'damaged'; readonly damage: Damage };

/**
 * Every commit of the ledger in `folder`, in order, read without lmdb, which ends the process on
 * some kinds of damage. Ends with the damage at the first one. Looks at everything that lmdb would
 * use: branch pages, keys, texts to the last byte, and the index of streams.
 */
export function* walkLedger(folder: string): Generator<WalkedCommit> {
  const file = openSync(join(folder, dataFileName), 'r');
  let position = 0;
  try {
    const pages = pagesOf(file);
    const trees = ledgerTrees(pages);
    const expected = new IndexSum();
    for (const { key, value } of walkTree(pages, trees.commits)) {
      const walked = commitAt(key, value, position + 1);
      yield walked;
      if (walked.status === 'damaged') return;
      position += 1;
      for (const [stream, version] of streamVersionsOf(walked.commit)) {
        expected.add(stream, position, version);
      }
    }
    const problem = indexProblem(pages, trees.streams, expected);
    if (problem !== null) yield { status: 'damaged', damage: problem };
  } catch (error) {
    if (!(error instanceof PageProblem)) throw error;
    yield { status: 'damaged', damage: damageAt(position + 1, 'P1', error.message) };
  } finally {
    closeSync(file);
  }
}

/** Throws a `PageProblem` when it is no ledger. */
export function ledgerTrees(pages: Pages): { commits: Tree; streams: Tree } {
  const trees = new Map<string, Tree>();
  // The tree of free pages holds nothing of ours; a fault there is found when lmdb opens the file.
  const { main } = pages.meta;
  const visit = (page: number, depth: number): void => {
    if (depth > 1) return pages.branch(page).forEach((child) => visit(child, depth - 1));
    for (const { key, value } of pages.leaf(page)) {
      if (value.kind === 'tree') trees.set(key.toString('utf8').replace(/\0$/, ''), value.tree);
    }
  };
  if (main.depth > 0) visit(main.root, main.depth);
  const commits = trees.get('commits');
  const streams = trees.get('streams');
  if (commits === undefined || streams === undefined) {
    throw new PageProblem('it holds another kind of data');
  }
  return { commits, streams };
}

export function commitAt(key: Buffer, value: Buffer, position: number): WalkedCommit {
  const damaged = (rule: RuleId, detail: string): WalkedCommit => ({
    status: 'damaged',
    damage: damageAt(position, rule, detail),
  });
  // What is shown must be what was hashed: bytes that are no text would be shown as something else.
  if (!isUtf8(value)) return damaged('P3', 'its bytes are not UTF-8');
  const text = value.toString('utf8');
  if (!key.equals(toBufferKey(position)) && !liesThere(key, text)) {
    return damaged('P2', 'it lies under another key');
  }
  return decodeStoredCommit(text, position);
}

/** Under the key of the position that it states itself: then another one is missing before it. */
function liesThere(key: Buffer, text: string): boolean {
  const stated = positionIn(text);
  return Number.isSafeInteger(stated) && key.equals(toBufferKey(stated));
}

/** A sum over the entries of the index that does not depend on their order. */
class IndexSum {
  private readonly sum = Buffer.alloc(32);
  count = 0;

  add(stream: string, position: number, version: number): void {
    const digest = createHash('sha256').update(`${position} ${version} ${stream}`).digest();
    for (const [index, byte] of digest.entries()) {
      this.sum[index] = (this.sum[index] ?? 0) ^ byte;
    }
    this.count += 1;
  }

  equals(other: IndexSum): boolean {
    return this.count === other.count && this.sum.equals(other.sum);
  }
}

function indexProblem(pages: Pages, tree: Tree, expected: IndexSum): Damage | null {
  const found = new IndexSum();
  let position: number | null = null;
  const damage = (detail: string): Damage => damageAt(position, 'P4', detail);
  try {
    for (const { key, value } of walkTree(pages, tree)) {
      const address: unknown = fromBufferKey(key);
      const version: unknown = fromBufferKey(value);
      if (!isAddress(address) || typeof version !== 'number') {
        return damage('an entry of the index of streams is not one');
      }
      position = address[1];
      found.add(address[0], address[1], version);
    }
  } catch (error) {
    return damage(`the index of streams: ${error instanceof Error ? error.message : error}`);
  }
  position = null;
  return found.equals(expected) ? null : damage('the index of streams does not fit the commits');
}

function isAddress(value: unknown): value is [stream: string, position: number] {
  return Array.isArray(value) && typeof value[0] === 'string' && typeof value[1] === 'number';
}

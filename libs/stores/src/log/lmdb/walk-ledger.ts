import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
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
  textOfItsOwn,
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
    const expected = new ExpectedIndex();
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

/** Entries that are hashed in one go; a stream that has fewer keeps them as they are. */
const entriesHashed = 32;

/** What the index has of one stream, in the order of positions, of any length in little room. */
class StreamEntries {
  private digest = '';
  private numbers: number[] = [];

  add(position: number, version: number): void {
    this.numbers.push(position, version);
    if (this.numbers.length < 2 * entriesHashed) return;
    this.digest = hash('sha256', `${this.digest} ${this.numbers.join(' ')}`);
    this.numbers = [];
  }

  equals({ digest, numbers }: StreamEntries): boolean {
    return digest === this.digest && numbers.join(' ') === this.numbers.join(' ');
  }
}

/** What the index has to have, stream by stream: the order of commits is that of each stream in it. */
class ExpectedIndex {
  private readonly streams = new Map<string, StreamEntries>();

  add(stream: string, position: number, version: number): void {
    let entries = this.streams.get(stream);
    if (entries === undefined) {
      entries = new StreamEntries();
      this.streams.set(textOfItsOwn(stream), entries);
    }
    entries.add(position, version);
  }

  /** Whether these are the entries of the stream, which was not asked about before. */
  take(stream: string, found: StreamEntries): boolean {
    const isExpected = this.streams.get(stream)?.equals(found) === true;
    this.streams.delete(stream);
    return isExpected;
  }

  get isEmpty(): boolean {
    return this.streams.size === 0;
  }
}

function indexProblem(pages: Pages, tree: Tree, expected: ExpectedIndex): Damage | null {
  let position: number | null = null;
  const damage = (detail: string): Damage => damageAt(position, 'P4', detail);
  let fits = true;
  let stream: string | null = null;
  let found = new StreamEntries();
  const endStream = (): void => {
    if (stream !== null && !expected.take(stream, found)) fits = false;
    found = new StreamEntries();
  };
  try {
    for (const { key, value } of walkTree(pages, tree)) {
      const address: unknown = fromBufferKey(key);
      const version: unknown = fromBufferKey(value);
      if (!isAddress(address) || typeof version !== 'number') {
        return damage('an entry of the index of streams is not one');
      }
      position = address[1];
      if (address[0] !== stream) endStream();
      stream = address[0];
      found.add(position, version);
    }
  } catch (error) {
    return damage(`the index of streams: ${error instanceof Error ? error.message : error}`);
  }
  endStream();
  position = null;
  return fits && expected.isEmpty ? null : damage('the index of streams does not fit the commits');
}

function isAddress(value: unknown): value is [stream: string, position: number] {
  return Array.isArray(value) && typeof value[0] === 'string' && typeof value[1] === 'number';
}

import { isUtf8 } from 'node:buffer';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { toBufferKey } from 'ordered-binary';
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
import { readBeside, type IndexReading } from './read-beside.js';
import { readIndex, StreamEntries, type FoundIndex } from './stream-index.js';

export type WalkedCommit =
  | { readonly status: 'commit'; readonly commit: Commit }
  | { readonly status: 'damaged'; readonly damage: Damage };

/**
 * Every commit of the ledger in `folder`, in order, read without lmdb, which ends the process on
 * some kinds of damage. Ends with the damage at the first one. Looks at everything that lmdb would
 * use: branch pages, keys, texts to the last byte, and the index of streams. Whoever takes a commit judges it
 * (`chainVerifier`) before he asks for the next: what is not sound JSON throws there.
 */
export function* walkLedger(folder: string): Generator<WalkedCommit> {
  const file = openLedger(folder);
  try {
    const expected = yield* walkCommits(file);
    if (expected === null) return;
    const damage = expected.problemOf(readIndex(expected.pages, expected.tree));
    if (damage !== null) yield { status: 'damaged', damage };
  } finally {
    closeSync(file);
  }
}

/** As `walkLedger`, with the index of streams read on another thread where that is worth one. */
export interface ThreadedWalk {
  /** Ends as `walkLedger` does, but for the index. */
  readonly commits: Generator<WalkedCommit>;
  /** Once all commits were taken: what is wrong with the index. Null too when a commit was damaged. */
  indexDamage(): Promise<Damage | null>;
  close(): Promise<void>;
}

/** An index of fewer entries is read before a thread has begun. */
const entriesWorthAThread = 100_000;

export function walkLedgerOnThreads(
  folder: string,
  { leastEntries = entriesWorthAThread, execArgv }: ThreadsOptions = {},
): ThreadedWalk {
  const file = openLedger(folder);
  let reading: IndexReading | null = null;
  let expected: ExpectedIndex | null = null;
  const readIt = ({ meta }: Pages, tree: Tree): void => {
    if (tree.entries >= leastEntries) reading = readBeside({ file, meta, tree }, execArgv);
  };
  return {
    commits: (function* () {
      expected = yield* walkCommits(file, readIt);
    })(),
    async indexDamage() {
      if (expected === null) return null;
      const found = (await reading?.found()) ?? readIndex(expected.pages, expected.tree);
      return expected.problemOf(found);
    },
    async close() {
      await reading?.end();
      closeSync(file);
    },
  };
}

interface ThreadsOptions {
  readonly leastEntries?: number;
  readonly execArgv?: readonly string[];
}

function openLedger(folder: string): number {
  return openSync(join(folder, dataFileName), 'r');
}

/** Returns what the index has to hold; null: the last commit is damaged. */
function* walkCommits(
  file: number,
  begin: (pages: Pages, streams: Tree) => void = () => {},
): Generator<WalkedCommit, ExpectedIndex | null> {
  let position = 0;
  try {
    const pages = pagesOf(file);
    const trees = ledgerTrees(pages);
    begin(pages, trees.streams);
    const expected = new ExpectedIndex(pages, trees.streams);
    for (const { key, value } of walkTree(pages, trees.commits)) {
      const walked = commitAt(key, value, position + 1);
      yield walked;
      if (walked.status === 'damaged') return null;
      position += 1;
      for (const [stream, version] of streamVersionsOf(walked.commit)) {
        expected.add(stream, position, version);
      }
    }
    return expected;
  } catch (error) {
    if (!(error instanceof PageProblem)) throw error;
    yield { status: 'damaged', damage: damageAt(position + 1, 'P1', error.message) };
    return null;
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

/** What the index has to have, stream by stream: the order of commits is that of each stream in it. */
class ExpectedIndex {
  private readonly streams = new Map<string, StreamEntries>();

  constructor(
    readonly pages: Pages,
    readonly tree: Tree,
  ) {}

  add(stream: string, position: number, version: number): void {
    let entries = this.streams.get(stream);
    if (entries === undefined) {
      entries = new StreamEntries();
      this.streams.set(textOfItsOwn(stream), entries);
    }
    entries.add(position, version);
  }

  problemOf(found: FoundIndex): Damage | null {
    if (found.status === 'damaged') return damageAt(found.position, 'P4', found.detail);
    let fits = found.streams.size === this.streams.size;
    for (const [stream, { text }] of this.streams) {
      if (found.streams.get(stream) !== text) fits = false;
    }
    return fits ? null : damageAt(null, 'P4', 'the index of streams does not fit the commits');
  }
}

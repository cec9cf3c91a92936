import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { OakringError } from '@oakring/contracts';
import type { Timers } from '@oakring/ports';
import { fromBufferKey, toBufferKey } from 'ordered-binary';
import { checkRange } from '../../lmdb/check-range.js';
import { dataFileName } from '../../lmdb/environment.js';
import { PageProblem, pagesOf, type Pages } from '../../lmdb/page-reader.js';
import { walkTree } from '../../lmdb/walk-tree.js';
import {
  emptyHead,
  headOf,
  type Commit,
  type LogHead,
  damageAt,
  logDamaged,
  verifyChain,
} from '@oakring/events';
import { commitAt, ledgerTrees } from './walk-ledger.js';

/** What the slow pass reads at a time, and how long it rests in between. */
const sliceCharacters = 100_000;
const sliceEntries = 2_000;
const restMs = 100;
/** A start is not to be slower for it. */
const firstRestMs = 60_000;
/** Positions whose pages are checked together, before they are read for the first time. */
const chunkPositions = 64;

/**
 * Guards an open ledger against damage in pages that the start did not look at: a slow pass goes
 * through all of it, and until it is through, whatever lmdb is about to touch is checked first (lmdb
 * ends the process on some kinds of damage). Reads pages while lmdb writes: at most one commit is in
 * flight, and lmdb never uses a page again that the newest commit points to.
 */
export class LedgerWatch {
  /** Rejects with `log-damaged` when the pass finds damage. */
  readonly failed: Promise<never>;
  private fail: (error: OakringError) => void = () => {};
  private readonly file: number;
  private readonly checked = new Set<number>();
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private isIndexWhole = false;
  /** The pass has been through: every page is known. */
  private isWhole = false;
  /** Commits that the pass has verified, from the first. */
  private verified: LogHead = emptyHead;

  constructor(
    private readonly folder: string,
    /** Where the ledger ended when it was opened: what comes behind it is our own. */
    private readonly end: number,
  ) {
    this.file = openSync(join(folder, dataFileName), 'r');
    this.failed = new Promise<never>((_, reject) => {
      this.fail = (error) => {
        this.foundDamage = true;
        reject(error);
      };
    });
    this.failed.catch(() => {
      // Whoever has the ledger open listens; until then nobody is there to be told.
    });
  }

  foundDamage = false;

  /** Positions up to here were looked through since the start. */
  get verifiedTo(): number {
    return this.verified.position;
  }

  /** Looks through the index and then all commits; calls back when nothing was found. */
  begin(timers: Timers, whole: () => Promise<void>): void {
    if (this.isWhole) return;
    this.running = this.pass(timers, whole);
  }

  async close(): Promise<void> {
    this.stopping.abort();
    await this.running;
    closeSync(this.file);
  }

  /** To be called before lmdb reads these positions. Throws `log-damaged`. */
  beforeRead(from: number, limit: number): void {
    if (this.isWhole) return;
    const last = Math.floor(Math.min(from + limit, this.end) / chunkPositions);
    for (let chunk = Math.floor(from / chunkPositions); chunk <= last; chunk += 1) {
      if (this.checked.has(chunk)) continue;
      const first = chunk * chunkPositions;
      this.check((pages) => {
        const { commits } = ledgerTrees(pages);
        checkRange(pages, commits, toBufferKey(first), toBufferKey(first + chunkPositions - 1));
      });
      this.checked.add(chunk);
    }
  }

  /** The same for one place of the index of streams, read or written. */
  beforeIndex(stream: string, position: number): void {
    if (this.isIndexWhole) return;
    const key = toBufferKey([stream, position]);
    this.check((pages) => checkRange(pages, ledgerTrees(pages).streams, key, key));
  }

  /** The same for the commits of a stream. */
  beforeStream(stream: string, from: number, limit: number): void {
    if (this.isWhole) return;
    const positions = this.check((pages) => {
      const found: number[] = [];
      const { streams } = ledgerTrees(pages);
      for (const { key } of walkTree(pages, streams, toBufferKey([stream, from]))) {
        const [name, position] = fromBufferKey(key) as [string, number];
        if (name !== stream || found.length >= limit) break;
        found.push(position);
      }
      return found;
    });
    for (const position of positions) this.beforeRead(position, 1);
  }

  private check<T>(work: (pages: Pages) => T): T {
    try {
      return this.twice(() => work(pagesOf(this.file)));
    } catch (error) {
      if (!(error instanceof PageProblem)) throw error;
      const damaged = logDamaged(this.folder, damageAt(null, 'P1', error.message));
      this.fail(damaged);
      throw damaged;
    }
  }

  private async pass(timers: Timers, whole: () => Promise<void>): Promise<void> {
    const { signal } = this.stopping;
    await timers.sleep(firstRestMs, signal);
    let indexed: Buffer | null = toBufferKey(['', 0]);
    for (;;) {
      await timers.sleep(restMs, signal);
      if (signal.aborted) return;
      try {
        const before: Buffer | null = indexed;
        if (before !== null) indexed = this.twice(() => this.nextOfIndex(before));
        else this.twice(() => this.nextCommits());
        this.isIndexWhole = indexed === null;
        if (this.isIndexWhole && this.verified.position >= this.end) break;
      } catch (error) {
        return this.fail(error as OakringError);
      }
    }
    this.isWhole = true;
    this.checked.clear();
    await whole();
  }

  /** Damage counts when it is seen twice: a meta page may be read while it is written. */
  private twice<T>(look: () => T): T {
    try {
      return look();
    } catch {
      return look();
    }
  }

  /** Where the index is to be looked at next; null at its end. */
  private nextOfIndex(from: Buffer): Buffer | null {
    return this.look(null, (pages) => {
      let count = 0;
      for (const { key, value } of walkTree(pages, ledgerTrees(pages).streams, from)) {
        if (typeof fromBufferKey(value) !== 'number')
          throw new PageProblem('an entry of the index of streams is not one');
        count += 1;
        if (count > sliceEntries) return key;
      }
      return null;
    });
  }

  private nextCommits(): void {
    const from = this.verified.position + 1;
    this.look(from, (pages) => {
      const commits: Commit[] = [];
      let characters = 0;
      for (const { key, value } of walkTree(pages, ledgerTrees(pages).commits, toBufferKey(from))) {
        const walked = commitAt(key, value, from + commits.length);
        if (walked.status === 'damaged') throw logDamaged(this.folder, walked.damage);
        commits.push(walked.commit);
        characters += value.length;
        if (characters > sliceCharacters) break;
      }
      const last = commits.at(-1);
      if (last === undefined) return;
      const verified = verifyChain(commits, this.verified);
      if (verified.status === 'damaged') throw logDamaged(this.folder, verified.damage);
      this.verified = headOf(last);
    });
  }

  private look<T>(position: number | null, work: (pages: Pages) => T): T {
    try {
      return work(pagesOf(this.file));
    } catch (error) {
      if (!(error instanceof PageProblem)) throw error;
      const rule = position === null ? 'P4' : 'P1';
      throw logDamaged(this.folder, damageAt(position, rule, error.message));
    }
  }
}

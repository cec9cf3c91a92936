import { emptyHead, headOf, type Commit, type LogHead } from '@oakring/events';
import {
  settleAppend,
  type AppendOutcome,
  type EventLogWriter,
  type LeaseRecord,
  type LeaseStore,
  type RemoteCommits,
} from '@oakring/stores';
import type { Randomness, Timers } from '@oakring/ports';

/** What the store has, whoever put it there: one commit a position, for ever. */
export class SharedCommits {
  private readonly commits = new Map<number, Commit>();
  private readonly versions = new Map<string, number>();

  inOrder(): Commit[] {
    return [...this.commits.values()].sort((a, b) => a.position - b.position);
  }

  at(position: number): Commit | undefined {
    return this.commits.get(position);
  }

  get size(): number {
    return this.commits.size;
  }

  /** False: the position is taken. */
  put(commit: Commit): boolean {
    if (this.commits.has(commit.position)) return false;
    this.commits.set(commit.position, commit);
    // Written by `encodeEvent`.
    const events = JSON.parse(commit.events) as readonly { stream: string; version: number }[];
    for (const { stream, version } of events) this.versions.set(stream, version);
    return true;
  }

  versionOf(stream: string): number {
    return this.versions.get(stream) ?? 0;
  }
}

const never = new Promise<never>(() => {});

/** One manager's line to the store. In `trouble` percent of its calls something goes wrong. */
export class RemoteLog implements EventLogWriter, RemoteCommits {
  trouble = 0;
  /** The manager was killed: it hears nothing any more. */
  isDead = false;
  private readonly underway: Commit[] = [];
  private readonly closing = new AbortController();

  constructor(
    private readonly commits: SharedCommits,
    private readonly chance: Randomness,
    private readonly timers: Timers,
  ) {}

  async append(commit: Commit): Promise<AppendOutcome> {
    const before = this.commits.at(commit.position - 1);
    const isNext = commit.position === 1 || before?.hash === commit.prev;
    if (!isNext) return { status: 'deposed', head: await this.head() };
    return settleAppend(commit, this, { timers: this.timers, signal: this.closing.signal });
  }

  async insert(commit: Commit): Promise<{ status: 'inserted' }> {
    if (this.isDead) return never;
    if (!this.isTroubled()) {
      if (!this.commits.put(commit)) throw new Error('duplicate key');
      return { status: 'inserted' };
    }
    const kind = this.chance.integer(3);
    // Lost on the way there, on the way back, or late: it arrives when nobody expects it.
    if (kind === 1) this.commits.put(commit);
    if (kind === 2) this.underway.push(commit);
    throw new Error('timed out');
  }

  async at(position: number): Promise<Commit | null> {
    await this.call();
    const found = this.commits.at(position) ?? null;
    for (const late of this.underway.splice(0)) this.commits.put(late);
    return found;
  }

  async head(): Promise<LogHead> {
    await this.call();
    const last = this.commits.at(this.commits.size);
    return last === undefined ? emptyHead : headOf(last);
  }

  async read({ from, limit }: { from: number; limit: number }): Promise<readonly Commit[]> {
    await this.call();
    return this.commits.inOrder().slice(from - 1, from - 1 + limit);
  }

  async streamVersions(streams: readonly string[]): Promise<ReadonlyMap<string, number>> {
    await this.patiently();
    return new Map(streams.map((stream) => [stream, this.commits.versionOf(stream)]));
  }

  async close(): Promise<void> {
    this.closing.abort();
  }

  /** As a caller who tries again until it works. */
  private async patiently(): Promise<void> {
    if (this.isDead) return never;
  }

  private async call(): Promise<void> {
    if (this.isDead) return never;
    if (this.isTroubled()) throw new Error('timed out');
  }

  private isTroubled(): boolean {
    return this.chance.integer(100) < this.trouble;
  }
}

/** One manager's line to the lease. */
export class UnsteadyLeases implements LeaseStore {
  trouble = 0;
  isDead = false;

  constructor(
    private readonly leases: LeaseStore,
    private readonly chance: Randomness,
  ) {}

  async read(): Promise<LeaseRecord | null> {
    if (this.isDead) return never;
    if (this.chance.integer(100) < this.trouble) throw new Error('timed out');
    return this.leases.read();
  }

  async swap(from: LeaseRecord | null, to: LeaseRecord): Promise<boolean> {
    if (this.isDead) return never;
    const isTroubled = this.chance.integer(100) < this.trouble;
    if (isTroubled && this.chance.integer(2) === 0) throw new Error('timed out');
    const swapped = await this.leases.swap(from, to);
    if (isTroubled) throw new Error('timed out');
    return swapped;
  }

  async ask(of: LeaseRecord): Promise<void> {
    if (this.isDead) return never;
    await this.leases.ask(of);
  }

  async asked(): ReturnType<LeaseStore['asked']> {
    if (this.isDead) return never;
    return this.leases.asked();
  }

  async close(): Promise<void> {}
}

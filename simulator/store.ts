import { emptyHead, headOf, type Commit, type LogHead } from '@oakring/events';
import {
  settleAppend,
  type AppendOutcome,
  type EventLogWriter,
  type RemoteCommits,
  streamVersionsOf,
} from '@oakring/stores';
import type { Timers } from '@oakring/ports';
import type { Life, World } from './world.js';

/** What is durable, whoever wrote it. */
export class StoredCommits {
  readonly commits: Commit[] = [];
  private readonly versions = new Map<string, number>();
  /** Nothing is answered before this time. */
  stalledUntilMs = 0;
  /** Percent of the writes whose reply is lost, whether or not they were carried out. */
  trouble = 0;

  put(commit: Commit): boolean {
    if (commit.position !== this.commits.length + 1) return false;
    this.commits.push(commit);
    for (const [stream, version] of streamVersionsOf(commit)) this.versions.set(stream, version);
    return true;
  }

  versionOf(stream: string): number {
    return this.versions.get(stream) ?? 0;
  }
}

/** One manager's line to the store: slow at times, silent at times, and sometimes not believed. */
export class SimulatedLog implements EventLogWriter, RemoteCommits {
  private readonly closing = new AbortController();

  constructor(
    private readonly stored: StoredCommits,
    private readonly world: World,
    private readonly life: Life,
    private readonly timers: Timers,
  ) {}

  async append(commit: Commit): Promise<AppendOutcome> {
    const before = this.stored.commits[commit.position - 2];
    const isNext = commit.position === 1 || before?.hash === commit.prev;
    if (!isNext) return { status: 'deposed', head: await this.head() };
    return settleAppend(commit, this, { timers: this.timers, signal: this.closing.signal });
  }

  async insert(commit: Commit): Promise<{ status: 'inserted' }> {
    await this.answered();
    const isLost = this.world.happens(this.stored.trouble);
    const isWritten = !isLost || this.world.happens(50);
    if (isWritten && !this.life.isDead && !this.stored.put(commit))
      throw new Error('duplicate key');
    if (isLost) throw new Error('timed out');
    await this.answered();
    return { status: 'inserted' };
  }

  async at(position: number): Promise<Commit | null> {
    await this.answered();
    return this.stored.commits[position - 1] ?? null;
  }

  async head(): Promise<LogHead> {
    const last = this.stored.commits.at(-1);
    return last === undefined ? emptyHead : headOf(last);
  }

  async read({ from, limit }: { from: number; limit: number }): Promise<readonly Commit[]> {
    return this.stored.commits.slice(from - 1, from - 1 + limit);
  }

  async streamVersions(streams: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return new Map(streams.map((stream) => [stream, this.stored.versionOf(stream)]));
  }

  async close(): Promise<void> {
    this.closing.abort();
  }

  /** Half a round trip: a manager that was killed meanwhile never hears of it. */
  private answered(): Promise<void> {
    const stallMs = Math.max(0, this.stored.stalledUntilMs - this.world.nowMs);
    return new Promise((resolve) => {
      this.world.schedule(this.life, stallMs + this.world.between(0, 2), resolve);
    });
  }
}

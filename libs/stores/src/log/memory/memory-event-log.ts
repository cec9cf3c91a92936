import { emptyHead, headOf, type Commit, type LogHead } from '@oakring/events';
import type { AppendOutcome, EventLogWriter } from '../event-log.port.js';
import { streamVersionsOf } from '../stream-versions.js';

/** The log without a disk: for simulations and tests. Same contract, no durability. */
export class MemoryEventLog implements EventLogWriter {
  private readonly commits: Commit[] = [];
  private readonly versions = new Map<string, number>();
  private last: LogHead = emptyHead;

  async append(commit: Commit): Promise<AppendOutcome> {
    const expected = this.last;
    if (commit.position === expected.position && commit.hash === expected.hash) {
      return { status: 'appended' };
    }
    if (
      commit.position !== expected.position + 1 ||
      commit.prev !== expected.hash ||
      commit.epoch < expected.epoch
    ) {
      return { status: 'deposed', head: expected };
    }
    this.commits.push(commit);
    for (const [stream, version] of streamVersionsOf(commit)) this.versions.set(stream, version);
    this.last = headOf(commit);
    return { status: 'appended' };
  }

  async head(): Promise<LogHead> {
    return this.last;
  }

  async read(query: { from: number; limit: number; stream?: string }): Promise<readonly Commit[]> {
    const { stream } = query;
    const tail = this.commits.slice(query.from - 1);
    const wanted = stream === undefined ? tail : tail.filter((c) => c.streams.includes(stream));
    return wanted.slice(0, query.limit);
  }

  async streamVersions(streams: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return new Map(streams.map((stream) => [stream, this.versions.get(stream) ?? 0]));
  }

  async close(): Promise<void> {}
}

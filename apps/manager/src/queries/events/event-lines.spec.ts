import { describe, expect, it } from '@jest/globals';
import { OakringError } from '@oakring/contracts';
import { emptyHead, encodeEvent, headOf, sealCommit, type Commit } from '@oakring/events';
import { sampleOrigin } from '@oakring/events/testing';
import { type EventLogReader } from '@oakring/stores';
import { simulatedPorts } from '@oakring/ports';
import { takeChanges, ClusterState } from '@oakring/model';
import type { Projection } from '../../views/projection.js';
import { eventLines } from './event-lines.js';
import type { EventQuery } from './event-query.js';

const query: EventQuery = {
  ...{ format: 'ndjson', from: 1, knownIndex: -1, stream: null, types: null, by: null },
  ...{ follow: true, limit: Number.POSITIVE_INFINITY },
};

/** A log that shows what the test says; `behind` commits fewer than its head. */
class StaleLog implements EventLogReader {
  behind = 0;
  away = 0;

  constructor(private readonly commits: readonly Commit[]) {}

  async head() {
    const last = this.commits.at(-1);
    if (last === undefined) throw new Error('an empty log');
    return { position: last.position, epoch: last.epoch, at: last.at, hash: last.hash };
  }

  async read({ from, limit }: { from: number; limit: number }) {
    if (this.away > 0) {
      this.away -= 1;
      throw new OakringError({ code: 'store-away', detail: 'an election' });
    }
    return this.commits
      .slice(0, this.commits.length - this.behind)
      .filter(({ position }) => position >= from)
      .slice(0, limit);
  }

  onAppended() {
    return () => {};
  }

  async close() {}
}

function sampleCommits(count: number): Commit[] {
  const commits: Commit[] = [];
  for (let head = emptyHead; commits.length < count; head = headOf(commits.at(-1) ?? fail())) {
    const version = head.position + 1;
    const event = { stream: 'nodes/a', type: 'NodeBecameReady', data: { reason: 'seen' } } as const;
    const events = [encodeEvent(event, version, sampleOrigin)];
    const rest = { epoch: 1, commitId: `c${version}`, at: version, commands: [] };
    commits.push(sealCommit(head, { ...rest, streams: ['nodes/a'], events }));
  }
  return commits;
}

function fail(): never {
  throw new Error('a commit was pushed before');
}

async function positionsOf(log: StaleLog, count: number, wake: () => void): Promise<number[]> {
  const ending = new AbortController();
  let change: () => void = () => {};
  const projection = {
    onProjected: (listener: Parameters<Projection['onProjected']>[0]) => {
      change = () => listener([], emptyHead, takeChanges(new ClusterState(false)));
      return () => {};
    },
  };
  const ports = simulatedPorts();
  const timers = { ...ports.timers, sleep: async () => {} };
  const source = { log, projection, timers, signal: ending.signal };
  const seen: number[] = [];
  for await (const line of eventLines(query, source)) {
    seen.push((JSON.parse(line) as { position: number }).position);
    if (seen.length === count) ending.abort();
    wake();
    setImmediate(() => change());
  }
  return seen;
}

describe('Following the log', () => {
  it('never goes past what was not seen, though the head is known to be further', async () => {
    const log = new StaleLog(sampleCommits(5));
    log.behind = 3;
    const seen = await positionsOf(log, 5, () => (log.behind = 0));
    expect(seen).toEqual([1, 2, 3, 4, 5]);
  });

  it('goes on where it was when the store was away meanwhile', async () => {
    const log = new StaleLog(sampleCommits(3));
    log.away = 2;
    expect(await positionsOf(log, 3, () => {})).toEqual([1, 2, 3]);
  });

  it('hears every 15 s that it is connected, also while the store is away', async () => {
    const log = new StaleLog(sampleCommits(1));
    log.away = 60;
    const ports = simulatedPorts();
    const ending = new AbortController();
    const projection = { onProjected: () => () => {} };
    const { timers } = ports;
    const source = { log, projection, timers, signal: ending.signal };
    const said: string[] = [];
    const reading = (async () => {
      for await (const text of eventLines({ ...query, format: 'sse' }, source)) said.push(text);
    })();
    await ports.advance(50_000);
    expect(said).toEqual([': following\n\n', ...Array<string>(3).fill(': still here\n\n')]);
    await ports.advance(12_000);
    expect(said.join()).toContain('id: 1/0');
    ending.abort();
    await reading;
  });
});

import { describe, expect, it } from '@jest/globals';
import type { Command, CommandQueue } from '../commands/command.js';
import {
  ack,
  acknowledgeAll,
  beside,
  commandTo,
  given,
  jobDocument,
  plan,
  ready,
  report,
  submitJob,
  type Given,
} from '../testing/given.js';
import { seenAt } from '../testing/seen.js';
import { retries } from './retries.js';

const restart = { firstMs: 1_000, mostMs: 4_000, limit: 10 };

/** Job `j` on node `a` has failed so often in a row. */
function failed(times: number, policy: object = restart): Given {
  const cluster = given(...ready('a'), submitJob('j', { restart: policy }));
  for (let time = 1; time <= times; time += 1) {
    cluster.when(plan('j', 'a'));
    cluster.when(ack('a', commandTo(cluster, 'a', 'deploy'), 'failed', 'it broke'));
    if (time < times) cluster.when(retry(time));
  }
  return cluster;
}

const retry = (generation: number): Command => ({
  ...{ type: 'RetryInstance', id: 'j', instance: 0, generation },
});

const process = retries({} as CommandQueue);
const seen = seenAt(10_000);

describe('A failed instance', () => {
  it.each([
    ['once', 1, 0, 0],
    ['once, by the longest', 1, 0.999_999, 1_000],
    ['three times', 3, 0.5, 2_000],
    ['five times: no longer than what the job says', 5, 0.999_999, 4_000],
  ])('that failed %s waits its share of a time that doubles', (_, times, share, waitMs) => {
    const { state } = failed(times);
    const { sinceMs } = seen;
    const due = { ...seen, share, nowMs: sinceMs + waitMs };
    expect(process.look('j/0', state, due)).toMatchObject({ step: { job: 'j', number: 0 } });
    const early = { ...due, nowMs: sinceMs + waitMs - 1 };
    const again = { step: null, againMs: sinceMs + waitMs };
    if (waitMs > 0) expect(process.look('j/0', state, early)).toEqual(again);
  });

  it('waits anew for each failure', () => {
    expect(process.fact('j/0', failed(1).state)).not.toBe(process.fact('j/0', failed(2).state));
  });

  it('waits on while a new one that an update began starts beside it, unless nobody hears its node', () => {
    const cluster = given(...ready('a'), ...ready('b'), submitJob('j', { restart }));
    cluster.when(plan('j', 'a'));
    acknowledgeAll(cluster);
    const body = { id: 'j', image: 'web:2', update: { surge: 1 }, restart };
    const job = jobDocument(body);
    cluster.when({ type: 'UpdateJob', id: 'j', job, bodyHash: 'newer', ifPosition: null });
    beside(cluster, 'b');
    cluster.when(report('a', { 'j/0/1': 'failed' }));
    const due = { ...seen, nowMs: seen.sinceMs + 60_000 };
    const looked = process.look('j/0', cluster.state, due);
    expect(looked).toEqual({ step: null, againMs: due.nowMs + 1_000 });
    const silent = { seen: 'silent', reason: 'silent' } as const;
    cluster.when({ type: 'ObserveNode', nodeId: 'b', incarnation: 1, ...silent });
    expect(process.look('j/0', cluster.state, due)).toMatchObject({ step: { generation: 1 } });
  });

  it('is nothing to wait for once it is placed again, given up, or gone', () => {
    const again = failed(1);
    again.when(retry(1));
    const givenUp = failed(1, { ...restart, limit: 0 });
    const gone = given();
    for (const { state } of [again, givenUp, gone]) {
      expect(process.fact('j/0', state)).toBeNull();
      expect([...process.all(state)]).toEqual([]);
    }
  });
});

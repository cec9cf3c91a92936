import { describe, expect, it } from '@jest/globals';
import {
  ack,
  acknowledgeAll,
  given,
  jobDocument,
  lose,
  orderStops,
  plan,
  ready,
  registerNode,
  replace,
  running,
  submitJob,
  type Given,
} from '../testing/given.js';
import { clusterKey } from '@oakring/model';
import { jobAnswer } from './job-answer.js';

const isoOf = (ms: number): string => new Date(ms).toISOString();

function answer(cluster: Given) {
  const job = cluster.state.jobs.get('j');
  if (job === undefined) throw new Error('there is no job j');
  return jobAnswer(cluster.state, job);
}

function shown(cluster: Given) {
  return answer(cluster).instances[0];
}

function acknowledgeBy(cluster: Given, nodeId: string): void {
  for (const command of [...cluster.state.commands.values()]) {
    if (command.nodeId === nodeId && command.status !== 'ended') {
      cluster.when(ack(nodeId, command.id, 'succeeded'));
    }
  }
}

function silence(cluster: Given, ...steps: ('silent' | 'disconnected' | 'lost')[]): void {
  for (const seen of ['silent', ...steps] as const) {
    const about = { type: 'ObserveNode', nodeId: 'a', incarnation: 1 } as const;
    cluster.when({ ...about, seen, reason: 'no message for 6 s' });
  }
}

describe('An instance that is on its way out', () => {
  it('is where it has not ended yet, and says what one can do about it', () => {
    const cluster = running({}, 'a');
    for (const command of ready('b')) cluster.when(command);
    silence(cluster, 'disconnected', 'lost');
    lose(cluster, 'a');
    cluster.when(plan('j', 'b'));
    acknowledgeAll(cluster);
    cluster.when({ type: 'DeleteJob', id: 'j' });
    orderStops(cluster);
    acknowledgeBy(cluster, 'b');
    expect(shown(cluster)).toMatchObject({
      status: 'stopping',
      nodeId: 'a',
      generation: 1,
      reason:
        'generation 2 replaced it while its node was lost; waits for the end of generation 1 on a, ' +
        'which is lost: no message for 6 s; if it will not come back: oakring node forget a',
    });
  });

  it('names the node that is stopping it, without advice', () => {
    const cluster = running({}, 'a');
    cluster.when({ type: 'DeleteJob', id: 'j' });
    expect(shown(cluster)).toMatchObject({
      nodeId: 'a',
      reason: 'the job is being deleted; waits for the end of generation 1 on a',
    });
  });
});

describe('An instance that was replaced and has not started', () => {
  it('says what it waits for', () => {
    const resources = { cpuMillis: 4_000 };
    const cluster = running({ resources }, 'a');
    replace(cluster, 'a');
    expect(shown(cluster)).toMatchObject({
      ...{ status: 'placed', nodeId: 'a', generation: 2 },
      reason: 'update; waits for the end of generation 1 on a',
    });
  });
});

describe('A rollout whose next instance has no place', () => {
  it('says so, beside why it goes back', () => {
    const cluster = running({}, 'a');
    const { job, bodyHash } = submitJob('j', { image: 'web:2' });
    cluster.when({ type: 'UpdateJob', id: 'j', job, bodyHash, ifPosition: null });
    const refusal = { code: 'no-capacity', detail: 'It fits nowhere.', filtered: {} } as const;
    const order = { type: 'RefuseReplacement', id: 'j', instance: 0, basis: null } as const;
    cluster.when({ ...order, refusal: { ...refusal, nearest: null, wouldFit: null } });
    expect(answer(cluster).rollout).toMatchObject({
      status: 'progressing',
      reason: 'it waits for a place for the next one: It fits nowhere.',
    });
  });
});

describe('An instance whose node is silent', () => {
  it.each([
    [{ lostAfterMs: 500 }, 500, 'it is ordered elsewhere after 0.5 s of that (AT)'],
    [{ lostAfterMs: null }, 0, 'it is waited for'],
    [{ replace: false }, 30_000, 'it counts as lost after 30 s of that (AT)'],
    [
      { stopOnWorkerAfterMs: 10_000 },
      30_000,
      'it is ordered elsewhere after 30 s of that (AT), once its worker must have ended it (10 s cut off)',
    ],
  ])('says since when, and what will become of it and when (%j)', (onDisconnect, ms, follows) => {
    const cluster = running({ onDisconnect }, 'a');
    silence(cluster);
    const sinceMs = cluster.state.nodes.get('a')?.since ?? 0;
    const told = follows.replace('AT', isoOf(sinceMs + ms));
    expect(shown(cluster)).toMatchObject({
      status: 'running',
      reason: `node a is suspect, silent since ${isoOf(sinceMs)}: no message for 6 s; ${told}`,
    });
  });

  it.each([
    ['native', ready('a')],
    ['that counts no starts', [{ ...registerNode('a', { acknowledges: true }), startsAnew: true }]],
  ] as const)(
    'says so too while it is placed there and no order was taken (worker %s)',
    (_, commands) => {
      const cluster = given(...commands, submitJob('j'), plan('j', 'a'));
      silence(cluster);
      expect(shown(cluster)).toMatchObject({
        ...{ status: 'placed', nodeId: 'a' },
        reason: expect.stringMatching(
          /^node a is suspect, silent since \S+: .*; it is ordered elsewhere after 30 s of that/,
        ),
      });
    },
  );

  it('counts from when its node fell silent, whichever steps followed', () => {
    const cluster = running({}, 'a');
    silence(cluster);
    const before = shown(cluster)?.reason?.match(/\d{4}-\S+Z/g);
    silence(cluster, 'disconnected', 'lost');
    expect(shown(cluster)?.reason).toContain('is lost');
    expect(shown(cluster)?.reason?.match(/\d{4}-\S+Z/g)).toEqual(before);
  });

  it('says that a storm holds it up', () => {
    const cluster = running({}, 'a');
    silence(cluster);
    const about = {
      clusterId: 'c',
      name: 'n',
      location: '',
      epoch: 1,
      restored: null,
      keyEvents: 0,
      unheardSince: null,
    };
    const storm = { since: 1, reason: 'many at once' };
    cluster.state.cluster.set(clusterKey, { ...about, catalogue: null, root: null, storm });
    expect(shown(cluster)?.reason).toMatch(/\(\S+Z\), not before the storm is over$/);
  });

  it('is unknown once the node is disconnected: nobody can tell whether it runs', () => {
    const cluster = running({}, 'a');
    silence(cluster, 'disconnected');
    expect(shown(cluster)?.status).toBe('unknown');
    expect(shown(cluster)?.reason).toContain('is disconnected');
  });

  it('is pending once it is lost, and names what may run still', () => {
    const cluster = running({}, 'a');
    lose(cluster, 'a');
    expect(shown(cluster)).toMatchObject({
      status: 'pending',
      replaces: [{ nodeId: 'a', generation: 1 }],
    });
  });
});

describe('A rollout', () => {
  const rolloutOf = (cluster: Given) => {
    const body = { id: 'j', image: 'web:2', count: 2 };
    const order = { type: 'UpdateJob', id: 'j', bodyHash: 'newer', ifPosition: null } as const;
    cluster.when({ ...order, job: jobDocument(body) });
    const job = cluster.state.jobs.get('j');
    return job === undefined ? undefined : jobAnswer(cluster.state, job).rollout;
  };

  it('of a job that runs nowhere has nothing that runs it', () => {
    const cluster = given(...ready('a'), submitJob('j', { count: 2 }));
    expect(rolloutOf(cluster)).toMatchObject({ status: 'progressing', revision: 2, updated: 0 });
  });

  it('counts what runs the new revision, and not what runs the old one', () => {
    expect(rolloutOf(running({}, 'a', 'a'))).toMatchObject({ updated: 0 });
  });

  it('does not count what is on a node that nobody hears: it may run or not', () => {
    const cluster = running({}, 'a');
    rolloutOf(cluster);
    replace(cluster, 'a');
    orderStops(cluster);
    acknowledgeAll(cluster);
    expect(answer(cluster).rollout).toMatchObject({ updated: 1 });
    silence(cluster, 'disconnected');
    expect(answer(cluster).rollout).toMatchObject({ updated: 0 });
  });
});

import { describe, expect, it } from '@jest/globals';
import {
  given,
  plan,
  ready,
  registerNode,
  running,
  submitJob,
  ack,
  orderStops,
  type Given,
} from '../../testing/given.js';
import { takeCensus } from './census.js';

function census({ state }: Given, more: Partial<Parameters<typeof takeCensus>[0]> = {}) {
  return takeCensus({
    ...{ state, telemetry: { latest: () => null }, unexpectedSince: () => 7, ...more },
  });
}

const capacity = { cpuMillis: 1_000, memoryMiB: 512 };

describe('The census of a cluster', () => {
  it('sums what nodes have, reserve and use, each in its unit', () => {
    const cluster = given(...ready('a', { capacity }), ...ready('b', { capacity }));
    cluster.when(submitJob('j', { count: 2, resources: { cpuMillis: 300, memoryMiB: 100 } }));
    cluster.when(plan('j', 'a', 'b'));
    const taken = census(cluster, {
      telemetry: { latest: (id) => (id === 'a' ? { cpu: 50, memory: 25 } : null) },
    });
    expect(taken.capacity).toEqual(
      new Map(Object.entries({ cpuMillis: 2_000, memoryMiB: 1_024, gpus: 0 })),
    );
    expect(taken.reserved).toEqual(
      new Map(Object.entries({ cpuMillis: 600, memoryMiB: 200, gpus: 0 })),
    );
    expect(taken.used).toEqual(new Map(Object.entries({ cpuMillis: 500, memoryMiB: 128 })));
  });

  it('counts a node as overcommitted once it shrank below what is reserved there', () => {
    const cluster = running({ resources: { cpuMillis: 900, memoryMiB: 64 } }, 'a');
    expect(census(cluster).overcommitted).toBe(0);
    cluster.when(
      registerNode('a', { acknowledges: true, capacity: { cpuMillis: 500, memoryMiB: 64 } }),
    );
    expect(census(cluster).overcommitted).toBe(1);
  });

  it('counts what is pending by why, with the oldest', () => {
    const cluster = given(...ready('a'), submitJob('first', { count: 2 }));
    const since = cluster.state.instances.get('first/0')?.since;
    cluster.when(submitJob('second'));
    const refused = { code: 'no-capacity', detail: 'too little CPU' };
    cluster.when({ type: 'RefusePlacement', id: 'second', ...refused });
    const strange = { code: 'what anybody says', detail: 'something' };
    cluster.when(submitJob('third'));
    cluster.when({ type: 'RefusePlacement', id: 'third', ...strange });
    const { pending, pendingSince } = census(cluster);
    expect(Object.fromEntries(pending)).toEqual({ undecided: 2, 'no-capacity': 1, other: 1 });
    expect(pendingSince).toBe(since);
  });

  it('says that nothing is pending where all is placed', () => {
    expect(census(running({}, 'a'))).toMatchObject({ pendingSince: null, driftSince: null });
  });

  it('tells what waits for the end of what may never run twice', () => {
    const onDisconnect = { lostAfterMs: 20_000, stopOnWorkerAfterMs: 10_000, replace: true };
    const cluster = running({ onDisconnect }, 'a');
    cluster.when({ type: 'OrderNode', id: 'a', order: { do: 'drain', withinMs: 0, force: true } });
    cluster.when({ type: 'EndDrain', id: 'a', outcome: 'incomplete', reason: 'r' });
    expect(Object.fromEntries(census(cluster).pending)).toEqual({ 'waits-for-end': 1 });
  });

  it('counts as drift what was ordered and is not known to run, until it is', () => {
    const cluster = given(...ready('a'), submitJob('j'));
    cluster.when(plan('j', 'a'));
    const [command] = cluster.state.commands.values();
    expect(census(cluster)).toMatchObject({ drifted: 1, driftSince: command?.issuedAt });
    expect(Object.fromEntries(census(cluster).orders)).toMatchObject({ deploy: 1, delete: 0 });
    cluster.when(ack('a', command?.id ?? '', 'succeeded'));
    expect(census(cluster)).toMatchObject({ drifted: 0, driftSince: null });
  });

  it('counts as drift what is to be stopped, until it is; on a silent node it knows nothing', () => {
    const cluster = running({}, 'a');
    cluster.when({ type: 'DeleteJob', id: 'j' });
    orderStops(cluster);
    expect(census(cluster).drifted).toBe(1);
    const silent = { incarnation: 1, seen: 'silent', reason: 'silent' } as const;
    cluster.when({ type: 'ObserveNode', nodeId: 'a', ...silent });
    expect(census(cluster).drifted).toBe(0);
  });
});

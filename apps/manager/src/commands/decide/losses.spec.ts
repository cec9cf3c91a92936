import { describe, expect, it } from '@jest/globals';
import {
  ack,
  acknowledgeAll,
  commandTo,
  instanceOf,
  lose,
  orderStops,
  plan,
  ready,
  report,
  running,
  type Given,
  withdrawFrom,
} from '../../testing/given.js';

describe('a loss', () => {
  it('makes the instance pending, and keeps what it reserves', () => {
    const cluster = running({}, 'a');
    expect(lose(cluster, 'a').types).toEqual(['InstanceLost']);
    expect(instanceOf(cluster)).toMatchObject({ status: 'pending', nodeId: null, generation: 1 });
    expect(cluster.state.nodes.get('a')?.reserved.cpuMillis).toBe(100);
  });

  it('of a job that says so is not replaced', () => {
    const cluster = running({ onDisconnect: { replace: false } }, 'a');
    lose(cluster, 'a');
    expect(instanceOf(cluster)).toMatchObject({ status: 'lost', nodeId: 'a' });
    expect(cluster.state.pendingOfJob.sizeOf('j')).toBe(0);
  });

  it('is nothing while the node is heard, and nothing twice', () => {
    const cluster = running({}, 'a');
    const declare = {
      ...({ type: 'DeclareLost', nodeId: 'a', placements: ['j/0/1'], reason: 'r' } as const),
    };
    expect(cluster.when(declare).types).toEqual([]);
    lose(cluster, 'a');
    expect(cluster.when(declare).types).toEqual([]);
  });

  it('supersedes the order that was open: a worker that comes back must not obey it', () => {
    const cluster = running({}, 'a');
    cluster.when(report('a', {}, { proves: true }));
    expect(cluster.state.commands.get(commandTo(cluster, 'a', 'deploy'))?.status).toBe('issued');
    expect(lose(cluster, 'a').types).toEqual(['CommandSuperseded', 'InstanceLost']);
  });

  it('stops nothing by itself', () => {
    const cluster = running({}, 'a');
    lose(cluster, 'a');
    expect(orderStops(cluster).types).toEqual([]);
  });
});

describe('a lost instance that is found running', () => {
  it('goes on where nothing has replaced it', () => {
    const cluster = running({}, 'a');
    lose(cluster, 'a');
    expect(cluster.when(report('a', { 'j/0/1': 'running' })).types).toEqual([
      'InstanceRecovered',
      'NodeBecameReady',
    ]);
    expect(instanceOf(cluster)).toMatchObject({ status: 'running', nodeId: 'a', generation: 1 });
  });

  it('goes on where a job is not replaced', () => {
    const cluster = running({ onDisconnect: { replace: false } }, 'a');
    lose(cluster, 'a');
    cluster.when(report('a', { 'j/0/1': 'running' }));
    expect(instanceOf(cluster)?.status).toBe('running');
  });

  it('waits beside a replacement that is being started', () => {
    const cluster = replaced({});
    expect(cluster.when(report('a', { 'j/0/1': 'running' })).types).toEqual(['NodeBecameReady']);
    expect(orderStops(cluster).types).toEqual([]);
  });

  it('goes on where its replacement has its place on the same node, and does not run yet', () => {
    const cluster = running({}, 'a');
    lose(cluster, 'a');
    cluster.when({
      ...({ type: 'ObserveNode', nodeId: 'a', incarnation: 1 } as const),
      ...({ seen: 'alive', reason: 'r' } as const),
    });
    cluster.when(plan('j', 'a'));
    cluster.when(report('a', { 'j/0/1': 'running' }));
    expect(instanceOf(cluster)).toMatchObject({ status: 'running', generation: 1 });
  });

  it('is deleted once its replacement runs, with the reason', () => {
    const cluster = replaced({});
    cluster.when(report('a', { 'j/0/1': 'running' }));
    acknowledgeAll(cluster);
    expect(orderStops(cluster).events).toMatchObject([
      { type: 'CommandIssued', data: { kind: 'delete', nodeId: 'a', generation: 1 } },
    ]);
    const { reason } = cluster.state.commands.get(commandTo(cluster, 'a', 'delete')) ?? {};
    expect(reason).toContain('generation 2 replaced it');
  });

  it('goes on instead of its replacement where the original is kept', () => {
    const cluster = replaced({ reconcile: 'keepOriginal' });
    acknowledgeAll(cluster);
    cluster.when(report('a', { 'j/0/1': 'running' }));
    expect(instanceOf(cluster)).toMatchObject({ status: 'running', nodeId: 'a', generation: 1 });
    expect(orderStops(cluster).events).toMatchObject([
      { type: 'CommandIssued', data: { kind: 'delete', nodeId: 'b', generation: 2 } },
    ]);
    acknowledgeAll(cluster);
    expect(cluster.state.placements.size).toBe(1);
  });

  it('never gets a generation again that was given', () => {
    const cluster = replaced({ reconcile: 'keepOriginal' });
    acknowledgeAll(cluster);
    cluster.when(report('a', { 'j/0/1': 'running' }));
    lose(cluster, 'a');
    cluster.when(plan('j', 'b'));
    expect(instanceOf(cluster)?.generation).toBe(3);
  });

  it.each([
    [100_000, 'a', 1],
    [10, 'b', 2],
  ])(
    'having run for %i ms, %s runs on where the longest running is kept',
    (runningMs, node, generation) => {
      const cluster = replaced({ reconcile: 'longestRunning' });
      acknowledgeAll(cluster);
      cluster.pass(5_000);
      cluster.when(report('a', { 'j/0/1': 'running' }, { runningMs }));
      expect(instanceOf(cluster)).toMatchObject({ status: 'running', nodeId: node, generation });
      orderStops(cluster);
      acknowledgeAll(cluster);
      expect(cluster.state.placements.size).toBe(1);
    },
  );

  it.each(['keepOriginal', 'keepReplacement', 'longestRunning'])(
    'goes on alone where its replacement is lost as well (%s)',
    (reconcile) => {
      const cluster = replaced({ reconcile });
      lose(cluster, 'b');
      cluster.when(report('a', { 'j/0/1': 'running' }));
      expect(instanceOf(cluster)).toMatchObject({ status: 'running', nodeId: 'a', generation: 1 });
      cluster.when(report('b', { 'j/0/2': 'running' }));
      expect(instanceOf(cluster)).toMatchObject({ status: 'running', nodeId: 'a', generation: 1 });
      orderStops(cluster);
      const { reason } = cluster.state.commands.get(commandTo(cluster, 'b', 'delete')) ?? {};
      expect(reason).toBe('the original of generation 1 goes on');
    },
  );

  it('still starting goes on to start, and says under its old order when it runs', () => {
    const cluster = running({}, 'a');
    lose(cluster, 'a');
    expect(cluster.when(report('a', { 'j/0/1': 'starting' })).types).toEqual([
      'InstanceRecovered',
      'CommandReopened',
      'NodeBecameReady',
    ]);
    expect(instanceOf(cluster)).toMatchObject({ nodeId: 'a', generation: 1 });
    expect(instanceOf(cluster)?.status).not.toBe('running');
    acknowledgeAll(cluster);
    expect(instanceOf(cluster)?.status).toBe('running');
  });

  it('on its way out is left to end', () => {
    const cluster = running({}, 'a');
    lose(cluster, 'a');
    expect(cluster.when(report('a', { 'j/0/1': 'stopping' })).types).toEqual(['NodeBecameReady']);
    expect(instanceOf(cluster)?.status).toBe('pending');
  });

  it('as what is left of it frees what it reserved', () => {
    const cluster = replaced({});
    cluster.when(report('a', { 'j/0/1': 'failed' }));
    expect(cluster.state.nodes.get('a')?.reserved.cpuMillis).toBe(0);
    expect(instanceOf(cluster)).toMatchObject({ generation: 2, status: 'placed' });
  });

  it('and proved absent frees what it reserved', () => {
    const cluster = replaced({});
    cluster.when(report('a', {}, { proves: true }));
    expect(cluster.state.nodes.get('a')?.placements).toBe(0);
    expect(instanceOf(cluster)?.status).toBe('placed');
  });
});

describe('an instance that must never run twice', () => {
  const leased = { stopOnWorkerAfterMs: 10_000 };

  it('is placed again once it is lost: its worker has killed it by then', () => {
    const cluster = running({ onDisconnect: leased }, 'a', 'b');
    lose(cluster, 'a');
    expect(cluster.when(plan('j', 'b')).types).toContain('InstancesPlaced');
  });

  it('is not placed while an order to start it may still be carried out', () => {
    const cluster = running({ onDisconnect: leased }, 'a', 'b');
    withdrawFrom(cluster, 'a');
    expect(cluster.when(plan('j', 'b')).types).toEqual([]);
    orderStops(cluster);
    acknowledgeAll(cluster);
    expect(cluster.when(plan('j', 'b')).types).toContain('InstancesPlaced');
  });

  it('keeps its replacement, whatever the job says', () => {
    const cluster = replaced({ ...leased, reconcile: 'keepOriginal' });
    acknowledgeAll(cluster);
    cluster.when(report('a', { 'j/0/1': 'starting' }));
    expect(instanceOf(cluster)).toMatchObject({ nodeId: 'b', generation: 2 });
    orderStops(cluster);
    expect(commandTo(cluster, 'a', 'delete')).not.toBe('');
  });

  it('is only placed where a stop is enforced', () => {
    const cluster = running({ onDisconnect: leased }, 'a');
    for (const command of ready('c')) cluster.when(command);
    lose(cluster, 'a');
    const { decided } = cluster.when(plan('j', 'c'));
    expect(decided).toMatchObject({ answer: { placed: 0, rejected: ['c'] } });
  });
});

describe('a move', () => {
  const move = {
    ...({ type: 'MoveInstance', id: 'j', instance: 0, generation: 1, basis: null } as const),
    target: { nodeId: 'b', reason: 'r', total: 1, scores: {} },
  };

  it('whose target is lost half-way is given up: the source stays', () => {
    const cluster = moving();
    expect(lose(cluster, 'b').types).toContain('MoveAborted');
    expect(instanceOf(cluster)).toMatchObject({ status: 'running', nodeId: 'a', moving: null });
    expect(orderStops(cluster).events).toMatchObject([
      { type: 'CommandIssued', data: { kind: 'delete', nodeId: 'b' } },
    ]);
  });

  it('whose source is lost half-way goes on as the instance', () => {
    const cluster = moving();
    expect(lose(cluster, 'a').types).toContain('InstanceLost');
    expect(instanceOf(cluster)).toMatchObject({ nodeId: 'b', generation: 2, moving: null });
    cluster.when(ack('b', commandTo(cluster, 'b', 'deploy'), 'succeeded'));
    expect(instanceOf(cluster)?.status).toBe('running');
    cluster.when(report('a', { 'j/0/1': 'running' }));
    orderStops(cluster);
    expect(commandTo(cluster, 'a', 'delete')).not.toBe('');
  });

  it('that is called off leaves the source and stops the target', () => {
    const cluster = moving();
    const { types } = cluster.when({ type: 'CancelMove', id: 'j', instance: 0 });
    expect(types).toEqual(['MoveAborted', 'CommandSuperseded']);
    expect(instanceOf(cluster)).toMatchObject({ nodeId: 'a', generation: 1, status: 'running' });
    orderStops(cluster);
    expect(commandTo(cluster, 'b', 'delete')).not.toBe('');
  });

  it('that is not under way is called off without an event', () => {
    const cluster = running({}, 'a');
    const { types, decided } = cluster.when({ type: 'CancelMove', id: 'j', instance: 0 });
    expect([types, 'answer' in decided]).toEqual([[], true]);
  });

  it('of what must never run twice is refused on record', () => {
    const cluster = running({ onDisconnect: { stopOnWorkerAfterMs: 10_000 } }, 'a');
    for (const command of ready('b', { enforcesStop: true })) cluster.when(command);
    expect(cluster.when(move).types).toEqual(['MoveRefused']);
  });

  function moving(): Given {
    const cluster = running({}, 'a');
    for (const command of ready('b')) cluster.when(command);
    cluster.when(move);
    return cluster;
  }
});

/** Instance 0 was lost with a, and is placed on b as generation 2. */
function replaced(onDisconnect: Record<string, unknown>): Given {
  const cluster = running({ onDisconnect }, 'a');
  for (const command of ready('b', { enforcesStop: true })) cluster.when(command);
  lose(cluster, 'a');
  cluster.when(plan('j', 'b'));
  return cluster;
}

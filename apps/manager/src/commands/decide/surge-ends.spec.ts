import { describe, expect, it } from '@jest/globals';
import {
  ack,
  acknowledgeAll,
  beside,
  commandTo,
  instanceOf,
  lose,
  orderStops,
  plan,
  registerNode,
  report,
  type Given,
} from '../../testing/given.js';
import {
  begun,
  checked,
  complete,
  holding,
  isOf,
  startTo,
  update,
  updated,
} from '../../testing/surging.js';

describe('In the midst of an update with a new one beside the old one', () => {
  it('the new one goes on alone when the node of the old one is lost', () => {
    const cluster = begun(updated());
    lose(cluster, 'a');
    expect(instanceOf(cluster)).toMatchObject({
      ...{ status: 'running', nodeId: 'b', generation: 2, revision: 2, moving: null },
    });
    expect(cluster.when(report('a', { 'j/0/1': 'running' })).types).toContain('OriginalDropped');
  });

  it.each(['keepOriginal', 'keepReplacement', 'longestRunning'] as const)(
    'the old one that comes back goes on where the new one comes to nothing (%s)',
    (reconcile) => {
      const cluster = updated({ more: { onDisconnect: { reconcile } } });
      beside(cluster, 'b');
      lose(cluster, 'a');
      const back = () => cluster.when(report('a', { 'j/0/1': 'running' })).types;
      expect(back()).not.toContain('OriginalDropped');
      cluster.when(ack('b', startTo(cluster, 'b'), 'failed', 'no such image'));
      expect(back()).toContain('InstanceRecovered');
      expect(instanceOf(cluster)).toMatchObject({ status: 'running', nodeId: 'a', generation: 1 });
    },
  );

  it.each([
    ['serves', {}, null],
    ['is found healthy', checked, 'healthy'],
  ] as const)('the old one that comes back ends once the new one %s', (_, more, health) => {
    const cluster = updated({ more: { ...more, onDisconnect: { reconcile: 'keepOriginal' } } });
    beside(cluster, 'b');
    lose(cluster, 'a');
    cluster.when(report('a', { 'j/0/1': 'running' }));
    cluster.when(ack('b', startTo(cluster, 'b'), 'succeeded'));
    const back = () => cluster.when(report('a', { 'j/0/1': 'running' })).types;
    if (health !== null) {
      expect(back()).not.toContain('OriginalDropped');
      cluster.when(report('b', { 'j/0/2': 'running' }, { health }));
    }
    expect(back()).toContain('OriginalDropped');
    expect(instanceOf(cluster)).toMatchObject({ status: 'running', nodeId: 'b', generation: 2 });
  });

  it('of a node of both that comes back none is kept that never ran, where a third one runs', () => {
    const cluster = updated({ more: { onDisconnect: { reconcile: 'keepOriginal' } } });
    beside(cluster, 'a');
    lose(cluster, 'a');
    cluster.when(plan('j', 'b'));
    cluster.when(ack('b', startTo(cluster, 'b'), 'succeeded'));
    cluster.when(report('a', { 'j/0/1': 'running', 'j/0/2': 'starting' }));
    expect(instanceOf(cluster)).toMatchObject({ status: 'running', nodeId: 'b', generation: 3 });
    orderStops(cluster);
    acknowledgeAll(cluster);
    expect([holding(cluster, 'a'), holding(cluster, 'b')]).toEqual([0, 1]);
  });

  it('both of one node that is lost are replaced by one', () => {
    const cluster = begun(updated(), 'a');
    lose(cluster, 'a');
    expect(instanceOf(cluster)).toMatchObject({ status: 'pending', moving: null });
    cluster.when(plan('j', 'b'));
    expect(instanceOf(cluster)).toMatchObject({ status: 'placed', nodeId: 'b', revision: 2 });
  });

  it('another revision calls it off, and one may be started of that', () => {
    const cluster = begun(updated());
    expect(update(cluster, 'web:3').types).toEqual(['JobUpdated', 'MoveAborted']);
    expect(instanceOf(cluster)).toMatchObject({ status: 'running', generation: 1, moving: null });
    beside(cluster, 'b');
    expect(instanceOf(cluster)?.moving).toMatchObject({ generation: 3 });
  });

  it('a revision that runs alike lets it go on', () => {
    const cluster = begun(updated());
    expect(update(cluster, 'web:2', { surge: 2 }).types).toEqual(['JobUpdated']);
    expect(cluster.when(complete).types).toEqual(['MoveCompleted']);
    expect(instanceOf(cluster)).toMatchObject({ revision: 3, generation: 2 });
  });

  it('the revision before again calls it off: nothing of it was ever left', () => {
    const cluster = begun(updated());
    expect(update(cluster, 'web:1').types).toEqual(['JobUpdated', 'MoveAborted']);
    expect(instanceOf(cluster)).toMatchObject({ revision: 3, generation: 1, status: 'running' });
  });

  it('what is all that there is goes on, whatever revision comes', () => {
    const cluster = begun(updated());
    cluster.when(report('a', { 'j/0/1': 'failed' }));
    expect(update(cluster, 'web:3').types).toEqual(['JobUpdated', 'MoveCompleted']);
    expect(instanceOf(cluster)).toMatchObject({ status: 'running', generation: 2, revision: 2 });
  });

  it('what must never run twice from now on is not started beside', () => {
    const cluster = begun(updated());
    const onDisconnect = { stopOnWorkerAfterMs: 10_000 };
    expect(update(cluster, 'web:2', { surge: 0 }, { onDisconnect }).types).toEqual([
      'JobUpdated',
      'MoveAborted',
    ]);
  });

  it('the end of its job is the end of both', () => {
    const cluster = begun(updated());
    cluster.when({ type: 'DeleteJob', id: 'j' });
    orderStops(cluster);
    acknowledgeAll(cluster);
    expect(isOf(cluster)).toBeUndefined();
    expect([holding(cluster, 'a'), holding(cluster, 'b')]).toEqual([0, 0]);
  });

  it('a smaller count is the end of both', () => {
    const cluster = begun(updated());
    cluster.when({ type: 'ScaleJob', id: 'j', count: 0 });
    orderStops(cluster);
    acknowledgeAll(cluster);
    expect([holding(cluster, 'a'), holding(cluster, 'b')]).toEqual([0, 0]);
  });

  it('what is cancelled leaves the old one running', () => {
    const cluster = begun(updated());
    cluster.when({ type: 'CancelMove', id: 'j', instance: 0 });
    expect(instanceOf(cluster)).toMatchObject({ status: 'running', generation: 1, moving: null });
  });

  it('it is not moved, with the reason', () => {
    const cluster = begun(updated());
    const target = { nodeId: 'b', reason: 'r', total: 1, scores: {} };
    const move = { type: 'MoveInstance', id: 'j', instance: 0, generation: 1 } as const;
    expect(cluster.when({ ...move, target, basis: null }).decided).toMatchObject({
      refusal: { detail: 'Instance 0 of job j is being updated, and its new one is on b.' },
    });
  });

  it('a drain by force of the node of both leaves neither there', () => {
    const cluster = begun(updated(), 'a');
    const order = { do: 'drain', withinMs: 0, force: true } as const;
    cluster.when({ type: 'OrderNode', id: 'a', order });
    const end = { type: 'EndDrain', id: 'a', outcome: 'incomplete', reason: 'r' } as const;
    expect(cluster.when(end).types).toEqual(['MoveAborted', 'InstanceWithdrawn', 'NodeDrainEnded']);
    expect(instanceOf(cluster)).toMatchObject({ status: 'pending', moving: null });
    orderStops(cluster);
    acknowledgeAll(cluster);
    expect(holding(cluster, 'a')).toBe(0);
  });

  it.each<[string, (cluster: Given) => Given, string[], object]>([
    [
      'withdraws it where the new one does not serve yet',
      (cluster) => (beside(cluster, 'b'), cluster),
      ['MoveAborted', 'InstanceWithdrawn', 'NodeDrainEnded'],
      { status: 'pending', moving: null },
    ],
    [
      'lets the new one take over where that serves',
      begun,
      ['MoveCompleted', 'NodeDrainEnded'],
      { status: 'running', nodeId: 'b', generation: 2, moving: null },
    ],
  ])('a drain by force of the node of the old one %s', (_, begin, types, after) => {
    const cluster = begin(updated());
    const order = { do: 'drain', withinMs: 0, force: true } as const;
    cluster.when({ type: 'OrderNode', id: 'a', order });
    const end = { type: 'EndDrain', id: 'a', outcome: 'incomplete', reason: 'r' } as const;
    expect(cluster.when(end).types).toEqual(types);
    expect(instanceOf(cluster)).toMatchObject(after);
    orderStops(cluster);
    acknowledgeAll(cluster);
    expect(holding(cluster, 'a')).toBe(0);
  });

  it('what its worker has lost is ordered again: whichever runs is the instance', () => {
    const cluster = begun(updated(), 'a');
    cluster.when(registerNode('a', { acknowledges: true, incarnation: 2 }));
    const { types } = cluster.when(report('a', {}, { incarnation: 2 }));
    expect(types.filter((type) => type === 'CommandReopened')).toHaveLength(2);
    // An order of an older one than is there starts nothing.
    const [first, second] = ['deploy', 'replicate'].map((kind) => commandTo(cluster, 'a', kind));
    cluster.when(ack('a', first ?? '', 'failed', 'superseded'));
    cluster.when(ack('a', second ?? '', 'succeeded'));
    cluster.when(complete);
    expect(instanceOf(cluster)).toMatchObject({ status: 'running', generation: 2, moving: null });
  });
});

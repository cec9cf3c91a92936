import { describe, expect, it } from '@jest/globals';
import type { NodeOrder } from '../node-order.js';
import {
  acknowledgeAll,
  given,
  instanceOf,
  lose,
  orderStops,
  plan,
  ready,
  report,
  running,
  submitJob,
  type Given,
} from '../../testing/given.js';

const order = (cluster: Given, what: NodeOrder, id = 'a') =>
  cluster.when({ type: 'OrderNode', id, order: what });
const drain = { do: 'drain', withinMs: 60_000, force: false } as const;

describe('an order about a node', () => {
  it.each([
    [{ do: 'cordon', reason: 'r' }, 'NodeCordoned', { do: 'uncordon' }, 'NodeUncordoned'],
    [{ do: 'quarantine', reason: 'r' }, 'NodeQuarantined', { do: 'release' }, 'NodeReleased'],
  ] as const)(
    '%j keeps new work away until it is taken back',
    (closing, closed, opening, opened) => {
      const cluster = given(...ready('a'), submitJob('j'));
      expect(order(cluster, opening).types).toEqual([]);
      expect(order(cluster, closing).types).toEqual([closed]);
      expect(order(cluster, closing).types).toEqual([]);
      expect(cluster.when(plan('j', 'a')).decided).toMatchObject({ answer: { placed: 0 } });
      expect(order(cluster, opening).types).toEqual([opened]);
      expect(cluster.when(plan('j', 'a')).decided).toMatchObject({ answer: { placed: 1 } });
    },
  );

  it('leaves alone what runs there', () => {
    const cluster = running({}, 'a');
    order(cluster, { do: 'cordon', reason: 'r' });
    order(cluster, { do: 'quarantine', reason: 'r' });
    expect(instanceOf(cluster)?.status).toBe('running');
    expect(orderStops(cluster).types).toEqual([]);
  });

  it('survives a restart of its worker', () => {
    const cluster = given(...ready('a'));
    order(cluster, { do: 'cordon', reason: 'r' });
    for (const command of ready('a', { incarnation: 2 }).slice(0, 1)) cluster.when(command);
    expect(cluster.state.nodes.get('a')?.cordoned).not.toBeNull();
  });

  it('about a node that nobody knows is refused', () => {
    expect(order(given(), { do: 'uncordon' }).decided).toMatchObject({
      refusal: { code: 'node-unknown' },
    });
  });
});

describe('a drain', () => {
  it('closes the node, and leaves it closed when it is done or called off', () => {
    const cluster = given(...ready('a'));
    expect(order(cluster, drain).types).toEqual(['NodeDrainStarted']);
    expect(order(cluster, { do: 'cancel-drain' }).types).toEqual(['NodeDrainEnded']);
    expect(order(cluster, { do: 'cancel-drain' }).types).toEqual([]);
    order(cluster, drain);
    const done = { type: 'EndDrain', id: 'a', outcome: 'done', reason: 'r' } as const;
    expect(cluster.when(done).types).toEqual(['NodeDrainEnded']);
    expect(cluster.when(done).types).toEqual([]);
    expect(cluster.state.nodes.get('a')).toMatchObject({ draining: null });
    expect(cluster.state.nodes.get('a')?.cordoned).not.toBeNull();
  });

  it('is not done while anything there has not ended', () => {
    const cluster = running({}, 'a');
    order(cluster, drain);
    const done = { type: 'EndDrain', id: 'a', outcome: 'done', reason: 'r' } as const;
    cluster.when({ type: 'ScaleJob', id: 'j', count: 0 });
    orderStops(cluster);
    expect(cluster.when(done).types).toEqual([]);
    acknowledgeAll(cluster);
    expect(cluster.when(done).events).toMatchObject([{ data: { outcome: 'done', left: 0 } }]);
  });

  it('ends with an uncordon', () => {
    const cluster = given(...ready('a'));
    order(cluster, drain);
    expect(order(cluster, { do: 'uncordon' }).types).toEqual(['NodeDrainEnded', 'NodeUncordoned']);
  });

  it('stops nothing at its deadline, unless it is by force', () => {
    const end = { type: 'EndDrain', id: 'a', outcome: 'incomplete', reason: 'r' } as const;
    const patient = running({}, 'a');
    order(patient, drain);
    expect(patient.when(end).types).toEqual(['NodeDrainEnded']);
    expect(instanceOf(patient)?.status).toBe('running');
    const forced = running({}, 'a');
    order(forced, { ...drain, force: true });
    expect(forced.when(end).types).toEqual(['InstanceWithdrawn', 'NodeDrainEnded']);
    expect(instanceOf(forced)).toMatchObject({ status: 'pending', avoid: 'a' });
    expect(orderStops(forced).events).toMatchObject([{ data: { kind: 'delete', nodeId: 'a' } }]);
  });
});

describe('a node that is forgotten', () => {
  it('is refused while it speaks, on record', () => {
    const cluster = running({}, 'a');
    const { types, decided } = order(cluster, { do: 'forget', reason: 'r' });
    expect(types).toEqual(['NodeOrderRefused']);
    expect(decided).toMatchObject({ refusal: { code: 'node-in-use' } });
  });

  it('takes its reservations with it, and its instances are placed elsewhere', () => {
    const cluster = running({}, 'a');
    disconnect(cluster);
    expect(order(cluster, { do: 'forget', reason: 'r' }).types).toEqual([
      'InstanceLost',
      'NodeForgotten',
    ]);
    expect([cluster.state.nodes.size, cluster.state.placements.size]).toEqual([0, 0]);
    expect(instanceOf(cluster)?.status).toBe('pending');
  });

  it('lets a job end that waited for it', () => {
    const cluster = running({}, 'a');
    cluster.when({ type: 'DeleteJob', id: 'j' });
    disconnect(cluster);
    expect(order(cluster, { do: 'forget', reason: 'r' }).types).toEqual([
      'NodeForgotten',
      'JobEnded',
    ]);
  });

  it('is refused while it may run what must never run twice', () => {
    const cluster = running({ onDisconnect: { stopOnWorkerAfterMs: 10_000 } }, 'a');
    disconnect(cluster);
    expect(order(cluster, { do: 'forget', reason: 'r' }).types).toEqual(['NodeOrderRefused']);
    lose(cluster, 'a');
    expect(order(cluster, { do: 'forget', reason: 'r' }).types).toEqual(['NodeForgotten']);
  });

  it('and comes back is a stranger: what it runs of ours is deleted', () => {
    const cluster = running({}, 'a');
    disconnect(cluster);
    order(cluster, { do: 'forget', reason: 'r' });
    for (const command of ready('a').slice(0, 1)) cluster.when(command);
    cluster.when(report('a', { 'j/0/1': 'running' }));
    expect(orderStops(cluster).events).toMatchObject([{ data: { kind: 'delete', nodeId: 'a' } }]);
  });
});

function disconnect(cluster: Given): void {
  for (const seen of ['silent', 'disconnected'] as const) {
    cluster.when({ type: 'ObserveNode', nodeId: 'a', incarnation: 1, seen, reason: 'r' });
  }
}

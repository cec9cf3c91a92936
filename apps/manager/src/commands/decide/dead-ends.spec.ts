import { describe, expect, it } from '@jest/globals';
import {
  ack,
  acknowledgeAll,
  commandTo,
  given,
  instanceOf,
  lose,
  orderStops,
  plan,
  ready,
  registerNode,
  report,
  running,
  submitJob,
  type Given,
  withdrawFrom,
} from '../../testing/given.js';

/** Ways in which a job could come to stand still for ever. */

const never = { onDisconnect: { stopOnWorkerAfterMs: 10_000 } };

function observe(cluster: Given, nodeId: string, seen: 'disconnected' | 'lost' | 'alive') {
  const { incarnation = 1 } = cluster.state.nodes.get(nodeId) ?? {};
  return cluster.when({ type: 'ObserveNode', nodeId, incarnation, seen, reason: 'r' });
}

function forget(cluster: Given, id: string) {
  return cluster.when({ type: 'OrderNode', id, order: { do: 'forget', reason: 'burnt' } });
}

function update(image: string, more: Record<string, unknown> = {}) {
  const { job, bodyHash } = submitJob('j', { image, ...more });
  return { type: 'UpdateJob', id: 'j', job, bodyHash, ifPosition: null } as const;
}

function withdraw(cluster: Given): void {
  withdrawFrom(cluster, 'a');
  orderStops(cluster);
}

function moveTo(cluster: Given, nodeId: string): void {
  for (const command of ready(nodeId)) cluster.when(command);
  const target = { nodeId, reason: 'r', total: 1, scores: {} };
  const order = { type: 'MoveInstance', id: 'j', instance: 0, generation: 1 } as const;
  cluster.when({ ...order, target, basis: null });
}

describe('What must never run twice', () => {
  it('is not held up for ever by its own lost original on the same node', () => {
    const cluster = running(never, 'a');
    for (const command of ready('b', { enforcesStop: true })) cluster.when(command);
    lose(cluster, 'a');
    cluster.when(plan('j', 'b'));
    expect(cluster.when(report('a', { 'j/0/1': 'starting' })).types).toContain('OriginalDropped');
    orderStops(cluster);
    acknowledgeAll(cluster);
    expect([...cluster.state.placements.values()].map(({ nodeId }) => nodeId)).toEqual(['b']);
  });

  it('is placed again and again although the first node is gone for good', () => {
    const cluster = running(never, 'a');
    for (const id of ['b', 'c']) {
      for (const command of ready(id, { enforcesStop: true })) cluster.when(command);
    }
    lose(cluster, 'a');
    observe(cluster, 'a', 'disconnected');
    cluster.when(plan('j', 'b'));
    acknowledgeAll(cluster);
    orderStops(cluster);
    lose(cluster, 'b');
    expect(cluster.when(plan('j', 'c')).types).toContain('InstancesPlaced');
    expect(forget(cluster, 'a').types).toContain('NodeForgotten');
  });

  it('is placed again when its node died before it could be told to stop', () => {
    const cluster = running(never, 'a');
    for (const command of ready('b', { enforcesStop: true })) cluster.when(command);
    withdraw(cluster);
    expect(cluster.when(plan('j', 'b')).types).toEqual([]);
    expect(lose(cluster, 'a').types).toEqual(['InstanceLost']);
    expect(instanceOf(cluster)?.status).toBe('pending');
    expect(lose(cluster, 'a').types).toEqual([]);
    observe(cluster, 'a', 'disconnected');
    expect(cluster.when(plan('j', 'b')).types).toContain('InstancesPlaced');
    expect(forget(cluster, 'a').types).toContain('NodeForgotten');
  });

  it('is still stopped where it was withdrawn, should the node come back', () => {
    const cluster = running(never, 'a');
    withdraw(cluster);
    lose(cluster, 'a');
    expect(cluster.state.placements.get('j/0/1')).toMatchObject({ wanted: false, lost: false });
    cluster.when(report('a', { 'j/0/1': 'starting' }));
    expect(cluster.state.placements.get('j/0/1')?.wanted).toBe(false);
    acknowledgeAll(cluster);
    expect(cluster.state.placements.size).toBe(0);
  });
});

describe('An order to stop', () => {
  it('that was heard and not carried out is given again', () => {
    const cluster = running({}, 'a');
    cluster.when({ type: 'DeleteJob', id: 'j' });
    orderStops(cluster);
    const id = commandTo(cluster, 'a', 'delete');
    cluster.when(ack('a', id, 'received'));
    expect(cluster.when(report('a', { 'j/0/1': 'stopping' }, { proves: true })).types).toEqual([]);
    cluster.when(registerNode('a', { acknowledges: true, enforcesStop: true, incarnation: 2 }));
    const { types } = cluster.when(report('a', { 'j/0/1': 'running' }, { incarnation: 2 }));
    expect(types).toContain('CommandReopened');
    cluster.when(ack('a', id, 'succeeded'));
    expect(cluster.state.jobs.size).toBe(0);
  });
});

describe('An instance that waits for its node', () => {
  const waits = { onDisconnect: { replace: false } };

  it('is placed anew when the node comes back without it', () => {
    const cluster = running(waits, 'a');
    cluster.when(report('a', {}, { final: true }));
    expect(instanceOf(cluster)?.status).toBe('lost');
    cluster.when(registerNode('a', { acknowledges: true, enforcesStop: true, incarnation: 2 }));
    cluster.when(report('a', {}, { incarnation: 2, proves: true }));
    expect(instanceOf(cluster)).toMatchObject({ status: 'pending', nodeId: null });
  });

  it('is placed anew when it failed meanwhile, or its node is forgotten', () => {
    const failed = running(waits, 'a');
    lose(failed, 'a');
    failed.when(report('a', { 'j/0/1': 'failed' }));
    expect(instanceOf(failed)?.status).toBe('pending');
    const forgotten = running(waits, 'a');
    lose(forgotten, 'a');
    observe(forgotten, 'a', 'disconnected');
    forget(forgotten, 'a');
    expect(instanceOf(forgotten)?.status).toBe('pending');
  });
});

describe('A one-shot', () => {
  it('that completed while its node was lost has completed', () => {
    const cluster = running({ one_shot: true }, 'a');
    lose(cluster, 'a');
    expect(cluster.when(report('a', { 'j/0/1': 'completed' })).types).toContain('JobCompleted');
    expect(instanceOf(cluster)?.status).toBe('completed');
    expect(cluster.when(plan('j', 'a')).types).toEqual([]);
  });

  it('that completes during a move is not run a second time', () => {
    const cluster = running({ one_shot: true }, 'a');
    moveTo(cluster, 'b');
    const { types } = cluster.when(report('a', { 'j/0/1': 'completed' }));
    expect(types).toContain('MoveAborted');
    cluster.when(ack('b', commandTo(cluster, 'b', 'deploy'), 'succeeded'));
    expect(instanceOf(cluster)).toMatchObject({ status: 'completed', moving: null });
    expect(cluster.state.jobs.get('j')?.status).toBe('completed');
  });
});

describe('An update', () => {
  it('of the count alone is no other revision, and touches nothing that runs', () => {
    const cluster = running({ image: 'web:1' }, 'a');
    expect(cluster.when(update('web:1', { count: 3 })).types).toEqual(['JobScaled']);
    expect(cluster.state.jobs.get('j')).toMatchObject({ revision: 1, rollout: null, desired: 3 });
  });

  it('that lets a job never run twice calls its moves off, and waits for what is lost', () => {
    const cluster = running({ image: 'web:1' }, 'a');
    moveTo(cluster, 'b');
    expect(cluster.when(update('web:2', never)).types).toContain('MoveAborted');
    const lost = running({ image: 'web:1' }, 'a', 'b');
    lose(lost, 'a');
    lost.when(update('web:2', { ...never, count: 2 }));
    expect(lost.when(plan('j', 'b')).types).toEqual([]);
  });

  it('takes over from a rollback that does not come to its end', () => {
    const cluster = running({ image: 'web:1' }, 'a');
    cluster.when(update('web:2'));
    failUpdated(cluster);
    expect(cluster.state.jobs.get('j')?.rollout?.status).toBe('rollingBack');
    expect(cluster.when(update('web:3')).types).toContain('JobUpdated');
  });

  it('during a move does not take the target, begun before it, for updated', () => {
    const cluster = running({ image: 'web:1' }, 'a');
    moveTo(cluster, 'b');
    cluster.when(update('web:2'));
    cluster.when(ack('b', commandTo(cluster, 'b', 'deploy'), 'succeeded'));
    expect(instanceOf(cluster)).toMatchObject({ nodeId: 'b', revision: 1 });
  });

  it('is not undone by an original of an older revision that comes back', () => {
    const keep = { onDisconnect: { reconcile: 'keepOriginal' } };
    const cluster = running({ image: 'web:1', ...keep }, 'a');
    for (const command of ready('b')) cluster.when(command);
    lose(cluster, 'a');
    cluster.when(update('web:2', keep));
    cluster.when(plan('j', 'b'));
    acknowledgeAll(cluster);
    cluster.when({ type: 'CompleteRollout', id: 'j', revision: 2 });
    expect(cluster.when(report('a', { 'j/0/1': 'running' })).types).toContain('OriginalDropped');
    expect(instanceOf(cluster)).toMatchObject({ nodeId: 'b', revision: 2 });
  });

  it('that follows an unfinished one goes back to what ran', () => {
    const cluster = running({ image: 'web:1' }, 'a');
    cluster.when(update('web:2'));
    cluster.when(update('web:3'));
    failUpdated(cluster);
    expect(cluster.state.jobs.get('j')?.document['image']).toBe('web:1');
  });
});

describe('An instance that was given up', () => {
  it('is not given up any more when its original comes back', () => {
    const cluster = running({ restart: { limit: 0 } }, 'a');
    for (const command of ready('b')) cluster.when(command);
    lose(cluster, 'a');
    cluster.when(plan('j', 'b'));
    const { types } = cluster.when(ack('b', commandTo(cluster, 'b', 'deploy'), 'failed', 'boom'));
    expect(types).toContain('InstanceGivenUp');
    cluster.when(report('a', { 'j/0/1': 'running' }));
    expect(instanceOf(cluster)).toMatchObject({ status: 'running', nodeId: 'a', givenUp: false });
  });
});

describe('A worker that does not acknowledge', () => {
  it('runs what it was told although it comes back changed', () => {
    const job = { onDisconnect: { replace: false } };
    const cluster = given(registerNode('a'), submitJob('j', job), plan('j', 'a'));
    cluster.when({ type: 'RecordDelivery', commandId: commandTo(cluster, 'a', 'deploy') });
    lose(cluster, 'a');
    observe(cluster, 'a', 'disconnected');
    cluster.when(registerNode('a', { port: 7 }));
    expect(cluster.state.placements.get('j/0/1')).toMatchObject({ lost: false, wanted: true });
  });

  it('runs what it was told when it is heard again', () => {
    const cluster = given(registerNode('a'), submitJob('j'), plan('j', 'a'));
    cluster.when({ type: 'RecordDelivery', commandId: commandTo(cluster, 'a', 'deploy') });
    lose(cluster, 'a');
    observe(cluster, 'a', 'disconnected');
    observe(cluster, 'a', 'alive');
    expect(instanceOf(cluster)).toMatchObject({ status: 'running', nodeId: 'a' });
  });

  it('is held to the job’s rule where it was replaced', () => {
    const job = { onDisconnect: { reconcile: 'keepOriginal' } };
    const cluster = given(registerNode('a'), registerNode('b'), submitJob('j', job));
    cluster.when(plan('j', 'a'));
    cluster.when({ type: 'RecordDelivery', commandId: commandTo(cluster, 'a', 'deploy') });
    lose(cluster, 'a');
    cluster.when(plan('j', 'b'));
    cluster.when({ type: 'RecordDelivery', commandId: commandTo(cluster, 'b', 'deploy') });
    observe(cluster, 'a', 'alive');
    expect(instanceOf(cluster)?.nodeId).toBe('a');
    expect(cluster.state.placements.get('j/0/2')?.wanted).toBe(false);
  });
});

function failUpdated(cluster: Given): void {
  withdraw(cluster);
  acknowledgeAll(cluster);
  cluster.when(plan('j', 'a'));
  cluster.when(ack('a', commandTo(cluster, 'a', 'deploy'), 'failed', 'boom'));
}

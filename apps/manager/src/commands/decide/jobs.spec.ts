import { describe, expect, it } from '@jest/globals';
import {
  ack,
  commandTo,
  given,
  plan,
  proposal,
  registerNode,
  submitJob,
} from '../../testing/given.js';

const twoNodes = [registerNode('a'), registerNode('b')] as const;

describe('submitting a job', () => {
  it('creates its instances, pending, numbered from 0', () => {
    const cluster = given(submitJob('j', { count: 3 }));
    expect([...cluster.state.instances.values()].map((i) => [i.number, i.status])).toEqual([
      [0, 'pending'],
      [1, 'pending'],
      [2, 'pending'],
    ]);
  });

  it('twice with the same body gives the first answer and no event', () => {
    const cluster = given(submitJob('j'));
    const { decided, events } = cluster.when(submitJob('j'));
    expect(events).toEqual([]);
    expect(decided).toEqual({ answer: { id: 'j', position: 1, desired: 1 } });
  });

  it('under the id of another job is refused on record', () => {
    const { decided, types } = given(submitJob('j')).when(submitJob('j', { image: 'other' }));
    expect(decided).toMatchObject({ refusal: { code: 'job-id-taken' } });
    expect(types).toEqual(['JobSubmissionRefused']);
  });

  it('under the id of a job that is being deleted is refused until its last instance ended', () => {
    const cluster = given(...twoNodes, submitJob('j'), plan('j', 'a'), {
      type: 'DeleteJob',
      id: 'j',
    });
    expect(cluster.when(submitJob('j')).decided).toMatchObject({
      refusal: { code: 'job-deleting' },
    });
    cluster.when({ type: 'OrderStops', placements: [...cluster.state.unorderedStops] });
    cluster.when(ack('a', commandTo(cluster, 'a', 'delete'), 'succeeded'));
    expect(cluster.when(submitJob('j')).types).toEqual(['JobSubmitted']);
  });

  it('of an id used before continues after the highest generation ever given', () => {
    const cluster = given(...twoNodes, submitJob('j'), plan('j', 'a'), {
      type: 'DeleteJob',
      id: 'j',
    });
    cluster.when({ type: 'OrderStops', placements: [...cluster.state.unorderedStops] });
    cluster.when(ack('a', commandTo(cluster, 'a', 'delete'), 'succeeded'));
    cluster.when(submitJob('j'));
    cluster.when(plan('j', 'b'));
    expect(cluster.state.instances.get('j/0')?.generation).toBe(2);
  });
});

describe('scaling a job', () => {
  it('up adds the lowest free numbers', () => {
    const cluster = given(submitJob('j', { count: 1 }));
    const { events } = cluster.when({ type: 'ScaleJob', id: 'j', count: 3 });
    expect(events[0]?.data).toMatchObject({ desired: 3, added: [1, 2], removed: [] });
  });

  it('down removes what does not run first, then the newest', () => {
    const cluster = given(...twoNodes, submitJob('j', { count: 4 }), plan('j', 'a', 'b', 'a'));
    for (const command of [...cluster.state.commands.values()].slice(0, 2)) {
      cluster.when(ack(command.nodeId, command.id, 'succeeded'));
    }
    const { events } = cluster.when({ type: 'ScaleJob', id: 'j', count: 1 });
    expect(events[0]?.data).toMatchObject({ removed: [1, 2, 3] });
    expect(cluster.state.instances.get('j/3')).toBeUndefined();
    expect(cluster.state.instances.get('j/1')?.status).toBe('stopping');
  });

  it('to the present count changes nothing', () => {
    expect(given(submitJob('j')).when({ type: 'ScaleJob', id: 'j', count: 1 }).events).toEqual([]);
  });

  it('of an unknown job is refused', () => {
    expect(given().when({ type: 'ScaleJob', id: 'j', count: 1 }).decided).toMatchObject({
      refusal: { code: 'job-unknown' },
    });
  });
});

describe('deleting a job', () => {
  it('whose instances are all pending ends it at once', () => {
    const cluster = given(submitJob('j', { count: 2 }));
    expect(cluster.when({ type: 'DeleteJob', id: 'j' }).types).toEqual([
      'JobDeletionOrdered',
      'JobEnded',
    ]);
    expect(cluster.state.jobs.get('j')).toBeUndefined();
    expect(cluster.state.instances.size).toBe(0);
  });

  it('twice gives the same answer while it lasts', () => {
    const cluster = given(...twoNodes, submitJob('j'), plan('j', 'a'));
    const first = cluster.when({ type: 'DeleteJob', id: 'j' });
    const second = cluster.when({ type: 'DeleteJob', id: 'j' });
    expect(second.decided).toEqual(first.decided);
    expect(second.events).toEqual([]);
  });

  it('frees what was reserved only when the worker has acknowledged the end', () => {
    const cluster = given(...twoNodes, submitJob('j'), plan('j', 'a'), {
      type: 'DeleteJob',
      id: 'j',
    });
    cluster.when({ type: 'OrderStops', placements: [...cluster.state.unorderedStops] });
    expect(cluster.state.nodes.get('a')?.reserved.cpuMillis).toBe(100);
    const end = cluster.when(ack('a', commandTo(cluster, 'a', 'delete'), 'succeeded'));
    expect(end.types).toEqual(['CommandSucceeded', 'JobEnded']);
    expect(cluster.state.nodes.get('a')?.reserved.cpuMillis).toBe(0);
  });

  it('supersedes a deploy that is still on its way', () => {
    const cluster = given(...twoNodes, submitJob('j'), plan('j', 'a'), {
      type: 'DeleteJob',
      id: 'j',
    });
    const stops = { type: 'OrderStops', placements: [...cluster.state.unorderedStops] } as const;
    expect(cluster.when(stops).types).toEqual(['CommandSuperseded', 'CommandIssued']);
    expect(cluster.when(stops).types).toEqual([]);
  });
});

describe('a plan', () => {
  it('that holds places, reserves and orders in one commit', () => {
    const cluster = given(...twoNodes, submitJob('j', { count: 2 }));
    expect(cluster.when(plan('j', 'a', 'b')).types).toEqual([
      'InstancesPlaced',
      'CommandIssued',
      'CommandIssued',
    ]);
    expect(cluster.state.nodes.get('b')?.reserved).toEqual({ cpuMillis: 100, memoryMiB: 64 });
    expect(cluster.state.instances.get('j/0')).toMatchObject({
      status: 'placed',
      nodeId: 'a',
      generation: 1,
      reason: 'because a',
    });
  });

  it('never raises what is reserved above the capacity', () => {
    const cluster = given(
      registerNode('a', { capacity: { cpuMillis: 250, memoryMiB: 1000 } }),
      submitJob('j', { count: 4 }),
    );
    const { decided } = cluster.when(plan('j', 'a', 'a', 'a', 'a'));
    expect(decided).toEqual({ answer: { placed: 2, rejected: ['a'] } });
    expect(cluster.state.nodes.get('a')?.reserved.cpuMillis).toBe(200);
  });

  it('for a node that is not ready is rejected', () => {
    const cluster = given(registerNode('a', { acknowledges: true }), submitJob('j'));
    expect(cluster.when(plan('j', 'a')).decided).toEqual({
      answer: { placed: 0, rejected: ['a'] },
    });
  });

  it('that says no is kept as the reason, once', () => {
    const refusal = {
      code: 'no-capacity',
      detail: 'too big',
      filtered: { 'capacity-cpu': 1 },
      nearest: null,
      wouldFit: null,
    } as const;
    const cluster = given(submitJob('j'));
    const answer = proposal([], refusal);
    expect(cluster.when({ type: 'ApplyPlan', id: 'j', answer }).types).toEqual([
      'PlacementRefused',
    ]);
    expect(cluster.state.instances.get('j/0')?.reason).toBe('too big');
    expect(cluster.when({ type: 'ApplyPlan', id: 'j', answer }).types).toEqual([]);
  });

  it('for more instances than are pending places only those', () => {
    const cluster = given(...twoNodes, submitJob('j'));
    expect(cluster.when(plan('j', 'a', 'b')).decided).toEqual({
      answer: { placed: 1, rejected: [] },
    });
  });

  it('orders replicate where the job runs already', () => {
    const cluster = given(registerNode('a'), submitJob('j'), plan('j', 'a'));
    cluster.when(ack('a', commandTo(cluster, 'a', 'deploy'), 'succeeded'));
    cluster.when({ type: 'ScaleJob', id: 'j', count: 2 });
    cluster.when(plan('j', 'a'));
    expect(commandTo(cluster, 'a', 'replicate')).not.toBe('');
  });
});

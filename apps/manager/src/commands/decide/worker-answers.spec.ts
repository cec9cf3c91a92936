import { describe, expect, it } from '@jest/globals';
import { ack, commandTo, given, plan, registerNode, submitJob } from '../../testing/given.js';
import type { Command } from '../command.js';

const acknowledging = { acknowledges: true };

function ready(nodeId: string): Command[] {
  return [registerNode(nodeId, acknowledging), report(nodeId, [])];
}

function report(
  nodeId: string,
  instances: { job: string; instance: number; generation: number; status: 'running' | 'failed' }[],
  options: { incarnation?: number; provesAbsence?: boolean } = {},
): Command {
  return {
    type: 'ReconcileNode',
    nodeId,
    state: {
      incarnation: options.incarnation ?? null,
      requestId: null,
      instances: instances.map((instance) => ({ ...instance, reason: null })),
    },
    provesAbsence: options.provesAbsence ?? false,
  };
}

function placed() {
  const cluster = given(...ready('a'), submitJob('j'), plan('j', 'a'));
  return { cluster, deploy: commandTo(cluster, 'a', 'deploy') };
}

describe('an acknowledgement', () => {
  it('of an order of another ledger, where ids are the same, counts for nothing', () => {
    const { cluster, deploy } = placed();
    const { ack: said, ...command } = ack('a', deploy, 'succeeded');
    const stranger = cluster.when({ ...command, ack: { ...said, ledger: 'another' } });
    expect(stranger.decided).toMatchObject({ refusal: { code: 'command-unknown' } });
    expect(stranger.types).toEqual([]);
  });

  it('moves the instance from placed to starting to running', () => {
    const { cluster, deploy } = placed();
    cluster.when(ack('a', deploy, 'received'));
    expect(cluster.state.instances.get('j/0')?.status).toBe('starting');
    cluster.when(ack('a', deploy, 'succeeded'));
    expect(cluster.state.instances.get('j/0')).toMatchObject({
      status: 'running',
      confirmed: true,
    });
  });

  it('that is repeated, or comes after the end, changes nothing', () => {
    const { cluster, deploy } = placed();
    cluster.when(ack('a', deploy, 'succeeded'));
    expect(cluster.when(ack('a', deploy, 'received')).events).toEqual([]);
    expect(cluster.when(ack('a', deploy, 'succeeded')).events).toEqual([]);
  });

  it('of a failure frees the reservation and shows the reason', () => {
    const { cluster, deploy } = placed();
    cluster.when(ack('a', deploy, 'failed', 'no such image'));
    expect(cluster.state.instances.get('j/0')).toMatchObject({
      status: 'failed',
      reason: 'no such image',
    });
    expect(cluster.state.nodes.get('a')?.reserved.cpuMillis).toBe(0);
  });

  it('cannot come of an order that cannot be sent: it fails alone, with the reason', () => {
    const { cluster, deploy } = placed();
    const reason = 'The broker takes no message of 100000 bytes.';
    cluster.when({ type: 'FailCommand', commandId: deploy, reason });
    expect(cluster.state.instances.get('j/0')).toMatchObject({ status: 'failed', reason });
    expect(cluster.state.nodes.get('a')?.reserved.cpuMillis).toBe(0);
    expect(cluster.when({ type: 'FailCommand', commandId: deploy, reason }).events).toEqual([]);
  });

  it('for an unknown command, or one of another node, is refused', () => {
    const { cluster, deploy } = placed();
    for (const command of ready('b')) cluster.when(command);
    const unknown = { refusal: { code: 'command-unknown' } };
    expect(cluster.when(ack('a', '9-9', 'received')).decided).toMatchObject(unknown);
    expect(cluster.when(ack('b', deploy, 'received')).decided).toMatchObject(unknown);
  });
});

describe('a worker that never acknowledges', () => {
  it('runs its instance by the broker’s word, not confirmed', () => {
    const cluster = given(registerNode('a'), submitJob('j'), plan('j', 'a'));
    cluster.when({ type: 'RecordDelivery', commandId: commandTo(cluster, 'a', 'deploy') });
    expect(cluster.state.instances.get('j/0')).toMatchObject({
      status: 'running',
      confirmed: false,
    });
  });

  it('frees its reservation by an end that is assumed and says so', () => {
    const cluster = given(registerNode('a'), submitJob('j'), plan('j', 'a'));
    cluster.when({ type: 'RecordDelivery', commandId: commandTo(cluster, 'a', 'deploy') });
    cluster.when({ type: 'DeleteJob', id: 'j' });
    cluster.when({ type: 'OrderStops', placements: [...cluster.state.unorderedStops] });
    const commandId = commandTo(cluster, 'a', 'delete');
    expect(cluster.when({ type: 'AssumeEnded', commandId }).types).toEqual([]);
    cluster.when({ type: 'RecordDelivery', commandId });
    const { events, types } = cluster.when({ type: 'AssumeEnded', commandId });
    expect(types).toEqual(['CommandSucceeded', 'JobEnded']);
    expect(events[0]?.data).toMatchObject({ assumed: true });
  });
});

describe('a state report', () => {
  const running = { job: 'j', instance: 0, generation: 1, status: 'running' } as const;

  it('repairs a lost acknowledgement', () => {
    const { cluster } = placed();
    expect(cluster.when(report('a', [running])).types).toEqual(['CommandSucceeded']);
    expect(cluster.state.instances.get('j/0')?.status).toBe('running');
  });

  it('does not prove absence by itself', () => {
    const { cluster, deploy } = placed();
    cluster.when(ack('a', deploy, 'succeeded'));
    expect(cluster.when(report('a', [])).types).toEqual([]);
  });

  it('that is known to be younger than the order has the missing instance ordered again', () => {
    const { cluster, deploy } = placed();
    cluster.when(ack('a', deploy, 'succeeded'));
    const { events } = cluster.when(report('a', [], { provesAbsence: true }));
    expect(events).toMatchObject([
      { type: 'CommandReopened', data: { commandId: deploy } },
      { type: 'DriftDetected', data: { missing: ['j/0/1'] } },
    ]);
    expect(cluster.state.instances.get('j/0')?.status).toBe('placed');
  });

  it('of a later incarnation has the missing instance ordered again', () => {
    const { cluster, deploy } = placed();
    cluster.when(ack('a', deploy, 'succeeded'));
    cluster.when(registerNode('a', { ...acknowledging, incarnation: 2 }));
    expect(cluster.when(report('a', [], { incarnation: 2 })).types).toEqual([
      'CommandReopened',
      'DriftDetected',
      'NodeBecameReady',
    ]);
  });

  it('of a failed instance frees its reservation', () => {
    const { cluster, deploy } = placed();
    cluster.when(ack('a', deploy, 'succeeded'));
    cluster.when(report('a', [{ ...running, status: 'failed' }]));
    expect(cluster.state.instances.get('j/0')?.status).toBe('failed');
    expect(cluster.state.nodes.get('a')?.placements).toBe(0);
  });
});

describe('a move', () => {
  const target = { nodeId: 'b', reason: 'because b', total: 1, scores: {} };
  const move = {
    type: 'MoveInstance',
    id: 'j',
    instance: 0,
    generation: 1,
    target,
    basis: null,
  } as const;

  function runningOnA() {
    const cluster = given(...ready('a'), ...ready('b'), submitJob('j'), plan('j', 'a'));
    cluster.when(ack('a', commandTo(cluster, 'a', 'deploy'), 'succeeded'));
    return cluster;
  }

  it('reserves the target, tells the source and deploys the next generation', () => {
    const cluster = runningOnA();
    expect(cluster.when(move).types).toEqual(['MoveStarted', 'CommandIssued', 'CommandIssued']);
    expect(cluster.state.instances.get('j/0')).toMatchObject({
      status: 'running',
      nodeId: 'a',
      moving: { nodeId: 'b', generation: 2 },
    });
    expect(cluster.state.nodes.get('b')?.placements).toBe(1);
  });

  it('deletes the source only once the target runs', () => {
    const cluster = runningOnA();
    cluster.when(move);
    expect(cluster.state.unorderedStops.size).toBe(0);
    expect(cluster.when(ack('b', commandTo(cluster, 'b', 'deploy'), 'succeeded')).types).toEqual([
      'CommandSucceeded',
      'MoveCompleted',
      'CommandSuperseded',
    ]);
    expect(cluster.state.instances.get('j/0')).toMatchObject({ nodeId: 'b', generation: 2 });
    expect([...cluster.state.unorderedStops]).toEqual(['j/0/1']);
  });

  it('whose target fails leaves the original running', () => {
    const cluster = runningOnA();
    cluster.when(move);
    const { types } = cluster.when(ack('b', commandTo(cluster, 'b', 'deploy'), 'failed', 'boom'));
    expect(types).toEqual(['CommandFailed', 'MoveAborted', 'CommandSuperseded']);
    expect(cluster.state.instances.get('j/0')).toMatchObject({
      status: 'running',
      nodeId: 'a',
      moving: null,
    });
    expect(cluster.state.nodes.get('b')?.reserved.cpuMillis).toBe(0);
    cluster.when(move);
    expect(cluster.state.instances.get('j/0')?.moving?.generation).toBe(3);
  });

  it('of an instance that does not run, or to where it is, is refused on record', () => {
    const cluster = given(...ready('a'), ...ready('b'), submitJob('j'), plan('j', 'a'));
    expect(cluster.when(move)).toMatchObject({
      decided: { refusal: { code: 'instance-not-movable' } },
      types: ['MoveRefused'],
    });
    const other = runningOnA();
    expect(other.when({ ...move, target: { ...target, nodeId: 'a' } }).decided).toMatchObject({
      refusal: { code: 'worker-does-not-fit' },
    });
  });

  it('is forgotten when the job is deleted meanwhile: both placements are stopped', () => {
    const cluster = runningOnA();
    cluster.when(move);
    cluster.when({ type: 'DeleteJob', id: 'j' });
    expect(cluster.state.unorderedStops.size).toBe(2);
  });
});

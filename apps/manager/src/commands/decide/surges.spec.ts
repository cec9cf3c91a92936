import { describe, expect, it } from '@jest/globals';
import {
  ack,
  acknowledgeAll,
  beside,
  commandTo,
  given,
  instanceOf,
  lose,
  orderStops,
  plan,
  ready,
  registerNode,
  replace,
  report,
  running,
  submitJob,
  type Given,
} from '../../testing/given.js';
import {
  begun,
  checked,
  complete,
  holding,
  isOf,
  silence,
  startTo,
  update,
  updated,
} from '../../testing/surging.js';

const refusal = {
  ...({ type: 'RefuseReplacement', id: 'j', instance: 0, basis: null } as const),
  refusal: {
    code: 'no-capacity',
    detail: 'It fits nowhere.',
    filtered: {},
    nearest: null,
    wouldFit: null,
  },
};
describe('An update with room to spare', () => {
  it('starts the new one while the old one goes on', () => {
    const cluster = updated();
    expect(beside(cluster, 'b').types).toEqual(['MoveStarted', 'CommandIssued']);
    expect(instanceOf(cluster)).toMatchObject({
      ...{ status: 'running', nodeId: 'a', generation: 1, revision: 1 },
      moving: { nodeId: 'b', generation: 2, surge: true },
    });
    expect(cluster.state.unorderedStops.size).toBe(0);
  });

  it('does so on the same node, where both reserve what they need', () => {
    const cluster = updated();
    beside(cluster, 'a');
    expect(cluster.state.nodes.get('a')).toMatchObject({
      ...{ placements: 2, reserved: { cpuMillis: 200, memoryMiB: 128 } },
    });
    expect(cluster.when(report('a', { 'j/0/1': 'running', 'j/0/2': 'running' })).types).toEqual([
      'CommandSucceeded',
    ]);
    cluster.when(complete);
    expect(orderStops(cluster).events).toMatchObject([
      { type: 'CommandIssued', data: { kind: 'delete', nodeId: 'a', generation: 1 } },
    ]);
  });

  it('has as many under way as the job says', () => {
    const cluster = updated({ rules: { surge: 2 } }, 'a', 'a', 'a');
    const begin = (number: number) => beside(cluster, 'b', { number }).types.length > 0;
    expect([begin(0), begin(0), begin(1), begin(2)]).toEqual([true, false, true, false]);
  });

  it.each<[string, (cluster: Given) => unknown]>([
    ['that was found for another generation', (cluster) => beside(cluster, 'b', { generation: 9 })],
    ['that was found for another revision', (cluster) => beside(cluster, 'b', { revision: 1 })],
    ['where there is no such node', (cluster) => beside(cluster, 'nowhere')],
    [
      'that is full',
      (cluster) => {
        const whole = { cpuMillis: 4_000, memoryMiB: 100 };
        cluster.when(submitJob('greedy', { resources: whole }));
        cluster.when(plan('greedy', 'b'));
        return beside(cluster, 'b');
      },
    ],
    [
      'of one that does not run',
      (cluster) => {
        cluster.when(report('a', { 'j/0/1': 'failed' }));
        return beside(cluster, 'b');
      },
    ],
    [
      'of what is updated already',
      (cluster) => {
        replace(cluster, 'a');
        acknowledgeAll(cluster);
        return beside(cluster, 'b');
      },
    ],
    [
      'once the rollout is over',
      (cluster) => {
        update(cluster, 'web:2', { rollback: false });
        cluster.when(refusal);
        cluster.when({ type: 'GiveUpRollout', id: 'j', revision: 3, reason: 'r' });
        return beside(cluster, 'b');
      },
    ],
  ])('starts nothing at a place %s', (_, act) => {
    const cluster = updated();
    expect(act(cluster)).toMatchObject({ types: [] });
    expect(instanceOf(cluster)?.moving).toBeNull();
  });

  it('finds no place where the old one has the port that the new one publishes', () => {
    const more = { ports: ['8080:80'] };
    const can = { enforcesStop: true, features: ['docker:ports'] };
    const cluster = given(...ready('a', can), ...ready('b', can), submitJob('j', more));
    cluster.when(plan('j', 'a'));
    acknowledgeAll(cluster);
    update(cluster, 'web:2', {}, more);
    expect(beside(cluster, 'a').types).toEqual([]);
    expect(beside(cluster, 'b').types).toContain('MoveStarted');
  });

  it('starts none beside what must never run twice', () => {
    const cluster = updated({}, 'a');
    const leased = running({ onDisconnect: { stopOnWorkerAfterMs: 10_000 } }, 'a');
    for (const command of ready('b')) leased.when(command);
    update(leased, 'web:2');
    expect(beside(leased, 'b').types).toEqual([]);
    expect(beside(cluster, 'b').types).toContain('MoveStarted');
  });

  it('starts none on the node of a worker that may not tell the two apart, but elsewhere', () => {
    const cluster = given(registerNode('a'), registerNode('b'), submitJob('j'), plan('j', 'a'));
    const deliver = (nodeId: string) =>
      cluster.when({ type: 'RecordDelivery', commandId: commandTo(cluster, nodeId, 'deploy') });
    deliver('a');
    update(cluster, 'web:2');
    expect(beside(cluster, 'a').types).toEqual([]);
    beside(cluster, 'b');
    deliver('b');
    cluster.when(complete);
    expect(instanceOf(cluster)).toMatchObject({ nodeId: 'b', generation: 2, confirmed: false });
  });
});

describe('The new one', () => {
  it('takes over when the rollout says that it serves, and the old one is stopped', () => {
    const cluster = updated();
    beside(cluster, 'b');
    expect(cluster.when(complete).types).toEqual([]);
    const deploy = commandTo(cluster, 'b', 'deploy');
    expect(cluster.when(ack('b', deploy, 'succeeded')).types).toEqual(['CommandSucceeded']);
    expect(cluster.when(complete).types).toEqual(['MoveCompleted']);
    expect(instanceOf(cluster)).toMatchObject({
      ...{ status: 'running', nodeId: 'b', generation: 2, revision: 2, moving: null, restarts: 0 },
      reason: 'because b',
    });
    expect(cluster.state.placements.get('j/0/1')?.stopReason).toBe('updated to revision 2');
    expect(cluster.when(complete).types).toEqual([]);
  });

  it('that has checks takes over once it is found healthy', () => {
    const cluster = begun(updated({ more: checked }));
    expect(cluster.when(complete).types).toEqual([]);
    expect(cluster.when(report('b', { 'j/0/2': 'running' }, { health: 'healthy' })).types).toEqual([
      'InstanceHealthChanged',
      'MoveCompleted',
    ]);
  });

  it('takes over where the old one has ended, with checks once it is healthy as well', () => {
    const [plain, withChecks] = [begun(updated()), begun(updated({ more: checked }))];
    for (const cluster of [plain, withChecks]) {
      cluster.when(report('a', { 'j/0/1': 'failed' }));
      expect(instanceOf(cluster)?.status).toBe('failed');
    }
    expect(plain.when(complete).types).toEqual(['MoveCompleted']);
    expect(withChecks.when(complete).types).toEqual([]);
    withChecks.when(report('b', { 'j/0/2': 'running' }, { health: 'healthy' }));
    for (const cluster of [plain, withChecks]) {
      expect(instanceOf(cluster)).toMatchObject({ status: 'running', nodeId: 'b', failures: 1 });
    }
  });

  it('is waited for where the old one has ended: no third one is tried', () => {
    const cluster = updated();
    beside(cluster, 'b');
    cluster.when(report('a', { 'j/0/1': 'failed' }));
    const retry = { type: 'RetryInstance', id: 'j', instance: 0, generation: 1 } as const;
    expect(cluster.when(retry).types).toEqual([]);
    cluster.when(ack('b', commandTo(cluster, 'b', 'deploy'), 'failed', 'boom'));
    expect(cluster.when(retry).types).toEqual(['InstanceRetried']);
  });

  it('is not waited for on a node that nobody hears, where the old one has ended', () => {
    const cluster = updated();
    beside(cluster, 'b');
    cluster.when(report('a', { 'j/0/1': 'failed' }));
    const retry = { type: 'RetryInstance', id: 'j', instance: 0, generation: 1 } as const;
    expect(cluster.when(retry).types).toEqual([]);
    silence(cluster, 'b');
    expect(cluster.when(retry).types).toEqual(['MoveAborted', 'InstanceRetried']);
    expect(isOf(cluster)?.rollout?.status).toBe('progressing');
    expect(instanceOf(cluster)).toMatchObject({ status: 'pending', moving: null });
  });

  it('that runs is waited for on a node that nobody hears', () => {
    const cluster = begun(updated());
    cluster.when(report('a', { 'j/0/1': 'failed' }));
    silence(cluster, 'b');
    const retry = { type: 'RetryInstance', id: 'j', instance: 0, generation: 1 } as const;
    expect(cluster.when(retry).types).toEqual([]);
  });

  it('is all that is waited for: what fails once too often beside it is not given up', () => {
    const more = { restart: { limit: 0 } };
    const cluster = updated({ more });
    beside(cluster, 'b');
    cluster.when(report('a', { 'j/0/1': 'failed' }));
    expect(instanceOf(cluster)).toMatchObject({ status: 'failed', givenUp: false });
    cluster.when(ack('b', startTo(cluster, 'b'), 'succeeded'));
    cluster.when(complete);
    expect(instanceOf(cluster)).toMatchObject({ status: 'running', nodeId: 'b', generation: 2 });
  });

  it('is not called well while another one is beside it', () => {
    const cluster = begun(updated());
    const end = { type: 'CompleteRollout', id: 'j', revision: 2 } as const;
    expect(cluster.when(end).types).toEqual([]);
    cluster.when(complete);
    expect(cluster.when(end).types).toEqual(['RolloutCompleted']);
  });
});

describe('A new one that does not do', () => {
  const back = ['MoveAborted', 'JobUpdated'];
  const deployOf = (cluster: Given) => startTo(cluster, 'b');

  it.each<[string, object, (cluster: Given) => ReturnType<Given['when']>, string[]]>([
    [
      'cannot be started',
      {},
      (cluster) => cluster.when(ack('b', deployOf(cluster), 'failed', 'no such image')),
      ['CommandFailed', ...back],
    ],
    [
      'is not started in time, though its worker heard of it',
      {},
      (cluster) => {
        const commandId = deployOf(cluster);
        cluster.when(ack('b', commandId, 'received'));
        return cluster.when({ type: 'ExpireCommand', commandId, reason: 'late' });
      },
      ['CommandExpired', ...back],
    ],
    [
      'ends',
      {},
      (cluster) => {
        begunAt(cluster);
        return cluster.when(report('b', { 'j/0/2': 'failed' }));
      },
      ['InstanceReported', ...back],
    ],
    [
      'is unhealthy',
      checked,
      (cluster) => {
        begunAt(cluster);
        cluster.when(report('b', { 'j/0/2': 'running' }, { health: 'unhealthy' }));
        const judge = { type: 'JudgeHealth', id: 'j', instance: 0, generation: 2 } as const;
        return cluster.when({ ...judge, late: null });
      },
      back,
    ],
    [
      'is not found healthy in time',
      checked,
      (cluster) => {
        begunAt(cluster);
        const judge = { type: 'JudgeHealth', id: 'j', instance: 0, generation: 2 } as const;
        return cluster.when({ ...judge, late: 'was not found healthy within 9 s' });
      },
      back,
    ],
  ])('because it %s turns the job back, and the old one goes on', (_, more, act, types) => {
    const cluster = updated({ more });
    beside(cluster, 'b');
    expect(act(cluster).types).toEqual(types);
    expect(isOf(cluster)).toMatchObject({
      ...{ revision: 3, document: { image: 'web:1' }, rollout: { status: 'rollingBack' } },
    });
    expect(instanceOf(cluster)).toMatchObject({
      ...{ status: 'running', nodeId: 'a', generation: 1, revision: 3, moving: null, failures: 0 },
    });
    expect(cluster.state.unorderedStops.has('j/0/1')).toBe(false);
    orderStops(cluster);
    acknowledgeAll(cluster);
    expect(holding(cluster, 'b')).toBe(0);
  });

  it('is called off with the others, and the old ones go on', () => {
    const cluster = updated({ rules: { surge: 2 } }, 'a', 'a');
    beside(cluster, 'b');
    beside(cluster, 'a', { number: 1 });
    cluster.when(ack('b', deployOf(cluster), 'failed', 'boom'));
    expect([0, 1].map((number) => instanceOf(cluster, number))).toMatchObject([
      { status: 'running', generation: 1, moving: null },
      { status: 'running', generation: 1, moving: null },
    ]);
    expect([...cluster.state.unorderedStops]).toEqual(['j/1/2']);
  });

  it('ends the rollout where the job does not go back, and calls the others off', () => {
    const cluster = updated({ rules: { surge: 2, rollback: false } }, 'a', 'a');
    beside(cluster, 'b');
    beside(cluster, 'a', { number: 1 });
    expect(cluster.when(ack('b', deployOf(cluster), 'failed', 'boom')).types).toEqual([
      'CommandFailed',
      'MoveAborted',
      'RolloutFailed',
      'MoveAborted',
    ]);
    expect(isOf(cluster)?.rollout?.status).toBe('failed');
  });

  it('is only given up where the job goes back already', () => {
    const cluster = begun(updated({ more: { update: { surge: 1 } } }, 'a', 'a'));
    cluster.when(complete);
    beside(cluster, 'a', { number: 1 });
    cluster.when(ack('a', startTo(cluster, 'a'), 'failed', 'boom'));
    expect(isOf(cluster)?.rollout?.status).toBe('rollingBack');
    beside(cluster, 'a');
    const again = startTo(cluster, 'a');
    expect(cluster.when(ack('a', again, 'failed', 'boom')).types).toEqual([
      'CommandFailed',
      'MoveAborted',
    ]);
    expect(instanceOf(cluster)).toMatchObject({ status: 'running', nodeId: 'b', generation: 2 });
  });

  it('because its order reached nobody is no failure of its revision', () => {
    const cluster = updated();
    beside(cluster, 'b');
    const expire = { type: 'ExpireCommand', commandId: deployOf(cluster), reason: 'late' } as const;
    expect(cluster.when(expire).types).toEqual(['CommandExpired', 'MoveAborted']);
    expect(isOf(cluster)?.rollout?.status).toBe('progressing');
  });

  it('because its node is at fault is no failure of its revision', () => {
    const cluster = updated();
    beside(cluster, 'b');
    const { ack: answer, ...told } = ack('b', deployOf(cluster), 'failed', 'the disk is full');
    expect(cluster.when({ ...told, ack: { ...answer, fault: 'node' } }).types).toEqual([
      'CommandFailed',
      'MoveAborted',
    ]);
    expect(isOf(cluster)?.rollout?.status).toBe('progressing');
    expect(instanceOf(cluster)).toMatchObject({ status: 'running', nodeId: 'a', moving: null });
  });

  it('because its node is lost is no failure of its revision', () => {
    const cluster = begun(updated());
    expect(lose(cluster, 'b').types).toEqual(['MoveAborted']);
    expect(isOf(cluster)?.rollout?.status).toBe('progressing');
    expect(instanceOf(cluster)).toMatchObject({ status: 'running', nodeId: 'a', moving: null });
  });

  function begunAt(cluster: Given): void {
    cluster.when(ack('b', deployOf(cluster), 'succeeded'));
  }
});

import { describe, expect, it } from '@jest/globals';
import {
  ack,
  acknowledgeAll,
  beside,
  commandTo,
  given,
  instanceOf,
  jobDocument,
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

const checked = { health: { tcp: { port: 80 } } };

function update(
  cluster: Given,
  image: string,
  rules: Record<string, unknown> = {},
  more: Record<string, unknown> = {},
): ReturnType<Given['when']> {
  const body = { id: 'j', image, update: { surge: 1, ...rules }, ...more };
  const { desired: count } = cluster.state.jobs.get('j') ?? { desired: 1 };
  const job = jobDocument({ count, ...body });
  const bodyHash = JSON.stringify(body);
  return cluster.when({ type: 'UpdateJob', id: 'j', job, bodyHash, ifPosition: null });
}

/** `j` runs on these nodes, beside another one, and is to run another image. */
function updated(
  { rules = {}, more = {} }: { rules?: object; more?: object } = {},
  ...nodeIds: string[]
): Given {
  const cluster = running({ ...more }, ...(nodeIds.length === 0 ? ['a'] : nodeIds));
  for (const command of ready('b', { features: ['docker:health'] })) cluster.when(command);
  update(cluster, 'web:2', { ...rules }, { ...more });
  return cluster;
}

/** One is started beside instance 0, and its worker says that it runs. */
function begun(cluster: Given, nodeId = 'b'): Given {
  beside(cluster, nodeId);
  cluster.when(ack(nodeId, startTo(cluster, nodeId), 'succeeded'));
  return cluster;
}

/** The newest order to start something there. */
function startTo(cluster: Given, nodeId: string): string {
  const orders = [...cluster.state.commands.values()].filter(
    (each) => each.nodeId === nodeId && (each.kind === 'deploy' || each.kind === 'replicate'),
  );
  return orders.at(-1)?.id ?? '';
}

const complete = { type: 'CompleteSurge', id: 'j', instance: 0, generation: 2 } as const;
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
const isOf = (cluster: Given) => cluster.state.jobs.get('j');
const holding = (cluster: Given, nodeId: string) => cluster.state.nodes.get(nodeId)?.placements;

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

describe('In the midst of an update with a new one beside the old one', () => {
  it('the new one goes on alone when the node of the old one is lost', () => {
    const cluster = begun(updated());
    lose(cluster, 'a');
    expect(instanceOf(cluster)).toMatchObject({
      ...{ status: 'running', nodeId: 'b', generation: 2, revision: 2, moving: null },
    });
    expect(cluster.when(report('a', { 'j/0/1': 'running' })).types).toContain('OriginalDropped');
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

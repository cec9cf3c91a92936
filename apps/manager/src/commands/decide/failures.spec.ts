import { describe, expect, it } from '@jest/globals';
import type { Fault } from '@oakring/contracts';
import {
  ack,
  acknowledgeAll,
  commandTo,
  given,
  instanceOf,
  plan,
  ready,
  report,
  running,
  submitJob,
  type Given,
} from '../../testing/given.js';

const retry = (generation: number) =>
  ({ type: 'RetryInstance', id: 'j', instance: 0, generation }) as const;

describe('a failed instance', () => {
  it('is placed again when its wait is over, and rather not where it failed', () => {
    const cluster = failedOn('a');
    expect(instanceOf(cluster)).toMatchObject({ status: 'failed', failures: 1, avoid: 'a' });
    expect(cluster.when(retry(1)).types).toEqual(['InstanceRetried']);
    const avoiding = { ...plan('j', 'a'), avoiding: true };
    expect(cluster.when(avoiding).decided).toMatchObject({ answer: { placed: 0 } });
    expect(cluster.when({ ...plan('j', 'b'), avoiding: true }).types).toContain('InstancesPlaced');
    expect(instanceOf(cluster)).toMatchObject({ generation: 2, nodeId: 'b' });
  });

  it('may be placed where it failed when there is nowhere else', () => {
    const cluster = failedOn('a');
    cluster.when(retry(1));
    expect(cluster.when(plan('j', 'a')).types).toContain('InstancesPlaced');
  });

  it('is not tried twice at a time, nor once it has moved on', () => {
    const cluster = failedOn('a');
    cluster.when(retry(1));
    expect(cluster.when(retry(1)).types).toEqual([]);
    expect(cluster.when(retry(7)).types).toEqual([]);
  });

  it('is not tried again when its job is being deleted', () => {
    const cluster = failedOn('a');
    cluster.when({ type: 'DeleteJob', id: 'j' });
    expect(cluster.when(retry(1)).types).toEqual([]);
  });

  it('is given up after its limit, with the history of its attempts', () => {
    const cluster = given(...ready('a'), submitJob('j', { restart: { limit: 2 } }));
    for (const generation of [1, 2]) {
      failNext(cluster, 'a');
      expect(cluster.when(retry(generation)).types).toEqual(['InstanceRetried']);
    }
    const { events } = failNext(cluster, 'a');
    expect(events.at(-1)).toMatchObject({
      type: 'InstanceGivenUp',
      data: { attempts: [{ generation: 1 }, { generation: 2 }, { generation: 3 }] },
    });
    expect(cluster.when(retry(3)).types).toEqual([]);
    expect(instanceOf(cluster)).toMatchObject({ status: 'failed', givenUp: true });
  });

  it('counts anew once it has run for long enough', () => {
    const cluster = failedOn('a');
    cluster.when(retry(1));
    cluster.when(plan('j', 'a'));
    acknowledgeAll(cluster);
    cluster.pass(600_000);
    cluster.when(report('a', { 'j/0/2': 'failed' }));
    expect(instanceOf(cluster)).toMatchObject({ failures: 1, attempts: [{ generation: 2 }] });
  });

  it('frees its reservation', () => {
    expect(failedOn('a').state.nodes.get('a')?.reserved.cpuMillis).toBe(0);
  });

  it('for want of a grant is nobody’s fault', () => {
    const cluster = running({ onDisconnect: { stopOnWorkerAfterMs: 10_000 } }, 'a');
    const state = report('a', { 'j/0/1': 'failed' });
    const instances = state.state.instances.map((each) => ({
      ...each,
      reason: 'lease ran out: x',
    }));
    cluster.when({ ...state, state: { ...state.state, instances } });
    expect(instanceOf(cluster)).toMatchObject({ status: 'failed', failures: 0, avoid: null });
    expect(cluster.state.nodes.get('a')?.failures).toEqual([]);
    expect(cluster.when(retry(1)).types).toEqual(['InstanceRetried']);
  });
});

describe('what a failed instance printed last', () => {
  const lastLines = ['no route to host', 'giving up'];
  const crashed = (cluster: Given, generation: number) => {
    const seen = { job: 'j', instance: 0, generation, status: 'failed', reason: 'exit 1' } as const;
    const told = cluster.when(report('a', {}, { instances: [{ ...seen, lastLines }] }));
    cluster.when(retry(generation));
    cluster.when(plan('j', 'a'));
    acknowledgeAll(cluster);
    return told.events[0]?.data;
  };

  it('is on record with its failure, and where that is is known of the instance', () => {
    const cluster = running({}, 'a');
    const before = cluster.history.length;
    expect(crashed(cluster, 1)).toMatchObject({ status: 'failed', lastLines });
    const { position, index, at } = cluster.history[before] ?? {};
    expect(instanceOf(cluster)).toMatchObject({
      ...{ generation: 2, lastLines: [{ position, index, at, generation: 1 }] },
    });
  });

  it('is on record where the order to start it failed with it', () => {
    const cluster = given(...ready('a'), submitJob('j'), plan('j', 'a'));
    const failed = ack('a', commandTo(cluster, 'a', 'deploy'), 'failed', 'exit code 7');
    const { events } = cluster.when({ ...failed, ack: { ...failed.ack, lastLines } });
    expect(events[0]).toMatchObject({ type: 'CommandFailed', data: { lastLines } });
    expect(instanceOf(cluster)).toMatchObject({ lastLines: [{ generation: 1 }] });
  });

  it('is on record of three failures in half an hour, whatever crashes in a loop', () => {
    const cluster = running({ restart: { limit: null } }, 'a');
    const kept = [1, 2, 3, 4, 5].map((generation) => crashed(cluster, generation));
    expect(kept.map((data) => data !== undefined && 'lastLines' in data)).toEqual([
      ...[true, true, true],
      ...[false, false],
    ]);
    expect(kept).toMatchObject(kept.map(() => ({ status: 'failed', reason: 'exit 1' })));
    cluster.pass(1_800_000);
    expect(crashed(cluster, 6)).toMatchObject({ lastLines });
    expect(instanceOf(cluster)?.lastLines.map(({ generation }) => generation)).toEqual([2, 3, 6]);
  });

  it('is nothing where its worker says nothing', () => {
    const cluster = running({}, 'a');
    const { events } = cluster.when(report('a', { 'j/0/1': 'failed' }));
    expect(events[0]?.data).not.toHaveProperty('lastLines');
    expect(instanceOf(cluster)?.lastLines).toEqual([]);
  });
});

describe('an instance that ends by itself', () => {
  it('has failed where it is to run for ever', () => {
    const cluster = running({}, 'a');
    cluster.when(report('a', { 'j/0/1': 'completed' }));
    expect(instanceOf(cluster)).toMatchObject({ status: 'failed', failures: 1 });
  });

  it('has completed where it runs once, and its job with the last of them', () => {
    const cluster = running({ one_shot: true }, 'a', 'a');
    expect(cluster.when(report('a', { 'j/0/1': 'completed', 'j/1/1': 'running' })).types).toEqual([
      'InstanceReported',
    ]);
    expect(cluster.when(report('a', { 'j/1/1': 'completed' })).types).toEqual([
      'InstanceReported',
      'JobCompleted',
    ]);
    expect(cluster.state.jobs.get('j')?.status).toBe('completed');
    expect(cluster.state.nodes.get('a')?.reserved.cpuMillis).toBe(0);
  });

  it('has failed with another exit code even where it runs once', () => {
    const cluster = running({ one_shot: true }, 'a');
    cluster.when(report('a', { 'j/0/1': 'failed' }));
    expect(instanceOf(cluster)?.status).toBe('failed');
    expect(cluster.state.jobs.get('j')?.status).toBe('active');
  });
});

describe('a completed job', () => {
  it('answers its submission alike, runs on when it is scaled up, and is deleted at once', () => {
    const cluster = running({ one_shot: true }, 'a');
    cluster.when(report('a', { 'j/0/1': 'completed' }));
    const again = cluster.when(submitJob('j', { count: 1, one_shot: true }));
    expect(again).toMatchObject({ types: [], decided: { answer: { desired: 1 } } });
    cluster.when({ type: 'ScaleJob', id: 'j', count: 2 });
    expect(cluster.state.jobs.get('j')?.status).toBe('active');
    cluster.when({ type: 'DeleteJob', id: 'j' });
    expect(cluster.state.jobs.get('j')).toBeUndefined();
  });
});

describe('a node where jobs fail that run elsewhere', () => {
  it('is quarantined by its record, and takes nothing more', () => {
    const cluster = given(...['a', 'b', 'c', 'd', 'e'].flatMap((id) => ready(id)));
    for (const job of ['x', 'y']) failJob(cluster, job, 'a');
    expect(failJob(cluster, 'z', 'a').at(-1)).toMatchObject({
      type: 'NodeQuarantined',
      data: { byRecord: true },
    });
    cluster.when(submitJob('j'));
    expect(cluster.when(plan('j', 'a')).decided).toMatchObject({ answer: { placed: 0 } });
  });

  it('is not blamed for what is the jobs’ own fault', () => {
    const cluster = given(...['a', 'b', 'c', 'd', 'e'].flatMap((id) => ready(id)));
    for (const job of ['x', 'y', 'z', 'w']) failJob(cluster, job, 'a', 'job');
    expect(cluster.state.nodes.get('a')).toMatchObject({ quarantined: null, failures: [] });
  });

  it('is not blamed where nobody says whose fault it is, and the jobs run nowhere', () => {
    const cluster = given(...['a', 'b', 'c', 'd', 'e'].flatMap((id) => ready(id)));
    for (const job of ['x', 'y', 'z', 'w']) failJob(cluster, job, 'a', null);
    expect(cluster.state.nodes.get('a')?.quarantined).toBeNull();
  });

  it('is blamed where nobody says whose fault it is, and the jobs run elsewhere', () => {
    const cluster = given(...['a', 'b', 'c', 'd', 'e'].flatMap((id) => ready(id)));
    for (const job of ['x', 'y', 'z']) {
      failJob(cluster, job, 'a', null);
      cluster.when({ type: 'RetryInstance', id: job, instance: 0, generation: 1 });
      cluster.when(plan(job, 'b'));
      acknowledgeAll(cluster);
    }
    expect(failJob(cluster, 'v', 'a', null).map(({ type }) => type)).not.toContain(
      'NodeQuarantined',
    );
    cluster.pass(10_000);
    expect(failJob(cluster, 'w', 'a', null).at(-1)?.type).toBe('NodeQuarantined');
  });

  it('is not blamed for jobs that could run nowhere else', () => {
    const cluster = given(...['a', 'b', 'c', 'd', 'e'].flatMap((id) => ready(id)));
    const constraints = [{ type: 'direct', node: 'a' }];
    for (const job of ['x', 'y', 'z', 'w']) failJob(cluster, job, 'a', 'node', { constraints });
    expect(cluster.state.nodes.get('a')?.quarantined).toBeNull();
    const alone = given(...ready('a'), ...ready('b', { technologies: ['process'] }));
    for (const job of ['x', 'y', 'z', 'w']) failJob(alone, job, 'a', 'node');
    expect(alone.state.nodes.get('a')?.quarantined).toBeNull();
  });

  it('stays where it is the only one', () => {
    const cluster = given(...ready('a'));
    for (const job of ['x', 'y', 'z', 'w']) {
      expect(failJob(cluster, job, 'a').at(-1)?.type).not.toBe('NodeQuarantined');
    }
  });

  it('is not blamed for one job that fails often, nor for jobs that fail everywhere', () => {
    const cluster = given(...['a', 'b', 'c'].flatMap((id) => ready(id)));
    for (const job of ['x', 'y', 'z']) {
      failJob(cluster, job, 'b');
      cluster.when({ type: 'RetryInstance', id: job, instance: 0, generation: 1 });
      cluster.when(plan(job, 'a'));
      cluster.when(ack('a', commandTo(cluster, 'a', 'deploy'), 'failed', 'boom'));
    }
    expect(cluster.state.nodes.get('a')?.quarantined).toBeNull();
  });

  it('is not blamed for what is long past', () => {
    const cluster = given(...['a', 'b'].flatMap((id) => ready(id)));
    for (const job of ['x', 'y', 'z']) {
      failJob(cluster, job, 'a');
      cluster.pass(400_000);
    }
    expect(cluster.state.nodes.get('a')?.quarantined).toBeNull();
  });
});

function failJob(
  cluster: Given,
  job: string,
  nodeId: string,
  ...[fault = 'node', more = {}]: [(Fault | null)?, Record<string, unknown>?]
) {
  cluster.when(submitJob(job, more));
  cluster.when(plan(job, nodeId));
  const failed = ack(nodeId, commandTo(cluster, nodeId, 'deploy'), 'failed', 'boom');
  return cluster.when({ ...failed, ack: { ...failed.ack, fault } }).events;
}

function failNext(cluster: Given, nodeId: string) {
  cluster.when(plan('j', nodeId));
  return cluster.when(ack(nodeId, commandTo(cluster, nodeId, 'deploy'), 'failed', 'boom'));
}

/** Job `j` failed to start on this node; b is there as well. */
function failedOn(nodeId: string): Given {
  const cluster = given(...ready('a'), ...ready('b'), submitJob('j'));
  failNext(cluster, nodeId);
  return cluster;
}

import { describe, expect, it } from '@jest/globals';
import { awaitsHealth } from '@oakring/model';
import {
  acknowledgeAll,
  given,
  instanceOf,
  jobDocument,
  lose,
  orderStops,
  plan,
  ready,
  registerNode,
  report,
  replace,
  running,
  submitJob,
  type Given,
} from '../../testing/given.js';

const health = { http: { port: 80 }, retries: 2 };
const judge = (generation: number, late: string | null = null) =>
  ({ type: 'JudgeHealth', id: 'j', instance: 0, generation, late }) as const;

/** Job `j` of one instance runs on `a`, and its worker looks after it; `b` is there as well. */
function checked(job: Record<string, unknown> = {}): Given {
  return running({ health, ...job, count: 2 }, 'a', 'b');
}

/** The worker on `a` begins anew, and says nothing of health yet: its first looks are still to come. */
function restart(cluster: Given): void {
  const body = { acknowledges: true, enforcesStop: true, features: ['docker:health'] };
  cluster.when(registerNode('a', { ...body, incarnation: 2 }));
  cluster.when(report('a', { 'j/0/1': 'running' }, { incarnation: 2 }));
}

const says = (is: 'starting' | 'healthy' | 'unhealthy') =>
  report('a', { 'j/0/1': 'running' }, { health: is });

describe('what a worker says of an instance’s health', () => {
  it('is on record once it changes, and not with each report', () => {
    const cluster = checked();
    expect(cluster.when(says('starting')).types).toEqual([]);
    expect(cluster.when(says('healthy')).types).toEqual(['InstanceHealthChanged']);
    expect(cluster.when(says('healthy')).types).toEqual([]);
    expect(cluster.when(says('unhealthy')).events).toMatchObject([
      { type: 'InstanceHealthChanged', data: { health: 'unhealthy', reason: 'ill', nodeId: 'a' } },
    ]);
    expect(cluster.state.placements.get('j/0/1')?.health).toMatchObject({
      status: 'unhealthy',
      reason: 'ill',
    });
  });

  it('is not taken back by a report that says nothing of it: its worker may just have started', () => {
    const cluster = checked();
    cluster.when(says('healthy'));
    expect(cluster.when(report('a', { 'j/0/1': 'running' })).types).toEqual([]);
    expect(cluster.state.placements.get('j/0/1')?.health?.status).toBe('healthy');
  });

  it('is known since it was so, not since it was told', () => {
    const cluster = checked();
    const told = says('healthy');
    const [instance] = told.state.instances;
    if (instance === undefined) throw new Error('it is reported');
    const forLong = {
      ...instance,
      health: { status: 'healthy', reason: null, forMs: 700 } as const,
    };
    const [event] = cluster.when({
      ...told,
      state: { ...told.state, instances: [forLong] },
    }).events;
    expect(cluster.state.placements.get('j/0/1')?.health?.since).toBe((event?.at ?? 0) - 700);
  });

  it('is forgotten where it is ordered anew', () => {
    const cluster = checked();
    cluster.when(says('healthy'));
    cluster.when(report('a', {}, { proves: true }));
    expect(cluster.state.placements.get('j/0/1')?.health).toBeUndefined();
  });
});

describe('an unhealthy instance', () => {
  it('has failed: it is stopped where it is, and tried again rather elsewhere', () => {
    const cluster = checked();
    cluster.when(says('unhealthy'));
    expect(cluster.when(judge(1)).types).toEqual(['InstanceFailedChecks']);
    expect(instanceOf(cluster)).toMatchObject({
      ...{ status: 'failed', failures: 1, avoid: 'a', reason: 'ill' },
      attempts: [{ generation: 1, nodeId: 'a', reason: 'ill' }],
    });
    const [stop] = orderStops(cluster).events;
    expect(stop?.data).toMatchObject({ kind: 'delete', nodeId: 'a', generation: 1, reason: 'ill' });
    const retry = { type: 'RetryInstance', id: 'j', instance: 0, generation: 1 } as const;
    expect(cluster.when(retry).types).toEqual(['InstanceRetried']);
    expect(cluster.when({ ...plan('j', 'a'), avoiding: true }).decided).toMatchObject({
      answer: { placed: 0 },
    });
  });

  it('keeps its reservation until its end is acknowledged', () => {
    const cluster = checked();
    cluster.when(says('unhealthy'));
    cluster.when(judge(1));
    const reserved = () => cluster.state.nodes.get('a')?.reserved.cpuMillis;
    expect(reserved()).toBe(100);
    orderStops(cluster);
    acknowledgeAll(cluster);
    expect(reserved()).toBe(0);
  });

  it('is given up after the job’s own limit', () => {
    const cluster = checked({ restart: { limit: 0 } });
    cluster.when(says('unhealthy'));
    expect(cluster.when(judge(1)).types).toEqual(['InstanceFailedChecks', 'InstanceGivenUp']);
  });

  it('that must never run twice is placed again only once it is gone', () => {
    const cluster = checked({ onDisconnect: { stopOnWorkerAfterMs: 10_000 } });
    cluster.when(says('unhealthy'));
    cluster.when(judge(1));
    cluster.when({ type: 'RetryInstance', id: 'j', instance: 0, generation: 1 });
    expect(cluster.when(plan('j', 'b')).types).toEqual([]);
    orderStops(cluster);
    acknowledgeAll(cluster);
    expect(cluster.when(plan('j', 'b')).types).toContain('InstancesPlaced');
  });

  it('is left alone once it is healthy again, or was stopped or lost meanwhile', () => {
    const well = checked();
    well.when(says('unhealthy'));
    well.when(says('healthy'));
    const gone = checked();
    gone.when(says('unhealthy'));
    gone.when({ type: 'ScaleJob', id: 'j', count: 0 });
    const lost = checked();
    lost.when(says('unhealthy'));
    lose(lost, 'a');
    for (const cluster of [well, gone, lost]) expect(cluster.when(judge(1)).types).toEqual([]);
  });

  it('is not stopped for a report that came late: of another generation', () => {
    const cluster = checked();
    cluster.when(says('unhealthy'));
    expect(cluster.when(judge(7)).types).toEqual([]);
  });
});

describe('a verdict of before its worker’s restart', () => {
  it('ends nothing, until it is said anew', () => {
    const cluster = checked();
    cluster.when(says('unhealthy'));
    restart(cluster);
    expect(cluster.when(judge(1)).types).toEqual([]);
    cluster.when(says('unhealthy'));
    expect(cluster.when(says('unhealthy')).types).toEqual([]);
    expect(cluster.when(judge(1)).types).toEqual(['InstanceFailedChecks']);
  });

  it('that was good is as good as before', () => {
    const cluster = checked();
    cluster.when(says('healthy'));
    restart(cluster);
    expect(cluster.when(says('healthy')).types).toEqual([]);
    expect(cluster.state.placements.get('j/0/1')?.health?.status).toBe('healthy');
  });
});

describe('a worker that does not look', () => {
  it('is given no job with checks, by the word of the feature and the field', () => {
    const cluster = given(...ready('a'), submitJob('j', { health }));
    expect(cluster.when(plan('j', 'a')).decided).toMatchObject({ answer: { placed: 0 } });
  });

  it('is not waited for where it runs one: it was ordered before anybody looked', () => {
    const cluster = checked();
    cluster.when(registerNode('a', { acknowledges: true }));
    cluster.when(report('a', { 'j/0/1': 'running' }));
    const placement = cluster.state.placements.get('j/0/1');
    expect(placement && awaitsHealth(cluster.state, placement)).toBe(false);
  });
});

describe('a move of what has checks', () => {
  function moving(): Given {
    const cluster = checked({ constraints: [] });
    cluster.when(says('healthy'));
    cluster.when({
      ...({ type: 'MoveInstance', id: 'j', instance: 0, generation: 1, basis: null } as const),
      target: { nodeId: 'b', reason: 'because b', total: 1, scores: {} },
    });
    acknowledgeAll(cluster);
    return cluster;
  }
  const target = (is: 'healthy' | 'unhealthy') =>
    report('b', { 'j/0/2': 'running', 'j/1/1': 'running' }, { health: is });

  it('is done once the target is healthy, not once it runs', () => {
    const cluster = moving();
    expect(instanceOf(cluster)).toMatchObject({ nodeId: 'a', moving: { nodeId: 'b' } });
    expect(cluster.when(target('healthy')).types).toContain('MoveCompleted');
    expect(instanceOf(cluster)).toMatchObject({ nodeId: 'b', generation: 2, moving: null });
  });

  it('is given up where the target is unhealthy, and the original goes on', () => {
    const cluster = moving();
    cluster.when(target('unhealthy'));
    expect(cluster.when(judge(2)).types).toContain('MoveAborted');
    expect(instanceOf(cluster)).toMatchObject({ nodeId: 'a', generation: 1, status: 'running' });
  });

  it('is given up where nobody calls the target healthy in time', () => {
    const cluster = moving();
    expect(cluster.when(judge(2)).types).toEqual([]);
    expect(cluster.when(judge(2, 'was not found healthy')).types).toContain('MoveAborted');
  });

  it('mends a source that is unhealthy: that is judged once it is given up', () => {
    const cluster = moving();
    cluster.when(says('unhealthy'));
    expect(cluster.when(judge(1)).types).toEqual([]);
    cluster.when({ type: 'CancelMove', id: 'j', instance: 0 });
    expect(cluster.when(judge(1)).types).toEqual(['InstanceFailedChecks']);
  });

  it('does not condemn by what was found before its worker’s restart, once it is given up', () => {
    const cluster = moving();
    cluster.when(says('unhealthy'));
    restart(cluster);
    cluster.when({ type: 'CancelMove', id: 'j', instance: 0 });
    expect(cluster.when(judge(1)).types).toEqual([]);
    expect(instanceOf(cluster)).toMatchObject({ nodeId: 'a', generation: 1, status: 'running' });
    expect(cluster.when(says('unhealthy')).types).toEqual(['InstanceHealthChanged']);
    expect(cluster.when(judge(1)).types).toEqual(['InstanceFailedChecks']);
  });

  it('goes on with a target that runs when its source is lost', () => {
    const cluster = moving();
    lose(cluster, 'a');
    expect(instanceOf(cluster)).toMatchObject({ nodeId: 'b', generation: 2, status: 'running' });
  });
});

describe('an update of what has checks', () => {
  /** Revision 2 of instance 0 runs, generation 2, and was not found healthy yet. */
  function updated(update: object = {}): Given {
    const cluster = checked();
    const body = { id: 'j', image: 'web:2', count: 2, health, update };
    const job = jobDocument(body);
    cluster.when({ type: 'UpdateJob', id: 'j', job, bodyHash: 'newer', ifPosition: null });
    replace(cluster, 'a');
    orderStops(cluster);
    acknowledgeAll(cluster);
    cluster.when({ type: 'OrderStarts', placements: [...cluster.state.unorderedStarts] });
    acknowledgeAll(cluster);
    return cluster;
  }

  it('goes back where the new one is unhealthy', () => {
    const cluster = updated();
    cluster.when(report('a', { 'j/0/2': 'running' }, { health: 'unhealthy' }));
    expect(cluster.when(judge(2)).types).toEqual(['InstanceFailedChecks', 'JobUpdated']);
    expect(cluster.state.jobs.get('j')?.rollout).toMatchObject({
      status: 'rollingBack',
      reason: 'revision 2 is rolled back: instance 0 failed: ill',
    });
  });

  it('goes back where nobody calls the new one healthy in time, which is no failure of it', () => {
    const cluster = updated();
    expect(cluster.when(judge(2, 'was not found healthy within 36 s')).types).toEqual([
      'JobUpdated',
    ]);
    expect(cluster.state.jobs.get('j')?.rollout?.reason).toBe(
      'revision 2 is rolled back: instance 0 was not found healthy within 36 s',
    );
    expect(instanceOf(cluster)).toMatchObject({ status: 'running', failures: 0 });
  });

  it('has failed then, where it is not to go back', () => {
    const cluster = updated({ rollback: false });
    expect(cluster.when(judge(2, 'was not found healthy')).types).toEqual(['RolloutFailed']);
  });

  it('waits on for what is healthy, or is not of it', () => {
    const cluster = updated();
    cluster.when(report('a', { 'j/0/2': 'running' }, { health: 'healthy' }));
    expect(cluster.when(judge(2, 'late')).types).toEqual([]);
  });
});

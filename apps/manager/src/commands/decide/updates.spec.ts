import { describe, expect, it } from '@jest/globals';
import {
  ack,
  acknowledgeAll,
  commandTo,
  given,
  instanceOf,
  jobDocument,
  orderStops,
  plan,
  ready,
  replace,
  report,
  running,
  submitJob,
  type Given,
} from '../../testing/given.js';

const update = (body: Record<string, unknown>, ifPosition: number | null = null) =>
  ({
    ...({ type: 'UpdateJob', id: 'j', ifPosition } as const),
    job: jobDocument({ id: 'j', ...body }),
    bodyHash: JSON.stringify(body),
  }) as const;

describe('an update', () => {
  it('is a new revision; the same again changes nothing', () => {
    const cluster = running({}, 'a');
    const newer = update({ image: 'web:2' });
    expect(cluster.when(newer)).toMatchObject({
      types: ['JobUpdated'],
      decided: { answer: { revision: 2 } },
    });
    expect(cluster.when(newer)).toMatchObject({ types: [], decided: { answer: { revision: 2 } } });
    expect(cluster.state.jobs.get('j')).toMatchObject({
      revision: 2,
      rollout: { status: 'progressing', from: 1 },
    });
  });

  it('sets the desired count as well', () => {
    const cluster = running({}, 'a');
    expect(cluster.when(update({ image: 'web:2', count: 3 })).types).toEqual([
      'JobUpdated',
      'JobScaled',
    ]);
  });

  it('made from what is no longer true is refused on record', () => {
    const cluster = running({}, 'a');
    const { types, decided } = cluster.when(update({ image: 'web:2' }, 1));
    expect(types).toEqual(['JobUpdateRefused']);
    expect(decided).toMatchObject({ refusal: { code: 'position-changed' } });
  });

  it('of a job that is not there, is being deleted or has completed is refused', () => {
    expect(given().when(update({})).decided).toMatchObject({ refusal: { code: 'job-unknown' } });
    const deleting = running({}, 'a');
    deleting.when({ type: 'DeleteJob', id: 'j' });
    expect(deleting.when(update({})).decided).toMatchObject({ refusal: { code: 'job-deleting' } });
    const completed = running({ one_shot: true }, 'a');
    completed.when(report('a', { 'j/0/1': 'completed' }));
    expect(completed.when(update({})).decided).toMatchObject({
      refusal: { code: 'job-completed' },
    });
  });

  it('has instances stopped and placed again with the new revision', () => {
    const cluster = running({}, 'a');
    cluster.when(update({ image: 'web:2' }));
    expect(replace(cluster, 'a').types).toEqual([
      'InstanceWithdrawn',
      'InstancesPlaced',
      'CommandIssued',
    ]);
    orderStops(cluster);
    acknowledgeAll(cluster);
    expect(instanceOf(cluster)).toMatchObject({ status: 'running', generation: 2, revision: 2 });
    const complete = { type: 'CompleteRollout', id: 'j', revision: 2 } as const;
    expect(cluster.when(complete).types).toEqual(['RolloutCompleted']);
    expect(cluster.when(complete).types).toEqual([]);
    expect(cluster.state.jobs.get('j')?.rollout?.status).toBe('completed');
  });

  it('goes back by itself when an updated instance fails', () => {
    const cluster = updatedAndFailed({});
    expect(cluster.state.jobs.get('j')).toMatchObject({
      revision: 3,
      document: { image: 'web:1' },
      rollout: { status: 'rollingBack' },
    });
    cluster.when({ type: 'CompleteRollout', id: 'j', revision: 3 });
    expect(cluster.state.jobs.get('j')?.rollout?.status).toBe('rolledBack');
  });

  it('that fails again, and goes back again, leaves alone what never left the good revision', () => {
    const cluster = updatedAndFailed({});
    cluster.when({ type: 'RetryInstance', id: 'j', instance: 0, generation: 2 });
    cluster.when(plan('j', 'b'));
    acknowledgeAll(cluster);
    cluster.when({ type: 'CompleteRollout', id: 'j', revision: 3 });
    failUpdate(cluster, 'web:3');
    expect(cluster.state.jobs.get('j')).toMatchObject({
      revision: 5,
      document: { image: 'web:1' },
      rollout: { status: 'rollingBack' },
    });
    // It has run since before the first of the two updates.
    expect(instanceOf(cluster, 1)).toMatchObject({ status: 'running', generation: 1, revision: 5 });
    expect(cluster.state.placements.get('j/1/1')).toMatchObject({ wanted: true, revision: 5 });
  });

  it('never goes back to one that had failed and was left as it is', () => {
    const cluster = updatedAndFailed({ update: { rollback: false } });
    cluster.when({ type: 'RetryInstance', id: 'j', instance: 0, generation: 2 });
    cluster.when(plan('j', 'b'));
    acknowledgeAll(cluster);
    failUpdate(cluster, 'web:3');
    expect(cluster.state.jobs.get('j')).toMatchObject({ document: { image: 'web:1' } });
    expect(instanceOf(cluster, 1)).toMatchObject({ status: 'running', generation: 1, revision: 4 });
  });

  it('stays as it is where nobody asked for a rollback', () => {
    const cluster = updatedAndFailed({ update: { rollback: false } });
    expect(cluster.state.jobs.get('j')).toMatchObject({
      revision: 2,
      rollout: { status: 'failed' },
    });
  });

  it('does not go back because an instance of the former revision fails', () => {
    const cluster = running({}, 'a', 'a');
    cluster.when(update({ image: 'web:2', count: 2 }));
    cluster.when(report('a', { 'j/0/1': 'running', 'j/1/1': 'failed' }));
    expect(cluster.state.jobs.get('j')?.rollout?.status).toBe('progressing');
  });
});

describe('an update that leaves alone how an instance runs', () => {
  it.each([
    ['another name', { name: 'web of the north' }],
    ['labels', { labels: { team: 'shop' } }],
    ['labels of nodes', { nodeLabels: { zone: 'north' } }],
    ['constraints', { constraints: [{ type: 'direct', node: 'a' }] }],
    ['another limit of restarts', { restart: { limit: 3 } }],
    ['no rollback', { update: { rollback: false } }],
    ['another patience', { onDisconnect: { lostAfterMs: null } }],
    ['one_shot', { one_shot: true }],
    ['defaults written out', { resources: { cpuMillis: 100, memoryMiB: 64 }, environment: {} }],
    ['the other name of cmd', { command: [] }],
  ])('(%s) is a revision without a rollout: nothing is restarted', (_, change) => {
    const cluster = running({}, 'a');
    expect(cluster.when(update(change))).toMatchObject({
      types: ['JobUpdated'],
      decided: { answer: { revision: 2, restarts: false } },
    });
    expect(cluster.state.jobs.get('j')).toMatchObject({ revision: 2, rollout: null });
    expect(instanceOf(cluster)).toMatchObject({ status: 'running', generation: 1, revision: 2 });
  });

  it.each([
    ['another image', { image: 'web:2' }],
    ['a command', { cmd: ['serve'] }],
    ['an environment', { environment: { LEVEL: 'debug' } }],
    ['more resources', { resources: { cpuMillis: 200 } }],
    ['a field that only the worker knows', { ports: [80] }],
    ['a limit that the worker keeps', { onDisconnect: { stopOnWorkerAfterMs: 10_000 } }],
  ])('is not one with %s', (_, change) => {
    const cluster = running({}, 'a');
    expect(cluster.when(update(change)).decided).toMatchObject({ answer: { restarts: true } });
    expect(cluster.state.jobs.get('j')?.rollout).toMatchObject({ status: 'progressing' });
    expect(instanceOf(cluster)).toMatchObject({ revision: 1 });
  });

  it('lets a rollout that is under way go on, and touches only what is not new yet', () => {
    const cluster = running({}, 'a', 'a');
    cluster.when(update({ image: 'web:2', count: 2 }));
    replace(cluster, 'a');
    orderStops(cluster);
    acknowledgeAll(cluster);
    const { decided } = cluster.when(update({ image: 'web:2', count: 2, restart: { limit: 3 } }));
    expect(decided).toMatchObject({ answer: { revision: 3, restarts: true } });
    expect(instanceOf(cluster, 0)).toMatchObject({ revision: 3 });
    expect(instanceOf(cluster, 1)).toMatchObject({ revision: 1 });
    expect(cluster.state.jobs.get('j')?.rollout).toMatchObject({ revision: 3, from: 1 });
  });

  it('leaves alone what never left the revision that it gives back', () => {
    const cluster = running({}, 'a', 'a');
    cluster.when(update({ image: 'web:2', count: 2 }));
    replace(cluster, 'a');
    orderStops(cluster);
    acknowledgeAll(cluster);
    const { decided } = cluster.when(update({ count: 2, name: 'back again' }));
    expect(decided).toMatchObject({ answer: { revision: 3, restarts: true } });
    expect(instanceOf(cluster, 0)).toMatchObject({ revision: 2 });
    expect(instanceOf(cluster, 1)).toMatchObject({ generation: 1, revision: 3 });
    expect(cluster.state.jobs.get('j')?.rollout).toMatchObject({ revision: 3, from: 1 });
  });

  it('restarts what a restart has not come to, however often the document is given back', () => {
    const cluster = running({}, 'a', 'a');
    cluster.when({ type: 'RestartJob', id: 'j' });
    replace(cluster, 'a');
    orderStops(cluster);
    acknowledgeAll(cluster);
    cluster.when(update({ image: 'web:2', count: 2 }));
    cluster.when(update({ count: 2 }));
    expect(instanceOf(cluster, 0)).toMatchObject({ revision: 4 });
    expect(instanceOf(cluster, 1)).toMatchObject({ revision: 1 });
  });

  it('takes up a rollout that had failed', () => {
    const cluster = updatedAndFailed({ update: { rollback: false } });
    const again = { image: 'web:2', count: 2, update: { rollback: true } };
    expect(cluster.when(update(again)).decided).toMatchObject({ answer: { restarts: true } });
    expect(cluster.state.jobs.get('j')?.rollout).toMatchObject({
      ...{ status: 'progressing', revision: 3, from: 1, reason: null },
    });
  });
});

describe('a restart', () => {
  it('is a new revision of the same document, and leaves no mark in it', () => {
    const cluster = running({}, 'a');
    const before = cluster.state.jobs.get('j')?.document;
    expect(cluster.when({ type: 'RestartJob', id: 'j' })).toMatchObject({
      types: ['JobUpdated'],
      decided: { answer: { revision: 2, restarts: true } },
    });
    expect(cluster.state.jobs.get('j')).toMatchObject({
      document: before,
      rollout: { status: 'progressing' },
    });
    expect(cluster.when(update({})).types).toEqual([]);
  });

  it('whose first instance fails stays as far as it came: what ran before is the same', () => {
    const cluster = running({}, 'a', 'a');
    for (const command of ready('b')) cluster.when(command);
    cluster.when({ type: 'RestartJob', id: 'j' });
    replace(cluster, 'b');
    orderStops(cluster);
    const failed = cluster.when(ack('b', commandTo(cluster, 'b', 'deploy'), 'failed', 'no room'));
    expect(failed.types).toContain('RolloutFailed');
    expect(failed.types).not.toContain('JobUpdated');
    expect(cluster.state.jobs.get('j')).toMatchObject({
      revision: 2,
      rollout: { status: 'failed', reason: expect.stringContaining('instance 0 failed') },
    });
    expect(instanceOf(cluster, 1)).toMatchObject({ status: 'running', revision: 1 });
  });

  it('of a job that is not there or is being deleted is refused', () => {
    const restart = { type: 'RestartJob', id: 'j' } as const;
    expect(given().when(restart).decided).toMatchObject({ refusal: { code: 'job-unknown' } });
    const deleting = running({}, 'a');
    deleting.when({ type: 'DeleteJob', id: 'j' });
    const { decided, types } = deleting.when(restart);
    expect(decided).toMatchObject({ refusal: { code: 'job-deleting' } });
    expect(types).toEqual(['JobUpdateRefused']);
  });
});

describe('another image of a process whose command is given', () => {
  const process = { technology: 'process', image: '/bin/sleep', cmd: ['/bin/sleep', '60'] };
  const ofProcess = (change: object) => {
    const cluster = given(submitJob('j', process));
    return cluster.when(update({ ...process, ...change }));
  };

  it('is refused on record: nothing would come of it', () => {
    const { types, decided } = ofProcess({ image: '/bin/true' });
    expect(types).toEqual(['JobUpdateRefused']);
    expect(decided).toMatchObject({ refusal: { code: 'update-without-effect', field: 'image' } });
  });

  it('is taken together with another command', () => {
    const { types } = ofProcess({ image: '/bin/true', cmd: ['/bin/true'] });
    expect(types).toEqual(['JobUpdated']);
  });

  it('is taken where no command is given: the image is the program', () => {
    const cluster = given(submitJob('j', { technology: 'process', image: '/bin/sleep' }));
    const { decided } = cluster.when(update({ technology: 'process', image: '/bin/true' }));
    expect(decided).toMatchObject({ answer: { restarts: true } });
  });
});

/** Two instances; the first is updated and fails to start. */
function updatedAndFailed(more: Record<string, unknown>): Given {
  const cluster = running({ ...more }, 'a', 'a');
  for (const command of ready('b')) cluster.when(command);
  failUpdate(cluster, 'web:2', more);
  return cluster;
}

function failUpdate(cluster: Given, image: string, more: Record<string, unknown> = {}): void {
  cluster.when(update({ image, count: 2, ...more }));
  replace(cluster, 'b');
  orderStops(cluster);
  cluster.when(ack('b', commandTo(cluster, 'b', 'deploy'), 'failed', 'no such image'));
}

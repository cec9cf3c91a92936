import { describe, expect, it } from '@jest/globals';
import {
  ack,
  acknowledgeAll,
  commandTo,
  given,
  instanceOf,
  jobDocument,
  orderStops,
  ready,
  replace,
  report,
  running,
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
      rollout: { status: 'rollingBack', sameAs: 1 },
    });
    cluster.when({ type: 'CompleteRollout', id: 'j', revision: 3 });
    expect(cluster.state.jobs.get('j')?.rollout?.status).toBe('rolledBack');
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

/** Two instances; the first is updated and fails to start. */
function updatedAndFailed(more: Record<string, unknown>): Given {
  const cluster = running({ ...more }, 'a', 'a');
  for (const command of ready('b')) cluster.when(command);
  cluster.when(update({ image: 'web:2', count: 2, ...more }));
  replace(cluster, 'b');
  orderStops(cluster);
  cluster.when(ack('b', commandTo(cluster, 'b', 'deploy'), 'failed', 'no such image'));
  return cluster;
}

import { beforeEach, describe, expect, it } from '@jest/globals';
import type { StoredEvent } from '@oakring/events';
import type { ClusterState } from '@oakring/model';
import {
  acknowledgeAll,
  beside,
  jobDocument,
  ready,
  replace,
  running,
  type Given,
} from '../apps/manager/src/testing/given.js';
import { Updates } from './updates.js';

let broken: string[];
let updates: Updates;
let cluster: Given;
beforeEach(() => {
  broken = [];
  updates = new Updates((what) => broken.push(what));
});

/** `j` runs on a, beside b, and is updated by these rules. */
function updated(rules: object, ...nodeIds: string[]): void {
  cluster = running({}, ...nodeIds);
  for (const command of ready('b')) cluster.when(command);
  const job = jobDocument({ id: 'j', image: 'web:2', count: nodeIds.length, update: rules });
  cluster.when({ type: 'UpdateJob', id: 'j', job, bodyHash: 'x', ifPosition: null });
}

function judge(events: readonly StoredEvent[] = cluster.history): string[] {
  for (const event of events) updates.judge(event, cluster.state as ClusterState);
  return broken;
}

/** What happened, as if the update had these rules: what a manager keeps from happening is judged all the same. */
function asIfBy(rules: object): readonly StoredEvent[] {
  return cluster.history.map((event) => {
    if (event.type !== 'JobUpdated') return event;
    const policy = { update: { ...event.data.policy.update, ...rules } };
    return { ...event, data: { ...event.data, policy } } as StoredEvent;
  });
}

describe('The judge of updates', () => {
  it('does not let pass that one is stopped where none may be missing', () => {
    updated({ surge: 1 }, 'a');
    replace(cluster, 'b', { reason: 'updated to revision 2' });
    expect(judge(asIfBy({ maxUnavailable: 0 }))).toEqual([
      'j/0/1 is stopped on a for an update, and none may be missing',
    ]);
  });

  it('lets pass that one is stopped where one may be missing', () => {
    updated({ surge: 1 }, 'a');
    replace(cluster, 'b', { reason: 'updated to revision 2' });
    expect(judge()).toEqual([]);
  });

  it('does not let pass that what never ran takes over', () => {
    updated({ surge: 1 }, 'a');
    beside(cluster, 'b');
    acknowledgeAll(cluster);
    cluster.when({ type: 'CompleteSurge', id: 'j', instance: 0, generation: 2 });
    expect(judge()).toEqual(['j/0/2 takes over on b, and never ran there']);
    updates.started('b', 'j/0/2');
    expect(judge()).toHaveLength(1);
  });

  it('does not let pass that more are begun than a revision allows', () => {
    updated({ surge: 2 }, 'a', 'a');
    beside(cluster, 'b');
    beside(cluster, 'b', { number: 1 });
    expect(judge()).toEqual([]);
    updates = new Updates((what) => broken.push(what));
    expect(judge(asIfBy({ surge: 1 }))[0]).toBe('job j has 2 beside what runs, and 1 are allowed');
  });
});

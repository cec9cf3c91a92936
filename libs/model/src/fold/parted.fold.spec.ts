import { describe, expect, it } from '@jest/globals';
import type { StoredEvent } from '@oakring/events';
import { clusterKey, ClusterState, instanceKey } from '../cluster-state.js';
import type { ClusterRecord, InstanceRecord, JobRecord } from '../records.js';
import { part } from './parted.fold.js';

describe('Ends that a root is to be told of', () => {
  it('are 10 000 at most, where none ever asks: the oldest is forgotten first', () => {
    const state = new ClusterState(false);
    state.cluster.set(clusterKey, { root: null } as unknown as ClusterRecord);
    const [id, document] = ['r', { name: 'web' }];
    const job = { id, numbering: 'given', root: null, dismissed: false, document };
    const end = (number: number, at: number): void => {
      const key = instanceKey(id, number);
      state.instances.set(key, { number, removing: false } as unknown as InstanceRecord);
      part(state, { at } as StoredEvent, job as unknown as JobRecord, [key]);
    };
    for (let number = 0; number < 10_000; number += 1) end(number, number === 7 ? 1 : 2);
    end(10_000, 3);
    end(10_001, 3);
    expect(state.parted.size).toBe(10_000);
    const gone = [7, 0, 1].map((number) => state.parted.get(instanceKey(id, number)) === undefined);
    expect(gone).toEqual([true, true, false]);
  });
});

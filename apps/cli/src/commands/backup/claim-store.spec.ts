import { describe, expect, it } from '@jest/globals';
import { MemoryLeaseStore, type RestoreMark } from '@oakring/stores';
import { claimStore } from './claim-store.js';

const mark = { position: 7, hash: 'h' };
const lease = {
  ...{ epoch: 1, holder: 'm1', renewal: 0, url: 'http://m1' },
  ...{ validForMs: 2_000, reachesBroker: true },
};

/** In which a manager takes the lease just as the mark is left, having found none before. */
class Store {
  readonly place = 'the store';
  readonly leases = new MemoryLeaseStore();
  constructor(public left: RestoreMark | null = null) {}

  readonly restoring = {
    read: async () => this.left,
    leave: async (leaving: RestoreMark) => {
      await this.leases.swap(null, lease);
      this.left = leaving;
    },
    remove: async () => {
      this.left = null;
    },
  };
}

describe('A store that a backup is to be put into', () => {
  it('is left to a manager that begins to lead meanwhile, without a mark', async () => {
    const store = new Store();
    const claimed = claimStore(store, { mark, isBegun: false });
    await expect(claimed).rejects.toThrow('A manager leads the store (http://m1, epoch 1)');
    expect(store.left).toBeNull();
  });

  it('keeps the mark of a restore that was begun, while a manager finds it', async () => {
    const store = new Store(mark);
    await store.leases.swap(null, lease);
    await expect(claimStore(store, { mark, isBegun: true })).rejects.toThrow('A manager leads');
    expect(store.left).toEqual(mark);
  });

  it('is marked where nobody leads, or has given its lease back', async () => {
    const store = new Store();
    await store.leases.swap(null, { ...lease, holder: '' });
    await claimStore(store, { mark, isBegun: false });
    expect(store.left).toEqual(mark);
  });
});

import { afterEach, describe, expect, it } from '@jest/globals';
import type { LeaseRecord, LeaseStore } from './lease-store.port.js';

const record: LeaseRecord = {
  ...{ epoch: 1, holder: 'a', renewal: 0, url: 'http://a' },
  ...{ validForMs: 2_000, reachesBroker: true },
};

/** What every lease store does, whatever it is kept in. */
export function describeLeaseStore(
  name: string,
  /** Opens the same empty lease `count` times. */
  open: (count: number) => Promise<readonly LeaseStore[]>,
): void {
  describe(`${name}, as a lease store`, () => {
    let stores: readonly LeaseStore[] = [];
    const start = async (): Promise<[LeaseStore, LeaseStore]> => {
      stores = await open(2);
      const [first, second] = stores;
      if (first === undefined || second === undefined) throw new Error('two were asked for');
      return [first, second];
    };
    afterEach(async () => {
      for (const store of stores) await store.close();
    });

    it('has no lease at first, and then the one that was put there', async () => {
      const [first, second] = await start();
      expect(await first.read()).toBeNull();
      expect(await first.swap(null, record)).toBe(true);
      expect(await second.read()).toEqual(record);
    });

    it('keeps how long each renewal holds', async () => {
      const [first, second] = await start();
      await first.swap(null, record);
      await first.swap(record, { ...record, renewal: 1, validForMs: 6_000 });
      expect((await second.read())?.validForMs).toBe(6_000);
    });

    it('passes on that a holder is asked to give way, whatever it renews meanwhile', async () => {
      const [first, second] = await start();
      await first.swap(null, record);
      expect(await first.asked()).toBeNull();
      await second.ask(record);
      await first.swap(record, { ...record, renewal: 1, reachesBroker: false });
      expect(await first.asked()).toEqual({ holder: 'a', renewal: 0 });
      expect(await second.read()).toEqual({ ...record, renewal: 1, reachesBroker: false });
    });

    it('gives the first lease to one of two', async () => {
      const [first, second] = await start();
      const taken = await Promise.all([
        first.swap(null, record),
        second.swap(null, { ...record, holder: 'b' }),
      ]);
      expect(taken.filter(Boolean)).toHaveLength(1);
    });

    it.each([
      ['renewal', { ...record, renewal: 1 }],
      ['holder', { ...record, holder: 'b' }],
      ['epoch', { ...record, epoch: 2 }],
    ])('changes nothing when the %s is another than expected', async (_, there) => {
      const [first, second] = await start();
      await first.swap(null, there);
      expect(await second.swap(record, { ...record, renewal: 9 })).toBe(false);
      expect(await first.read()).toEqual(there);
    });

    it('lets one of many at once replace the same lease', async () => {
      const [first, second] = await start();
      await first.swap(null, record);
      const attempts = Array.from({ length: 10 }, (_, index) =>
        (index % 2 === 0 ? first : second).swap(record, { ...record, holder: `h${index}` }),
      );
      const taken = await Promise.all(attempts);
      expect(taken.filter(Boolean)).toHaveLength(1);
      expect((await first.read())?.holder).toBe(`h${taken.indexOf(true)}`);
    });
  });
}

import { describe, expect, it } from '@jest/globals';
import type { DataKeyStore } from './data-key-store.port.js';

/** What every store of keys does. `open`: an empty one; `again`: the same one, as a later start has it. */
export function dataKeyStoreContract(
  prepare: () => Promise<{ open: DataKeyStore; again: () => DataKeyStore }>,
): void {
  describe('as a store of keys', () => {
    it('has no key and no mark at first', async () => {
      const { open } = await prepare();
      expect([await open.read('a'), await open.mark()]).toEqual([null, null]);
    });

    it('gives back what was kept, over a start', async () => {
      const { open, again } = await prepare();
      await open.keep('a', 'wrapped a');
      await open.keep('b', 'wrapped b');
      expect([await again().read('a'), await again().read('b')]).toEqual([
        'wrapped a',
        'wrapped b',
      ]);
    });

    it('has the newest of what was kept under one id', async () => {
      const { open } = await prepare();
      await open.keep('a', 'before');
      await open.keep('a', 'after');
      expect(await open.read('a')).toBe('after');
    });

    it('forgets one key and no other', async () => {
      const { open, again } = await prepare();
      await open.keep('a', 'wrapped a');
      await open.keep('b', 'wrapped b');
      await open.remove('a');
      expect([await again().read('a'), await again().read('b')]).toEqual([null, 'wrapped b']);
    });

    it('forgets what is not there', async () => {
      const { open } = await prepare();
      await expect(open.remove('never there')).resolves.toBeUndefined();
    });

    it('keeps the first mark', async () => {
      const { open, again } = await prepare();
      expect(await open.keepMark('first')).toBe('first');
      expect(await again().keepMark('second')).toBe('first');
      expect(await again().mark()).toBe('first');
    });
  });
}

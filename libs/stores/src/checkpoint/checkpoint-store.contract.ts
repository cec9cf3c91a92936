import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { LogHead } from '@oakring/events';
import type { Checkpoint, CheckpointStore } from './checkpoint-store.port.js';

/** What every checkpoint store does, whatever it is kept in. */
export function describeCheckpointStore(
  name: string,
  prepare: () => { open(): Promise<CheckpointStore>; cleanUp(): Promise<void> },
): void {
  describe(`${name}, as a checkpoint store`, () => {
    let place: ReturnType<typeof prepare>;
    let store: CheckpointStore;
    beforeEach(async () => {
      place = prepare();
      store = await place.open();
    });
    afterEach(async () => {
      await store.close();
      await place.cleanUp();
    });

    it('has nothing at first', async () => {
      expect(await store.load()).toBeNull();
    });

    it('gives back what was saved, with later changes applied', async () => {
      await store.save(
        [
          { view: 'nodes', key: 'a', record: { id: 'a', free: 1 } },
          { view: 'nodes', key: 'b', record: { id: 'b' } },
          { view: 'jobs', key: 'a', record: { id: 'a', labels: { zone: 'ü' } } },
        ],
        headAt(3),
        1,
      );
      await store.save(
        [
          { view: 'nodes', key: 'a', record: { id: 'a', free: 2 } },
          { view: 'nodes', key: 'b', record: null },
          { view: 'nodes', key: 'never there', record: null },
        ],
        headAt(5),
        2,
      );
      expect(sorted(await store.load())).toEqual({
        head: headAt(5),
        foldVersion: 2,
        records: [
          { view: 'jobs', key: 'a', record: { id: 'a', labels: { zone: 'ü' } } },
          { view: 'nodes', key: 'a', record: { id: 'a', free: 2 } },
        ],
      });
    });

    it('moves on when nothing changed', async () => {
      await store.save([], headAt(9), 1);
      expect(await store.load()).toEqual({ head: headAt(9), foldVersion: 1, records: [] });
    });

    it('forgets everything when told to', async () => {
      await store.save([{ view: 'nodes', key: 'a', record: { id: 'a' } }], headAt(3), 1);
      await store.clear();
      expect(await store.load()).toBeNull();
      await store.save([], headAt(4), 1);
      expect(await store.load()).toEqual({ head: headAt(4), foldVersion: 1, records: [] });
    });
  });
}

export function headAt(position: number): LogHead {
  return { position, hash: 'a'.repeat(64), epoch: 1, at: 1_767_225_600_000 + position };
}

function sorted(checkpoint: Checkpoint | null): Checkpoint | null {
  if (checkpoint === null) return null;
  const records = checkpoint.records.toSorted((a, b) =>
    `${a.view}/${a.key}` < `${b.view}/${b.key}` ? -1 : 1,
  );
  return { ...checkpoint, records };
}

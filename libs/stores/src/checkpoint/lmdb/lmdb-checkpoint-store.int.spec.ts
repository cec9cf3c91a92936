import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { describeCheckpointStore, headAt } from '../checkpoint-store.contract.js';
import { openLmdbCheckpointStore } from './lmdb-checkpoint-store.js';

describeCheckpointStore('The lmdb checkpoint', () => {
  const folder = mkdtempSync(join(tmpdir(), 'oakring-views-'));
  return {
    open: () => openLmdbCheckpointStore(folder),
    cleanUp: async () => rmSync(folder, { recursive: true }),
  };
});

describe('The lmdb checkpoint, on its disk', () => {
  let folder = '';
  const data = (): string => join(folder, 'data.mdb');
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'oakring-views-'));
    const store = await openLmdbCheckpointStore(folder);
    const changes = Array.from({ length: 200 }, (_, index) => ({
      view: 'nodes',
      key: `node-${index}`,
      record: { id: `node-${index}`, name: 'a name that is easily found' },
    }));
    await store.save(changes, headAt(7), 1);
    await store.close();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const loaded = async (): Promise<number | null> => {
    const store = await openLmdbCheckpointStore(folder);
    const checkpoint = await store.load();
    if (checkpoint === null) {
      // Nothing is in the way of the next one.
      await store.save([{ view: 'nodes', key: 'new', record: { id: 'new' } }], headAt(8), 1);
      expect((await store.load())?.records).toHaveLength(1);
    }
    await store.close();
    return checkpoint?.records.length ?? null;
  };

  it('is there after a restart', async () => {
    expect(await loaded()).toBe(200);
  });

  it('counts as none when a bit of a record flipped', async () => {
    const bytes = readFileSync(data());
    const at = bytes.lastIndexOf('easily');
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(data(), bytes);
    // The page in question may be an old copy that nothing points to: then nothing is lost.
    expect([null, 200]).toContain(await loaded());
    writeFileSync(
      data(),
      Buffer.from(bytes.toString('latin1').replaceAll('easily', 'hardly'), 'latin1'),
    );
    expect([null, 1]).toContain(await loaded());
  });

  it('counts as none, and is kept aside, when its file is cut off or garbage', async () => {
    truncateSync(data(), 5000);
    expect(await loaded()).toBeNull();
    expect(readdirSync(folder)).toContain('unreadable.mdb');
    writeFileSync(data(), 'garbage');
    expect(await loaded()).toBeNull();
    writeFileSync(data(), '');
    expect(await loaded()).toBeNull();
  });

  it('refuses a folder that is a file', async () => {
    await expect(openLmdbCheckpointStore(data())).rejects.toMatchObject({
      code: 'data-folder-unusable',
    });
  });
});

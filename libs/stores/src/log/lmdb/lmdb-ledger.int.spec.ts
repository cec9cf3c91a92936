import {
  closeSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { simulatedPorts } from '@oakring/ports';
import { toBufferKey } from 'ordered-binary';
import { emptyHead, headOf, encodeStoredCommit } from '@oakring/events';
import { commitMaker } from '@oakring/events/testing';
import { streamVersionsOf } from '../stream-versions.js';
import { openLmdbLedger, type LmdbLedger } from './lmdb-ledger.js';
import { openLogEnvironment } from './log-environment.js';

const commitCount = 1_500;
const pageBytes = 4096;
const files = ['data.mdb', 'lock.mdb', 'found-sound.json'];

describe('The ledger of a manager in a folder', () => {
  let stopped = '';
  let folder = '';
  let ports = simulatedPorts();
  const opened: LmdbLedger[] = [];
  const open = async (): Promise<LmdbLedger> => {
    const ledger = await openLmdbLedger(folder, ports.timers);
    opened.push(ledger);
    return ledger;
  };
  const close = async (): Promise<void> => {
    for (const ledger of opened.splice(0)) await ledger.close();
  };
  const copy = (from: string, to: string): void => {
    for (const name of files) copyFileSync(join(from, name), join(to, name));
  };

  beforeAll(async () => {
    stopped = mkdtempSync(join(tmpdir(), 'oakring-stopped-'));
    const { root, commits, streams } = await openLogEnvironment(stopped);
    const maker = commitMaker(emptyHead);
    await root.transaction(() => {
      for (let count = 1; count <= commitCount; count += 1) {
        const commit = maker.next([`s-${count % 9}`, oldStream(count)]);
        void commits.put(commit.position, encodeStoredCommit(commit));
        for (const [stream, version] of streamVersionsOf(commit)) {
          void streams.put([stream, commit.position], version);
        }
        maker.keep(commit);
      }
    });
    await root.close();
    await (await openLmdbLedger(stopped, simulatedPorts().timers)).close();
  });
  afterAll(() => rmSync(stopped, { recursive: true }));
  beforeEach(() => {
    ports = simulatedPorts();
    folder = mkdtempSync(join(tmpdir(), 'oakring-ledger-'));
    copy(stopped, folder);
  });
  afterEach(async () => {
    await close();
    rmSync(folder, { recursive: true });
  });

  /** Fills every page that holds these bytes with garbage. */
  const damage = (bytes: Buffer): void => {
    const before = readFileSync(join(folder, 'data.mdb'));
    const file = openSync(join(folder, 'data.mdb'), 'r+');
    for (let at = before.indexOf(bytes); at !== -1; at = before.indexOf(bytes, at + 1)) {
      const page = Math.floor(at / pageBytes) * pageBytes;
      writeSync(file, Buffer.alloc(pageBytes, 0xa5), 0, pageBytes, page);
    }
    closeSync(file);
    expect(readFileSync(join(folder, 'data.mdb')).equals(before)).toBe(false);
  };
  const oldCommit = Buffer.from('commit-40-');
  const oldIndex = toBufferKey([oldStream(1100), 1100]);
  const damaged = { code: 'log-damaged' };

  it('is looked through in the background, and says so', async () => {
    const ledger = await open();
    expect(ledger.verifiedTo()).toBe(0);
    await ports.advance(600_000);
    expect(ledger.verifiedTo()).toBe(commitCount);
  });

  it('does not start when its tail is damaged, although it was sound at the stop', async () => {
    damage(Buffer.from(`commit-${commitCount - 2}-`));
    await expect(open()).rejects.toMatchObject(damaged);
  });

  it('finds damage far from its tail before lmdb reads it', async () => {
    damage(oldCommit);
    const { log } = await open();
    expect(await log.read({ from: commitCount - 20, limit: 100 })).toHaveLength(21);
    await expect(log.read({ from: 1, limit: 100 })).rejects.toMatchObject(damaged);
  });

  it('finds damage in its index of streams before lmdb reads or writes there', async () => {
    damage(oldIndex);
    const { log } = await open();
    await expect(log.read({ from: 1, limit: 1, stream: oldStream(1100) })).rejects.toMatchObject(
      damaged,
    );
    await expect(log.streamVersions([oldStream(1100)])).rejects.toMatchObject(damaged);
    const [last] = await log.read({ from: commitCount, limit: 1 });
    const next = commitMaker(last === undefined ? emptyHead : headOf(last)).next([oldStream(1100)]);
    await expect(log.append(next)).rejects.toMatchObject(damaged);
    expect((await log.head()).position).toBe(commitCount);
  });

  it.each([
    { where: 'a commit', bytes: oldCommit },
    { where: 'the index', bytes: oldIndex },
  ])(
    'fails when the background finds damage in $where, and does not start again',
    async ({ bytes }) => {
      damage(bytes);
      const ledger = await open();
      await ports.advance(600_000);
      await expect(ledger.failed).rejects.toMatchObject(damaged);
      await close();
      const before = readFileSync(join(folder, 'data.mdb'));
      await expect(open()).rejects.toMatchObject(damaged);
      expect(readFileSync(join(folder, 'data.mdb')).equals(before)).toBe(true);
      // The file is put back: nothing more is in the way.
      copyFileSync(join(stopped, 'data.mdb'), join(folder, 'data.mdb'));
      expect((await (await open()).log.head()).position).toBe(commitCount);
    },
  );

  it('is looked at anew when its process ended before it had looked through all of it', async () => {
    await open();
    const killed = mkdtempSync(join(tmpdir(), 'oakring-killed-'));
    copy(folder, killed);
    await close();
    copy(killed, folder);
    rmSync(killed, { recursive: true });
    damage(oldCommit);
    await expect(open()).rejects.toMatchObject(damaged);
  });

  it('is opened and closed where nothing can be noted (a full disk), and looked at anew then', async () => {
    const inTheWay = join(folder, 'found-sound.json.new');
    mkdirSync(inTheWay);
    const { log } = await open();
    expect((await log.head()).position).toBe(commitCount);
    await close();
    rmdirSync(inTheWay);
    damage(oldCommit);
    await expect(open()).rejects.toMatchObject(damaged);
  });

  it('is looked at where it changed when its process was killed later', async () => {
    const { log } = await open();
    await ports.advance(600_000);
    const maker = commitMaker(await log.head());
    for (let count = 0; count < 3; count += 1) {
      const commit = maker.next([oldStream(1100)]);
      await log.append(commit);
      maker.keep(commit);
    }
    const killed = mkdtempSync(join(tmpdir(), 'oakring-killed-'));
    copy(folder, killed);
    await close();
    copy(killed, folder);
    const { log: again } = await open();
    expect((await again.head()).position).toBe(commitCount + 3);
    await close();
    copy(killed, folder);
    rmSync(killed, { recursive: true });
    damage(oldIndex);
    await expect(open()).rejects.toMatchObject(damaged);
  });
});

/** Long names, so that the index has many pages. */
function oldStream(count: number): string {
  return `old-${count}-${'x'.repeat(200)}`;
}

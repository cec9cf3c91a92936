import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { decodeEvents } from '@oakring/events';
import { freshKey, SampleLedger } from '@oakring/events/testing';
import { systemPorts } from '@oakring/ports';
import { openEventStore, openStoreForRestore, type EventStore } from '@oakring/stores';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  anyMongod,
  describeWithMongod,
  type AnyMongod,
} from '../../../../../infra/mongo/testing/mongod.js';
import { run } from '../../run.js';
import { testIo } from '../../testing/test-io.js';

const key = freshKey();
const ledger = new SampleLedger(key);
ledger.work(20);
ledger.seal(key);
const { position, hash, epoch } = ledger.commits.at(-1) ?? { position: 0, hash: '', epoch: 0 };
const { timers } = systemPorts();

let folder: string;
let backup: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oakring-restore-'));
  backup = join(folder, 'ledger.commits');
  writeFileSync(backup, `${ledger.lines.join('\n')}\n`);
});
afterEach(() => rmSync(folder, { recursive: true }));

async function oakring(...argv: string[]): Promise<[number, string, string]> {
  const io = testIo();
  const code = await run(argv, io, { HOME: folder });
  return [code, io.written(), io.complained()];
}

function restore(store: string, from = backup): Promise<[number, string, string]> {
  return oakring('restore', '--from', from, '--store', store);
}

async function inStore<T>(store: string, look: (opened: EventStore) => Promise<T>): Promise<T> {
  const opened = await openEventStore(store, timers);
  return look(opened).finally(() => opened.close());
}

/** As one that was killed leaves it. */
async function halfRestored(store: string, commits: number): Promise<void> {
  const opened = await openStoreForRestore(store, timers);
  await opened.restoring.leave({ position, hash });
  for (const commit of ledger.commits.slice(0, commits)) await opened.log.append(commit);
  await opened.close();
}

describe('A backup that is restored', () => {
  it('goes into a folder whose name has an ending as into any other', async () => {
    const store = join(folder, 'st.ledger');
    expect((await restore(store))[0]).toBe(0);
    expect(await inStore(store, ({ log }) => log.head())).toMatchObject({ position: position + 1 });
  });

  it('does not go into a file, and says that it is one', async () => {
    const store = join(folder, 'a-file');
    writeFileSync(store, '');
    const [code, , error] = await restore(store);
    expect(code).toBe(1);
    expect(error).toContain(`The folder ${store} cannot be used`);
  });

  it('says that it has no readings, where it has none', async () => {
    const [, out] = await restore(join(folder, 'new'));
    expect(out).toContain('it has no readings');
  });
});

function restoresInto(storeOf: () => string): void {
  it('with the head that the backup has, and says that it was restored', async () => {
    const store = storeOf();
    const [code, out] = await restore(store);
    expect([code, out]).toEqual([
      0,
      expect.stringContaining(`positions 1–${position}, head ${hash}`),
    ]);
    const commits = await inStore(store, ({ log }) => log.read({ from: position, limit: 9 }));
    expect(commits[0]?.hash).toBe(hash);
    const [opened, restored] = commits.slice(1).flatMap(decodeEvents);
    expect(opened).toMatchObject({ type: 'EpochOpened', by: 'operator/restore' });
    expect(restored).toMatchObject({ type: 'LedgerRestored', data: { position, hash } });
    expect((await oakring('audit', 'verify', '--store', store))[0]).toBe(0);
  });

  it('above every epoch and generation that may have been given since, also by a restore before', async () => {
    const store = storeOf();
    await restore(store);
    const again = storeOf();
    await restore(again);
    const [first, second] = await Promise.all(
      [store, again].map((each) => inStore(each, ({ log }) => log.head())),
    );
    expect(first?.epoch).toBeGreaterThan(epoch + 1_000_000);
    expect(second?.epoch).toBeGreaterThan(first?.epoch ?? Infinity);
  });

  it('only where nothing is, naming what is there', async () => {
    const store = storeOf();
    await restore(store);
    const [code, , error] = await restore(store);
    expect([code, error]).toEqual([
      1,
      expect.stringContaining(`is not empty: it holds a ledger of ${position + 1} commits`),
    ]);
  });

  it.each([1, position])(
    'goes on where it stopped, after %d commits; until then no manager starts',
    async (done) => {
      const store = storeOf();
      await halfRestored(store, done);
      await expect(openEventStore(store, timers)).rejects.toMatchObject({
        code: 'restore-unfinished',
      });
      expect((await restore(store))[0]).toBe(0);
      expect(await inStore(store, ({ log }) => log.head())).toMatchObject({
        position: position + 1,
      });
    },
  );

  it('goes on also where only the mark was left', async () => {
    const store = storeOf();
    await restore(store);
    await inStore(store, ({ restoring }) => restoring.leave({ position, hash }));
    expect((await restore(store))[0]).toBe(0);
    expect(await inStore(store, ({ log }) => log.head())).toMatchObject({ position: position + 1 });
  });

  it('does not go on with another backup', async () => {
    const store = storeOf();
    await halfRestored(store, 3);
    const shorter = join(folder, 'shorter.commits');
    writeFileSync(shorter, `${ledger.lines.slice(0, 9).join('\n')}\n`);
    const [code, , error] = await restore(store, shorter);
    expect([code, error]).toEqual([
      1,
      expect.stringContaining('the restore of another backup was begun'),
    ]);
  });
}

describe('A backup is restored into a folder', () => {
  let stores = 0;
  restoresInto(() => join(folder, `ledger-${(stores += 1)}`));

  it('without the line that was not written to its end', async () => {
    appendFileSync(backup, '{"_id":99');
    const [code, , error] = await restore(join(folder, 'new'));
    expect([code, error]).toEqual([
      0,
      expect.stringContaining('not written to its end, and is left out (9 bytes)'),
    ]);
  });

  it('not at all where it is damaged: nothing is written', async () => {
    writeFileSync(backup, readFileSync(backup, 'utf8').replace('round 3', 'round 4'));
    const [code, , error] = await restore(join(folder, 'new'));
    expect([code, error]).toEqual([1, expect.stringContaining('damaged: position 5, hash')]);
    expect(await inStore(join(folder, 'new'), ({ log }) => log.head())).toMatchObject({
      position: 0,
    });
  });

  it('not where other files are, nor from where no backup is', async () => {
    const occupied = join(folder, 'occupied');
    mkdirSync(occupied, { mode: 0o700 });
    writeFileSync(join(occupied, 'photo.jpg'), '');
    expect(await restore(occupied)).toEqual([1, '', expect.stringContaining('it holds photo.jpg')]);
    expect((await restore(join(folder, 'new'), join(folder, 'nothing')))[0]).toBe(3);
  });
});

describeWithMongod('A backup is restored into MongoDB', () => {
  let mongod: AnyMongod;
  let stores = 0;
  beforeAll(async () => {
    mongod = await anyMongod();
  });
  afterAll(() => mongod.remove());
  restoresInto(() => mongod.url(`restored-${(stores += 1)}`));
});

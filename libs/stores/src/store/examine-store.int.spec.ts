import { mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { systemPorts } from '@oakring/ports';
import {
  anyMongod,
  describeWithMongod,
  type AnyMongod,
} from '../../../../infra/mongo/testing/mongod.js';
import { judgeMembers } from './examine-mongodb.js';
import { examineStore } from './examine-store.js';
import { openEventStore } from './open-event-store.js';

const ports = systemPorts();
const examine = (address: string) => examineStore(address, ports, 5_000);

describe('A folder as the place of a ledger', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'oakring-examined-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is tried with commits beside it, which are taken away again', async () => {
    const [ledger, commits] = await examine(join(folder, 'ledger'));
    expect(ledger).toMatchObject({ level: 'ok', seen: expect.stringContaining('none yet') });
    expect(commits).toMatchObject({ seen: expect.stringMatching(/^[\d.]+ ms each, of 5$/) });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is looked at while a manager has it open, and is damaged when its file was cut short', async () => {
    const store = await openEventStore(folder, ports.timers);
    expect((await examine(folder))[0]).toMatchObject({ level: 'ok' });
    await store.close();
    truncateSync(join(folder, 'data.mdb'), 5_000);
    expect((await examine(folder))[0]).toMatchObject({
      ...{ level: 'bad', remedy: expect.stringContaining('docs/damage.md') },
    });
  });
});

describeWithMongod('A MongoDB as the place of a ledger', () => {
  let mongod: AnyMongod;
  beforeAll(async () => {
    mongod = await anyMongod();
  });
  afterAll(() => mongod.remove());

  it('is told with its version, its journal, its members, its ledger, its disk, its clock, and how long a write takes', async () => {
    const found = await examine(mongod.url('examined'));
    expect(found.map(({ looked }) => looked)).toEqual([
      expect.stringMatching(/^MongoDB at mongodb:/),
      'version of MongoDB',
      'writeConcernMajorityJournalDefault',
      'members of the replica set',
      'ledger in it',
      'a write to a majority, journalled',
      "room on the primary's disk",
      "this machine's clock against that of MongoDB",
    ]);
    expect(found.filter(({ level }) => level === 'bad' || level === 'unknown')).toEqual([]);
  });

  it('has nothing more in it afterwards', async () => {
    await examine(mongod.url('untouched'));
    const client = await mongod.client();
    const { databases } = await client.db().admin().listDatabases();
    await client.close();
    expect(databases.filter(({ name }) => name.endsWith('untouched'))).toEqual([]);
  });

  it('is refused in the words of a start', async () => {
    const url = `${mongod.url('examined')}&w=1`;
    expect(await examine(url)).toEqual([
      expect.objectContaining({ level: 'bad', seen: expect.stringContaining('w=1 contradicts') }),
    ]);
  });
});

describe('Members of a replica set', () => {
  const member = (name: string, stateStr: string) => ({ name, stateStr });
  const [primary, second, third] = [
    member('a', 'PRIMARY'),
    member('b', 'SECONDARY'),
    member('c', 'SECONDARY'),
  ];

  it.each([
    ['one, for one site', [primary], 'ok', undefined],
    ['three', [primary, second, third], 'ok', undefined],
    ['two, of which none may be away', [primary, second], 'warning', 'third'],
    ['an arbiter', [primary, second, member('c', 'ARBITER')], 'warning', 'arbiters'],
    ['one away', [primary, second, member('c', '(not reachable/healthy)')], 'warning', 'Mend c'],
  ])('are %s', (_name, members, level, remedy) => {
    expect(judgeMembers(members)).toMatchObject({
      level,
      ...(remedy === undefined ? {} : { remedy: expect.stringContaining(remedy) }),
    });
  });
});

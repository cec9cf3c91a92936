import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { systemPorts } from '@oakring/ports';
import { Long, MongoClient, type Timestamp } from 'mongodb';
import {
  describeWithMongod,
  anyMongod,
  type AnyMongod,
} from '../../../../../infra/mongo/testing/mongod.js';
import { connectMongodb } from '../../mongodb/connect-mongodb.js';
import { emptyHead, encodeStoredCommit, verifyChain } from '@oakring/events';
import { describeEventLog } from '../event-log.contract.js';
import type { EventLogWriter } from '../event-log.port.js';
import { commitMaker } from '@oakring/events/testing';
import { openEventLogReader, openEventStore } from '../../store/open-event-store.js';
import { openMongoEventLog } from './mongo-event-log.js';

let mongod: AnyMongod;
let databases = 0;

async function openLog(database: string): Promise<EventLogWriter> {
  const store = await connectMongodb(mongod.url(database));
  const log = await openMongoEventLog(store, systemPorts().timers);
  const close = log.close.bind(log);
  log.close = async () => {
    await close();
    await store.close();
  };
  return log;
}

function databaseOf(name: string): string {
  return new URL(mongod.url(name)).pathname.slice(1);
}

describeWithMongod('With a mongod', () => {
  beforeAll(async () => {
    mongod = await anyMongod();
  });
  afterAll(() => mongod.remove());

  describeEventLog('The log in MongoDB', () => {
    databases += 1;
    const database = `contract-${databases}`;
    return {
      open: () => openLog(database),
      reopen: () => openLog(database),
      cleanUp: async () => {},
    };
  });

  it('has the indexes that its reads use and no other, also where an earlier release made one', async () => {
    const store = await connectMongodb(mongod.url('indexes'));
    const ledger = store.db.collection('ledger');
    await ledger.createIndex({ 'commands.id': 1 }, { name: 'commands', sparse: true });
    const { timers } = systemPorts();
    // Two managers start at once.
    const [log] = await Promise.all([
      openMongoEventLog(store, timers),
      openMongoEventLog(store, timers),
    ]);
    const maker = commitMaker(emptyHead);
    for (let round = 0; round < 30; round += 1) await log.append(maker.next([`s-${round}`]));
    const names = (await ledger.indexes()).map(({ name }) => name);
    expect(new Set(names)).toEqual(new Set(['_id_', 'streams']));
    for (const question of [
      ledger.find({ streams: 's-3', _id: { $gte: 1 } } as object).sort({ _id: 1 }),
      ledger.find({ streams: 's-3' }).sort({ _id: -1 }).limit(1),
      ledger.find({ streams: { $in: ['s-3', 's-4'] } }),
      ledger.find().sort({ _id: -1 }).limit(1),
    ]) {
      const { executionStats } = await question.explain('executionStats');
      expect(executionStats.totalDocsExamined).toBeLessThanOrEqual(2);
    }
    await log.close();
    await store.close();
  });

  it('gives each position to exactly one of two writers, and deposes the other', async () => {
    const logs = [await openLog('two'), await openLog('two')];
    const maker = commitMaker(emptyHead);
    for (let round = 0; round < 20; round += 1) {
      const commits = logs.map((_, writer) => maker.next([`writer-${writer}`]));
      const outcomes = await Promise.all(
        logs.map((log, writer) => log.append(commits[writer] ?? maker.next([]))),
      );
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['appended', 'deposed']);
      const winner = commits[outcomes.findIndex(({ status }) => status === 'appended')];
      if (winner !== undefined) maker.keep(winner);
    }
    for (const log of logs) await log.close();
  });

  it('stores what design and documentation state: a long, and the texts that were hashed', async () => {
    const log = await openLog('shape');
    const commit = commitMaker(emptyHead).next(['a']);
    await log.append(commit);
    await log.close();
    const client = await mongod.client();
    const raw = client.db(databaseOf('shape')).collection('ledger', { promoteLongs: false });
    const stored = await raw.findOne({});
    expect(stored?._id).toEqual(Long.fromNumber(1));
    const { header, events, hash, streams } = (stored ?? {}) as Record<string, unknown>;
    expect(`${header}\t${events}\t${hash}`).toBe(encodeStoredCommit(commit));
    expect(streams).toEqual(commit.streams);
    expect(Object.keys(stored ?? {}).sort()).toEqual([
      ...['_id', 'events', 'hash', 'header', 'streams'],
    ]);
    await client.close();
  });

  it.each([
    ['an event', { $set: { events: '[]' } }],
    ['the header', { $set: { header: '{}' } }],
    ['the indexed streams', { $set: { streams: ['b'] } }],
    ['the type of the time', { $set: { at: '2026-01-01T00:00:00.000Z' } }],
    ['an epoch', { $set: { epoch: 7 } }],
    ['a field that is none', { $set: { note: 'x' } }],
    ['a missing field', { $unset: { hash: '' } }],
  ])('finds %s that was changed in the store', async (what, update) => {
    const database = `damage-${what.replaceAll(' ', '-')}`;
    const log = await openLog(database);
    const maker = commitMaker(emptyHead);
    for (let count = 0; count < 3; count += 1) {
      const commit = maker.next(['a']);
      await log.append(commit);
      maker.keep(commit);
    }
    const client = await mongod.client();
    await client
      .db(database)
      .collection('ledger')
      .updateOne({ _id: 2 as never }, update);
    await client.close();
    const found = await log
      .read({ from: 1, limit: 10 })
      .then((commits) => verifyChain(commits, emptyHead))
      .catch((error: { value: unknown }) => ({ status: 'thrown', position: error.value }));
    await log.close();
    if (found.status === 'damaged') expect(found).toMatchObject({ damage: { position: 2 } });
    else expect(found).toEqual({ status: 'thrown', position: 2 });
  });

  it.each([
    ['a number that is no long', 2.5],
    ['a position before the first', Long.fromNumber(0)],
    ['a text', 'note'],
  ])('finds a document beside the commits, under %s', async (what, _id) => {
    const database = `stray-${what.replaceAll(' ', '-')}`;
    const log = await openLog(database);
    await log.append(commitMaker(emptyHead).next(['a']));
    await log.close();
    const reader = await openEventLogReader(mongod.url(database), systemPorts().timers);
    expect(await reader.stray()).toBeNull();
    const client = await mongod.client();
    await client
      .db(databaseOf(database))
      .collection('ledger')
      .insertOne({ _id: _id as never });
    await client.close();
    expect(await reader.stray()).toMatchObject({ rule: 'P6' });
    await reader.close();
  });

  it('refuses a server that is no replica set, or not there, without showing the password', async () => {
    const url = 'mongodb://user:hunter2@127.0.0.1:1/x';
    const error = await connectMongodb(url).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'store-unreachable' });
    expect(String(error)).not.toContain('hunter2');
  });

  it('is read in one order: no answer is of an older moment than one before it', async () => {
    const client = await new MongoClient(mongod.url('causal'), {
      ...{ readConcern: { level: 'majority' }, writeConcern: { w: 'majority', journal: true } },
      monitorCommands: true,
    }).connect();
    const store = { db: client.db(), place: 'here', close: () => client.close() };
    const log = await openMongoEventLog(store, systemPorts().timers);
    const latest: Timestamp[] = [];
    const askedAfter: (Timestamp | undefined)[] = [];
    client.on('commandStarted', ({ commandName, command }) => {
      if (commandName === 'find') askedAfter.push(command['readConcern'].afterClusterTime);
    });
    client.on('commandSucceeded', ({ commandName, reply }) => {
      if (commandName === 'insert' || commandName === 'find') {
        latest.push((reply as { operationTime: Timestamp }).operationTime);
      }
    });
    const maker = commitMaker(emptyHead);
    for (let round = 0; round < 3; round += 1) {
      const commit = maker.next(['a']);
      expect(await log.append(commit)).toEqual({ status: 'appended' });
      maker.keep(commit);
      const written = latest.at(-1);
      expect((await log.head()).position).toBe(round + 1);
      expect(askedAfter.at(-1)?.greaterThanOrEqual(written ?? 0)).toBe(true);
      expect(await log.read({ from: round + 1, limit: 1 })).toHaveLength(1);
      expect(askedAfter.at(-1)?.greaterThanOrEqual(latest.at(-2) ?? 0)).toBe(true);
    }
    await log.close();
    await store.close();
  });

  it('that cannot be used is told at once: waiting would not mend it', async () => {
    const client = await mongod.client();
    const ledger = client.db(databaseOf('taken')).collection('ledger');
    await ledger.createIndex({ other: 1 }, { name: 'streams' });
    await expect(openEventStore(mongod.url('taken'), systemPorts().timers)).rejects.toMatchObject({
      code: 'store-unreachable',
      message: expect.stringMatching(/cannot be used: .*index/),
    });
    await client.close();
  });

  it('that is away is told as that, with the reason and without secrets', async () => {
    const store = await connectMongodb(mongod.url('away'));
    const log = await openMongoEventLog(store, systemPorts().timers);
    await store.close();
    for (const ask of [() => log.head(), () => log.read({ from: 1, limit: 1 })]) {
      await expect(ask()).rejects.toMatchObject({
        code: 'store-away',
        message: expect.stringContaining('cannot be read now'),
      });
    }
    await log.close();
  });
});

// Views made anew from the log, against reading it and parsing its JSON.
import { performance } from 'node:perf_hooks';
import { open as openLmdb } from 'lmdb';
import { Long, MongoClient } from 'mongodb';
import { recover } from '../apps/manager/src/leadership/recover.js';
import { headerTextOf, ledgerVerifier, type Commit } from '@oakring/events';
import {
  MemoryCheckpointStore,
  openEventStore,
  type EventLogReader,
  type EventStore,
} from '@oakring/stores';
import { systemPorts } from '@oakring/ports';
import type { LedgerDocument } from './ledger-floors.js';
import { history } from './ledger-history.js';

const replayEvents = 200_000;
const ports = systemPorts();

/** Events a second, of folding and of verifying, and as shares of what reading and parsing alone does. */
export async function replay(
  address: string,
  perCommit: number,
): Promise<Record<'folded' | 'verified', { perSecond: number; ratio: number }>> {
  const events = perCommit === 1 ? replayEvents / 10 : replayEvents;
  const store = await openEventStore(address, ports.timers);
  await fill(store, events, perCommit);
  const folded = await bestOf(3, async () => {
    const { replayedEvents } = await recover(store.log, new MemoryCheckpointStore(), 'bench');
    return replayedEvents;
  });
  const verified = await bestOf(3, () => verify(store.log));
  await store.close();
  const floor = await bestOf(3, () => readBare(address));
  return {
    folded: { perSecond: folded, ratio: folded / floor },
    verified: { perSecond: verified, ratio: verified / floor },
  };
}

async function verify(log: EventLogReader): Promise<number> {
  const verifier = ledgerVerifier({ trust: null });
  const { position: end } = await log.head();
  for (let from = 1; from <= end;) {
    for (const commit of await log.read({ from, limit: 500 })) {
      const damage = verifier.next(commit);
      if (damage !== null) throw new Error(JSON.stringify(damage));
      from = commit.position + 1;
    }
  }
  return verifier.report().events;
}

async function bestOf(times: number, work: () => Promise<number>): Promise<number> {
  let best = 0;
  for (let round = 0; round < times; round += 1) {
    const since = performance.now();
    const events = await work();
    best = Math.max(best, (events / (performance.now() - since)) * 1000);
  }
  return best;
}

async function fill(store: EventStore, events: number, perCommit: number): Promise<void> {
  const documents: LedgerDocument[] = [];
  for (const commit of history({ events, perCommit, sealEvery: 0 })) {
    if (store.mongodb === null) await store.log.append(commit);
    else documents.push(documentOf(commit));
  }
  const ledger = store.mongodb?.db.collection<LedgerDocument>('ledger');
  for (let from = 0; from < documents.length; from += 500) {
    await ledger?.insertMany(documents.slice(from, from + 500));
  }
}

function documentOf(commit: Commit): LedgerDocument {
  const { position, streams, events, hash } = commit;
  return { _id: Long.fromNumber(position), header: headerTextOf(commit), streams, events, hash };
}

async function readBare(address: string): Promise<number> {
  let events = 0;
  if (!address.startsWith('mongodb:')) {
    const root = openLmdb({ path: address, maxDbs: 4 });
    const commits = root.openDB({ name: 'commits', encoding: 'string' });
    for (const { value } of commits.getRange()) {
      const [header, list] = String(value).split('\t');
      JSON.parse(header ?? '');
      events += JSON.parse(list ?? '').length;
    }
    await root.close();
    return events;
  }
  const client = await new MongoClient(address, { readConcern: { level: 'majority' } }).connect();
  const found = client.db().collection<LedgerDocument>('ledger').find().sort({ _id: 1 });
  for await (const document of found) {
    JSON.parse(document.header);
    events += JSON.parse(document.events).length;
  }
  await client.close();
  return events;
}

// Views made anew from the log, against reading it and parsing its JSON.
import { performance } from 'node:perf_hooks';
import { open as openLmdb } from 'lmdb';
import { Long, MongoClient } from 'mongodb';
import { recover } from '../apps/manager/src/leadership/recover.js';
import {
  clusterStream,
  emptyHead,
  encodeEvent,
  headOf,
  headerTextOf,
  ledgerVerifier,
  nodeStream,
  sealCommit,
  type Commit,
} from '@oakring/events';
import {
  MemoryCheckpointStore,
  openEventStore,
  type EventLogReader,
  type EventStore,
} from '@oakring/stores';
import { systemPorts } from '@oakring/ports';
import type { LedgerDocument } from './ledger-floors.js';

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

/** Nodes that go silent and come back: events that change a view each. */
async function fill(store: EventStore, events: number, perCommit: number): Promise<void> {
  let head = emptyHead;
  const versions = new Map<string, number>();
  const documents: Commit[] = [];
  const keep = async (commit: Commit): Promise<void> => {
    head = headOf(commit);
    if (store.mongodb === null) await store.log.append(commit);
    else documents.push(commit);
  };
  await keep(opening());
  for (let made = 0; made < events; made += perCommit) {
    const texts: string[] = [];
    const streams = new Set<string>();
    for (let index = 0; index < perCommit; index += 1) {
      const stream = nodeStream(`n${(made + index) % 50}`);
      const version = (versions.get(stream) ?? 0) + 1;
      versions.set(stream, version);
      streams.add(stream);
      const type = version % 2 === 0 ? 'NodeBecameReady' : 'NodeSuspected';
      const event = { stream, type, data: { reason: 'no message for 6 s' } } as const;
      texts.push(encodeEvent(event, version, { by: stream, cause: `message:${stream}/status` }));
    }
    const commit = sealCommit(head, {
      epoch: 1,
      commitId: `c${made}`,
      at: 1_700_000_000_000 + made,
      streams: [...streams].sort((a, b) => (a < b ? -1 : 1)),
      commands: [],
      events: texts,
    });
    await keep(commit);
  }
  const ledger = store.mongodb?.db.collection<LedgerDocument>('ledger');
  for (let from = 0; from < documents.length; from += 500) {
    const page = documents.slice(from, from + 500).map((commit) => ({
      _id: Long.fromNumber(commit.position),
      header: headerTextOf(commit),
      ...{ streams: commit.streams, events: commit.events, hash: commit.hash },
    }));
    await ledger?.insertMany(page);
  }
}

/** A history begins with its cluster and its first leadership. */
function opening(): Commit {
  const stream = clusterStream;
  const founded = { clusterId: 'bench', name: 'bench', location: '' };
  const opened = { epoch: 1, software: 's', host: 'h', pid: 1, url: null, signingKey: null };
  const origin = { by: 'manager/leadership', cause: 'lease:1' };
  return sealCommit(emptyHead, {
    ...{ epoch: 1, commitId: 'opening', at: 1_699_999_999_999, streams: [stream], commands: [] },
    events: [
      encodeEvent({ stream, type: 'ClusterFounded', data: founded }, 1, origin),
      encodeEvent({ stream, type: 'EpochOpened', data: opened }, 2, origin),
    ],
  });
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

// Ledgers of any length for measuring what reads them: made commit by commit, sealed as a manager seals.
// As a program it writes one on lmdb: node --import ./infra/typescript/register-built.js
//   bench/ledger-history.ts <folder> <events> [events a commit]
import {
  checkpointsStream,
  clusterStream,
  emptyFrontier,
  emptyHead,
  encodeEvent,
  encodeStoredCommit,
  headOf,
  nodeStream,
  ownCatalogue,
  rootOf,
  sealCommit,
  sealsStream,
  signCheckpoint,
  withLeaf,
  type Commit,
  type DomainEvent,
} from '@oakring/events';
import { freshKey } from '@oakring/events/testing';
import { openLmdbEventLog, streamVersionsOf } from '@oakring/stores';
import { open as openLmdb, type Key } from 'lmdb';

const origin = { by: 'manager/leadership', cause: 'lease:1' };
const key = freshKey();
/** Each of its own: whoever verifies one after the other is not told that a ledger was rewritten. */
const clusterId = `bench-${key.fingerprint.slice(0, 8)}`;

interface History {
  /** How many, but for those about the ledger itself. */
  readonly events: number;
  readonly perCommit: number;
  /** A seal after so many commits; 0: none. */
  readonly sealEvery: number;
}

/** Nodes that go silent and come back: events that change a view each. */
export function* history({ events, perCommit, sealEvery }: History): Generator<Commit> {
  const log = new Chain();
  yield log.opening(sealEvery > 0);
  for (let made = 0; made < events; made += perCommit) {
    const said: DomainEvent[] = [];
    for (let index = made; index < made + perCommit; index += 1) {
      const stream = nodeStream(`n${index % 50}`);
      const type = Math.floor(index / 50) % 2 === 0 ? 'NodeSuspected' : 'NodeBecameReady';
      said.push({ stream, type, data: { reason: 'no message for 6 s' } });
    }
    yield log.commit(said, 1_700_000_000_000 + made);
    if (sealEvery > 0 && log.head.position % sealEvery === 0) yield log.seal();
  }
  if (sealEvery > 0) yield log.seal();
}

class Chain {
  head = emptyHead;
  private tree = emptyFrontier;
  private readonly versions = new Map<string, number>();

  /** A history begins with its cluster and its first leadership. */
  opening(withKey: boolean): Commit {
    const stream = clusterStream;
    const { publicKey, fingerprint } = key;
    const catalogue = { stream: sealsStream, type: 'CatalogueChanged', data: ownCatalogue() };
    const opened = { epoch: 1, software: 's', host: 'h', pid: 1, url: null, signingKey: null };
    const presented = { publicKey, fingerprint, founding: true };
    return this.commit(
      [
        { stream, type: 'ClusterFounded', data: { clusterId, name: 'bench', location: '' } },
        { stream, type: 'EpochOpened', data: opened },
        catalogue as DomainEvent,
        ...(withKey
          ? [{ stream: sealsStream, type: 'KeyPresented', data: presented } as DomainEvent]
          : []),
      ],
      1_699_999_999_999,
    );
  }

  seal(): Commit {
    const { position, hash, epoch, at } = this.head;
    const statement = { clusterId, position, hash, epoch, merkleRoot: rootOf(this.tree) };
    const note = signCheckpoint({ ...statement, keyEvents: 2 }, key);
    return this.commit(
      [{ stream: checkpointsStream, type: 'CheckpointSigned', data: { note } } as DomainEvent],
      at,
    );
  }

  commit(events: readonly DomainEvent[], at: number): Commit {
    const streams = new Set<string>();
    const texts = events.map((event) => {
      const { stream }: { stream: string } = event;
      const version = (this.versions.get(stream) ?? 0) + 1;
      this.versions.set(stream, version);
      streams.add(stream);
      const isOfNode = stream.startsWith('nodes/');
      const told = isOfNode ? { by: stream, cause: `message:${stream}/status` } : origin;
      return encodeEvent(event, version, told);
    });
    const commit = sealCommit(this.head, {
      epoch: 1,
      commitId: `commit-${this.head.position + 1}`,
      at,
      streams: [...streams].sort((a, b) => (a < b ? -1 : 1)),
      commands: [],
      events: texts,
    });
    this.head = headOf(commit);
    this.tree = withLeaf(this.tree, commit.hash);
    return commit;
  }
}

/** A commit at a time on the disk would take hours: what is written here may be lost, and is written again. */
async function write(folder: string, events: number, perCommit: number): Promise<void> {
  await (await openLmdbEventLog(folder)).close();
  const root = openLmdb({ path: folder, maxDbs: 4, noSync: true, eventTurnBatching: false });
  const commits = root.openDB<string, number>({ name: 'commits', encoding: 'string' });
  const streams = root.openDB<number, Key>({ name: 'streams', encoding: 'ordered-binary' });
  let written: Promise<unknown> = Promise.resolve();
  let position = 0;
  for (const commit of history({ events, perCommit, sealEvery: 500 })) {
    ({ position } = commit);
    written = commits.put(position, encodeStoredCommit(commit));
    for (const [stream, version] of streamVersionsOf(commit)) {
      written = streams.put([stream, position], version);
    }
    if (position % 200 === 0) await written;
  }
  await written;
  await root.close();
  console.log(`${position} commits in ${folder}; signed by ${key.fingerprint}`);
}

if (process.argv[1] === import.meta.filename) {
  const [folder, events = '10000000', perCommit = '100'] = process.argv.slice(2);
  if (folder === undefined) throw new Error('Name the folder that it is written to.');
  await write(folder, Number(events), Number(perCommit));
}

import { errorCatalogue, shownUrl, withoutCredentials } from '@oakring/contracts';
import { LogDamaged, newerIn } from '@oakring/events';
import { badFinding, judgeClock, shownBytes, type Finding } from '@oakring/host';
import type { Ports } from '@oakring/ports';
import type { Db, Document } from 'mongodb';
import { commitFrom } from '../log/mongodb/commit-document.js';
import { ledgerCollection } from '../log/mongodb/mongo-event-log.js';
import { connectMongodb, timeOf, writeLimit, type MongoStore } from '../mongodb/connect-mongodb.js';

const part = 'mongodb';
/** The first that knows `hello`, by which its set is told. */
const oldestVersion = [5, 0] as const;
/** What docs/several-managers.md recommends, with room for what others chose on purpose. */
const longElectionMs = 5_000;
/** Above it a leader states a longer lease, and is missed for longer. */
const slowWriteMs = 500;
const fewestFreeBytes = 1_024 * 1_048_576;

type Clocked = Pick<Ports, 'clock'>;

/** A MongoDB as the place of a ledger: connects as a manager does, and then looks at what it may see. Writes nothing. */
export async function examineMongodb(
  url: string,
  ports: Clocked,
  mostClockErrorMs: number,
): Promise<readonly Finding[]> {
  let store: MongoStore;
  try {
    store = await connectMongodb(url);
  } catch (error) {
    return [badFinding(part, `MongoDB at ${shownUrl(url)} (OAKRING_STORE)`, error)];
  }
  const { db, place } = store;
  const about = { part, looked: `MongoDB at ${place} (OAKRING_STORE)` };
  try {
    const { setName } = await db.admin().command({ hello: 1 });
    return [
      { ...about, level: 'ok', seen: `replica set ${setName}, and it lets us in` },
      ...(
        await Promise.all([
          looking('its version', () => versionOf(db)),
          looking('its journal', () => configurationOf(db)),
          looking('its members', () => membersOf(db)),
          looking('its ledger', () => ledgerIn(db)),
          looking('a write to a majority', () => writeIn(db, ports)),
          looking('its disk', () => roomOf(db)),
          looking('its clock', () => clockOf(store, ports, mostClockErrorMs)),
        ])
      ).flat(),
    ];
  } catch (error) {
    return [badFinding(part, about.looked, error)];
  } finally {
    await store.close();
  }
}

/** What a user may not see, or a server does not tell, is not looked at. */
async function looking(
  looked: string,
  look: () => Promise<Finding | readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return [await look()].flat();
  } catch (error) {
    const reason = withoutCredentials(error instanceof Error ? error.message : String(error));
    const remedy =
      'The role clusterMonitor lets the user of OAKRING_STORE see it; a start needs it not.';
    return [{ part, level: 'unknown', looked, seen: reason, remedy }];
  }
}

async function versionOf(db: Db): Promise<Finding> {
  const { version } = await db.admin().command({ buildInfo: 1 });
  const [major = 0, minor = 0] = String(version).split('.').map(Number);
  const [oldMajor, oldMinor] = oldestVersion;
  const isOld = major < oldMajor || (major === oldMajor && minor < oldMinor);
  const about = { part, looked: 'version of MongoDB', seen: String(version) };
  if (!isOld) return { ...about, level: 'ok' };
  return { ...about, level: 'bad', remedy: `Use ${oldMajor}.${oldMinor} or later.` };
}

/** The newest commit is of the newest release that there was. */
async function ledgerIn(db: Db): Promise<Finding> {
  const about = { part, looked: 'ledger in it' };
  const [head] = await db.collection(ledgerCollection).find().sort({ _id: -1 }).limit(1).toArray();
  if (head === undefined) return { ...about, level: 'ok', seen: 'none yet: a start founds one' };
  const position = Number(head['_id']);
  const decoded = commitFrom(head, position);
  const problem = decoded.status === 'damaged' ? decoded.damage : newerIn(decoded.commit);
  if (problem === null)
    return { ...about, level: 'ok', seen: `${position} commits, the newest is sound` };
  const { code, message } = new LogDamaged('it', problem);
  return { ...about, level: 'bad', seen: message, remedy: errorCatalogue[code].remedy };
}

/** A configuration that forgets the journal is refused when we connect; this one is of what it costs. */
async function configurationOf(db: Db): Promise<readonly Finding[]> {
  const { config } = await db.admin().command({ replSetGetConfig: 1 });
  const { settings = {}, members = [], writeConcernMajorityJournalDefault: isJournaled } = config;
  const journal: Finding = {
    part,
    level: isJournaled === false ? 'bad' : 'ok',
    looked: 'writeConcernMajorityJournalDefault',
    seen: String(isJournaled ?? true),
  };
  const waitMs = Number(settings.electionTimeoutMillis ?? 10_000);
  if (members.length < 2) return [journal];
  const about = { part, looked: 'electionTimeoutMillis', seen: `${waitMs}` };
  if (waitMs <= longElectionMs) return [journal, { ...about, level: 'ok' }];
  const remedy =
    'Nothing is committed for so long when its primary dies: 2000 is right on one site (docs/several-managers.md).';
  return [journal, { ...about, level: 'warning', remedy }];
}

async function membersOf(db: Db): Promise<Finding> {
  const { members } = await db.admin().command({ replSetGetStatus: 1 });
  return judgeMembers(members);
}

/** Of `replSetGetStatus`. */
export function judgeMembers(members: readonly Document[]): Finding {
  const named = members.map(({ name, stateStr }) => `${name} ${stateStr}`).join(', ');
  const about = { part, looked: 'members of the replica set', seen: named };
  const away = members.filter(({ stateStr }) => !/^(PRIMARY|SECONDARY|ARBITER)$/.test(stateStr));
  if (away.length > 0) {
    const remedy = `Mend ${away.map(({ name }) => name).join(', ')}: with one more away there may be no majority.`;
    return { ...about, level: 'warning', remedy };
  }
  if (members.some(({ stateStr }) => stateStr === 'ARBITER')) {
    const remedy =
      'Replace arbiters by members that hold data: a majority of votes that is none of copies answers no commit.';
    return { ...about, level: 'warning', remedy };
  }
  if (members.length === 2) {
    const remedy = 'Add a third member: of two none may be away.';
    return { ...about, level: 'warning', remedy };
  }
  // One is right for one site: nothing to be done about what it is not for.
  return { ...about, level: 'ok' };
}

/** Says that we may write and that a majority has it: of a document that nobody has, so that nothing changes. */
async function writeIn(db: Db, { clock }: Clocked): Promise<Finding> {
  const startMs = clock.monotonicMs();
  const looked = 'a write to a majority, journalled';
  try {
    const nobody = db.collection<{ readonly _id: string }>('lease');
    await nobody.updateOne({ _id: 'oakring-doctor' }, { $set: { doctor: true } }, writeLimit);
  } catch (error) {
    const reason = withoutCredentials(error instanceof Error ? error.message : String(error));
    const remedy =
      'Give the user of OAKRING_STORE the role readWrite there, and the set a majority of its members.';
    return { part, level: 'bad', looked, seen: reason, remedy };
  }
  const tookMs = clock.monotonicMs() - startMs;
  const about = { part, looked, seen: `${tookMs.toFixed(1)} ms` };
  if (tookMs < slowWriteMs) return { ...about, level: 'ok' };
  const remedy =
    'Look at the disks of its members and at the network between: each order waits for two of them.';
  return { ...about, level: 'warning', remedy };
}

async function roomOf(db: Db): Promise<Finding> {
  const { fsTotalSize: total, fsUsedSize: used } = await db.command({ dbStats: 1 });
  const looked = "room on the primary's disk";
  if (typeof total !== 'number' || typeof used !== 'number') {
    return { part, level: 'unknown', looked, seen: 'it does not say' };
  }
  const seen = `${shownBytes(total - used)} of ${shownBytes(total)} free`;
  if (total - used >= fewestFreeBytes) return { part, level: 'ok', looked, seen };
  const remedy = 'Make room on each member: a full disk ends its mongod.';
  return { part, level: 'warning', looked, seen, remedy };
}

async function clockOf(store: MongoStore, { clock }: Clocked, mostMs: number): Promise<Finding> {
  const sentMs = clock.monotonicMs();
  const hereMs = clock.wallMs();
  const thereMs = await timeOf(store);
  const uncertainMs = (clock.monotonicMs() - sentMs) / 2;
  const aheadMs = hereMs + uncertainMs - thereMs;
  return judgeClock({ aheadMs, uncertainMs, mostMs }, 'MongoDB');
}

import { OakringError, shownUrl, withoutCredentials } from '@oakring/contracts';
import { MongoClient, MongoServerSelectionError, type Db } from 'mongodb';
import { contradictionsIn, contradictionsOf } from './refuse-options.js';

/** Name of the database when the URL has none. */
const defaultDatabase = 'oakring';
/** A stalled server: the driver's defaults hang for 40 to 62 s, and its `timeoutMS` does nothing. */
const operationMs = 2_000;
/**
 * Slow is not away: the server itself ends the waiting for a majority, before the line counts as
 * dead, and what was written is settled by reading. `wtimeoutMS` bounds the waiting for the others,
 * `maxTimeMS` everything, the server's own disk included.
 */
const majorityWithinMs = 1_000;
export const writeLimit = { maxTimeMS: 1_500 };

export interface MongoStore {
  readonly db: Db;
  /** The URL without what is secret in it. */
  readonly place: string;
  close(): Promise<void>;
}

/**
 * Connects to a replica set (one member is enough) and checks that it can keep a ledger. Throws
 * `store-unreachable` or `store-unsuitable`.
 */
export async function connectMongodb(url: string): Promise<MongoStore> {
  const place = shownUrl(url);
  refuse(place, contradictionsIn(url));
  let client: MongoClient | undefined;
  try {
    client = new MongoClient(url, {
      appName: 'oakring',
      writeConcern: { w: 'majority', journal: true, wtimeoutMS: majorityWithinMs },
      readConcern: { level: 'majority' },
      readPreference: 'primary',
      // The table of unclear outcomes (log/settle-append.ts) is the retry.
      retryWrites: false,
      retryReads: false,
      socketTimeoutMS: operationMs,
      connectTimeoutMS: operationMs,
      serverSelectionTimeoutMS: operationMs,
      heartbeatFrequencyMS: 500,
      serverMonitoringMode: 'poll',
      ignoreUndefined: true,
    });
    refuse(place, contradictionsOf(client.options));
    await client.connect();
    const db = client.db(databaseOf(url));
    await refuseUnsuitable(db, place);
    const opened = client;
    return { db, place, close: () => opened.close() };
  } catch (error) {
    await client?.close();
    if (error instanceof OakringError) throw error;
    throw storeUnusable(place, error);
  }
}

/** We do not get in, or may not do there what we need. */
export function storeUnusable(place: string, error: unknown): OakringError {
  const reason = error instanceof Error ? error.message : String(error);
  return new OakringError(
    {
      code: 'store-unreachable',
      detail: `MongoDB at ${place} (OAKRING_STORE) cannot be used: ${withoutCredentials(reason)}.${newSetHint(error)}`,
      field: 'OAKRING_STORE',
      value: place,
    },
    { cause: error },
  );
}

/** A member that was never told of its set answers everything, but for who leads. */
function newSetHint(error: unknown): string {
  if (!(error instanceof MongoServerSelectionError)) return '';
  const servers = [...(error.reason?.servers.values() ?? [])];
  const ghost = servers.find(({ type }) => type === 'RSGhost');
  if (ghost === undefined) return '';
  return ` ${ghost.address} is in no replica set yet: run rs.initiate() there, once.`;
}

/** What time it is there, by the primary's clock. */
export async function timeOf({ db }: Pick<MongoStore, 'db'>): Promise<number> {
  const { localTime } = await db.admin().command({ hello: 1 });
  return localTime instanceof Date ? localTime.getTime() : Number.NaN;
}

/** The database that a URL names. By hand: with several hosts it is no URL to the platform's parser. */
export function databaseOf(url: string): string {
  const [, name] = /^[a-z+]+:\/\/[^/?]+\/([^?]+)/.exec(url) ?? [];
  return name === undefined ? defaultDatabase : decodeURIComponent(name);
}

/** A lone server has no majority to wait for; without the journal a majority may forget. */
async function refuseUnsuitable(db: Db, place: string): Promise<void> {
  const hello = await db.admin().command({ hello: 1 });
  if (typeof hello['setName'] !== 'string') {
    throw unsuitable(place, 'it is not a replica set; start it with --replSet and initiate it');
  }
  const reply = await db
    .admin()
    .command({ replSetGetConfig: 1 })
    .catch(() => null);
  // A user who may not read the configuration still gets `j: true` on every write.
  if (reply?.['config']?.['writeConcernMajorityJournalDefault'] === false) {
    throw unsuitable(place, 'its writeConcernMajorityJournalDefault is false');
  }
}

function refuse(place: string, contradictions: readonly string[]): void {
  if (contradictions.length > 0) throw unsuitable(place, contradictions.join('; '));
}

function unsuitable(place: string, reason: string): OakringError {
  return new OakringError({
    code: 'store-unsuitable',
    detail: `MongoDB at ${place} (OAKRING_STORE) cannot keep a ledger: ${reason}.`,
    field: 'OAKRING_STORE',
    value: place,
  });
}

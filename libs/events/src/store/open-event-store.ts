import { OakringError } from '@oakring/contracts';
import type { Timers } from '@oakring/ports';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { LeaseStore } from '../lease/lease-store.port.js';
import { openMongoLeaseStore } from '../lease/mongodb/mongo-lease-store.js';
import { openLmdbLedger } from '../log/lmdb/lmdb-ledger.js';
import { openLmdbEventLog } from '../log/lmdb/lmdb-event-log.js';
import type { EventLogReader, EventLogWriter } from '../log/event-log.port.js';
import { openMongoEventLog, readMongoEventLog } from '../log/mongodb/mongo-event-log.js';
import {
  connectMongodb,
  storeUnusable,
  timeOf,
  type MongoStore,
} from '../mongodb/connect-mongodb.js';
import { isStoreAway, mayPass, storeAway } from '../mongodb/mongo-errors.js';
import { sharedSecret } from '../mongodb/shared-secret.js';

/** A ledger's store, open for a manager. */
export interface EventStore {
  readonly log: EventLogWriter;
  /** Null: a folder, which has one manager by its lock. */
  readonly leases: LeaseStore | null;
  /** Where it is, for messages: never with a password. */
  readonly place: string;
  /** The secret that all managers of the store share; null: a folder, whose manager has its own. */
  readonly secret: Buffer | null;
  /** What time it is there, milliseconds since 1970; null: a folder has no clock of its own. */
  readonly time: (() => Promise<number>) | null;
  /** What else is kept in the same database; null: a folder. */
  readonly mongodb: MongoStore | null;
  /**
   * Why nothing can be appended now; null when nothing is known to be in the way. MongoDB tells by
   * the lease, which is written there every half second.
   */
  obstacle(): Promise<string | null>;
  /** Rejects with `log-damaged` when damage is found where the start did not look. */
  readonly failed: Promise<never>;
  close(): Promise<void>;
}

const mongoUrl = /^mongodb(\+srv)?:\/\//;

/** Whether an address of OAKRING_STORE is a MongoDB URL; otherwise it is a folder. */
export function isMongoUrl(address: string): boolean {
  return mongoUrl.test(address);
}

/** The address of OAKRING_STORE: a MongoDB URL, or an absolute folder, `<data>/ledger` when empty. */
export function storeAddressOf(store: string, dataFolder: string): string {
  if (store === '') return join(dataFolder, 'ledger');
  return isMongoUrl(store) ? store : resolve(store);
}

/**
 * Opens the store at `address`: a MongoDB URL, or a folder, which is made when it is missing and
 * whose lock is the caller's business. Throws `store-unreachable`, `store-unsuitable`,
 * `data-folder-unusable` or `log-damaged`.
 */
export async function openEventStore(address: string, timers: Timers): Promise<EventStore> {
  if (!isMongoUrl(address)) {
    const ledger = await openLmdbLedger(address, timers);
    const obstacle = (): Promise<string | null> => ledger.log.obstacle();
    const elsewhere = { leases: null, secret: null, time: null, mongodb: null };
    return { ...ledger, ...elsewhere, obstacle, place: address };
  }
  const mongodb = await connectMongodb(address);
  try {
    const log = await openMongoEventLog(mongodb, timers);
    return {
      log,
      leases: openMongoLeaseStore(mongodb),
      place: mongodb.place,
      secret: await sharedSecret(mongodb),
      time: () => timeOf(mongodb),
      mongodb,
      obstacle: () => Promise.resolve(null),
      failed: new Promise(() => {}),
      close: async () => {
        await log.close();
        await mongodb.close();
      },
    };
  } catch (error) {
    await mongodb.close();
    if (!isStoreAway(error)) throw error;
    const { place } = mongodb;
    throw mayPass(error) ? storeAway(place, error) : storeUnusable(place, error);
  }
}

/**
 * Opens the log at `address` for reading only, beside a running manager. Nothing is made. Throws as
 * `openEventStore`, and `data-folder-unusable` when there is no such folder.
 */
export async function openEventLogReader(
  address: string,
  timers: Timers,
): Promise<EventLogReader & { readonly place: string }> {
  if (isMongoUrl(address)) {
    const store = await connectMongodb(address);
    const log = readMongoEventLog(store, timers);
    return readerOf(log, store.place, async () => {
      await log.close();
      await store.close();
    });
  }
  if (!existsSync(address)) {
    throw new OakringError({
      code: 'data-folder-unusable',
      detail: `There is no ledger in ${address}: the folder does not exist.`,
      field: 'OAKRING_STORE',
      value: address,
    });
  }
  const log = await openLmdbEventLog(address);
  return readerOf(log, address, () => log.close());
}

function readerOf(
  log: EventLogReader,
  place: string,
  close: () => Promise<void>,
): EventLogReader & { readonly place: string } {
  return {
    place,
    head: () => log.head(),
    read: (query) => log.read(query),
    close,
  };
}

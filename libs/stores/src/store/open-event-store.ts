import { OakringError } from '@oakring/contracts';
import type { Timers } from '@oakring/ports';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openLmdbLedger } from '../log/lmdb/lmdb-ledger.js';
import { openLmdbEventLog } from '../log/lmdb/lmdb-event-log.js';
import type { EventStore, OpenReader } from './event-store.port.js';
import { restoreMarksIn } from './folder-restore-marks.js';

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
 * `data-folder-unusable`, `log-damaged`, or `restore-unfinished` where half a backup lies.
 */
export async function openEventStore(address: string, timers: Timers): Promise<EventStore> {
  const store = await openStoreForRestore(address, timers);
  try {
    await refuseHalfRestored(store);
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Throws `restore-unfinished` where a backup is being put into a store, or was not to its end. */
export async function refuseHalfRestored({
  restoring,
  log,
  place,
}: Pick<EventStore, 'log' | 'place'> & {
  readonly restoring: Pick<EventStore['restoring'], 'read'>;
}): Promise<void> {
  const mark = await restoring.read();
  if (mark === null) return;
  const { position: reached } = await log.head();
  throw unfinished(place, reached, mark.position);
}

/** As `openEventStore`, also where a restore was begun and did not end: for whoever goes on with it. */
export async function openStoreForRestore(address: string, timers: Timers): Promise<EventStore> {
  if (!isMongoUrl(address)) {
    const ledger = await openLmdbLedger(address, timers);
    const obstacle = (): Promise<string | null> => ledger.log.obstacle();
    const elsewhere = { leases: null, secret: null, keepSecret: null, time: null, mongodb: null };
    const restoring = restoreMarksIn(address);
    return { ...ledger, ...elsewhere, restoring, obstacle, place: address };
  }
  // The driver is large: loaded only where it is used.
  const { openMongoStore } = await import('./mongo-event-store.js');
  return openMongoStore(address, timers);
}

/**
 * Opens the log at `address` for reading only, beside a running manager. Nothing is made. Throws as
 * `openEventStore`, and `data-folder-unusable` when there is no such folder.
 */
export async function openEventLogReader(address: string, timers: Timers): Promise<OpenReader> {
  if (isMongoUrl(address)) {
    const { openMongoReader } = await import('./mongo-event-store.js');
    return openMongoReader(address, timers);
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
  return {
    place: address,
    head: () => log.head(),
    read: (query) => log.read(query),
    // Its file is read page by page where that is asked (walk-ledger.ts).
    stray: async () => null,
    close: () => log.close(),
  };
}

function unfinished(place: string, reached: number, of: number): OakringError {
  const detail =
    `A restore into ${place} did not end: ${reached} of ${of} commits of a backup are there, ` +
    'which is no ledger to go on with.';
  return new OakringError({ code: 'restore-unfinished', detail, value: place });
}

/** Whether a store that could not be opened may answer when it is asked again. */
export async function mayOpenLater({ code, cause }: OakringError): Promise<boolean> {
  if (code !== 'store-unreachable') return code === 'store-away';
  const { mayPass } = await import('../mongodb/mongo-errors.js');
  return mayPass(cause);
}

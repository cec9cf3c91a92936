import type { Timers } from '@oakring/ports';
import { openMongoLeaseStore } from '../lease/mongodb/mongo-lease-store.js';
import { openMongoEventLog, readMongoEventLog } from '../log/mongodb/mongo-event-log.js';
import { connectMongodb, storeUnusable, timeOf } from '../mongodb/connect-mongodb.js';
import { isStoreAway, mayPass, storeAway } from '../mongodb/mongo-errors.js';
import { replaceSecret, sharedSecret } from '../mongodb/shared-secret.js';
import type { EventStore, OpenReader } from './event-store.port.js';
import { mongoRestoreMarks } from './mongo-restore-marks.js';

/** A store in MongoDB, for a manager. */
export async function openMongoStore(url: string, timers: Timers): Promise<EventStore> {
  const mongodb = await connectMongodb(url);
  try {
    const log = await openMongoEventLog(mongodb, timers);
    return {
      log,
      leases: openMongoLeaseStore(mongodb),
      place: mongodb.place,
      secret: await sharedSecret(mongodb),
      keepSecret: (secret) => replaceSecret(mongodb, secret),
      time: () => timeOf(mongodb),
      mongodb,
      restoring: mongoRestoreMarks(mongodb),
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

/** The log in MongoDB, for reading only. */
export async function openMongoReader(url: string, timers: Timers): Promise<OpenReader> {
  const store = await connectMongodb(url);
  const log = readMongoEventLog(store, timers);
  return {
    place: store.place,
    head: () => log.head(),
    read: (query) => log.read(query),
    stray: () => log.stray(),
    close: async () => {
      await log.close();
      await store.close();
    },
  };
}

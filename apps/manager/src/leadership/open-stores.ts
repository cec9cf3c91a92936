import { join } from 'node:path';
import {
  lockFolder,
  openLmdbCheckpointStore,
  openLmdbEventLog,
  type CheckpointStore,
  type EventLogWriter,
  type LeaseStore,
} from '@oakring/events';
import type { ManagerSettings } from '../config/manager-settings.js';
import { recover, type Recovered } from './recover.js';

/** What a manager has under its hands, leading or not. */
export interface Stores {
  readonly log: EventLogWriter;
  /** Null: a folder, which has one manager. */
  readonly leases: LeaseStore | null;
  /** Where the log is, for messages. */
  readonly place: string;
  readonly checkpoints: CheckpointStore;
  readonly recovered: Recovered;
  close(): Promise<void>;
}

/**
 * Takes the data folder and reads what there is, in the order that damages nothing. Throws
 * `data-folder-in-use`, `data-folder-unusable` or `log-damaged`; nothing is changed then.
 */
export async function openStores(settings: ManagerSettings, pid: number): Promise<Stores> {
  const closing: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const step of closing.toReversed()) await step();
  };
  const holder = { pid, what: 'oakring up' };
  try {
    const lock = await lockFolder(settings.dataFolder, holder);
    closing.push(() => lock.release());
    if (settings.ledgerFolder !== join(settings.dataFolder, 'ledger')) {
      const other = await lockFolder(settings.ledgerFolder, holder);
      closing.push(() => other.release());
    }
    const log = await openLmdbEventLog(settings.ledgerFolder);
    closing.push(() => log.close());
    const checkpoints = await openLmdbCheckpointStore(join(settings.dataFolder, 'views'));
    closing.push(() => checkpoints.close());
    const place = settings.ledgerFolder;
    const recovered = await recover(log, checkpoints, place);
    return { log, leases: null, place, checkpoints, recovered, close };
  } catch (error) {
    await close();
    throw error;
  }
}

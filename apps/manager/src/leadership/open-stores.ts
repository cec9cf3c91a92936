import { join } from 'node:path';
import {
  isMongoUrl,
  openEventStore,
  openLmdbCheckpointStore,
  type CheckpointStore,
  type EventStore,
} from '@oakring/events';
import { lockFolder } from '@oakring/host';
import type { Ports } from '@oakring/ports';
import type { ManagerSettings } from '../config/manager-settings.js';
import { removeOtherVersions, versioned } from '../views/versioned-folder.js';
import { recover, type Recovered } from './recover.js';

/** What a manager has under its hands, leading or not. */
export interface Stores extends EventStore {
  readonly checkpoints: CheckpointStore;
  readonly recovered: Recovered;
}

/**
 * Takes the data folder and reads what there is, in the order that damages nothing. Throws
 * `data-folder-in-use`, `log-damaged`, or as `openEventStore`; nothing is changed then.
 */
export async function openStores(
  settings: ManagerSettings,
  pid: number,
  ports: Ports,
): Promise<Stores> {
  const closing: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const step of closing.toReversed()) await step();
  };
  const holder = { pid, what: 'oakring up' };
  try {
    const lock = await lockFolder(settings.dataFolder, holder);
    closing.push(() => lock.release());
    const { storeAddress } = settings;
    const isElsewhere = storeAddress !== join(settings.dataFolder, 'ledger');
    if (isElsewhere && !isMongoUrl(storeAddress)) {
      const other = await lockFolder(storeAddress, holder);
      closing.push(() => other.release());
    }
    const store = await openEventStore(storeAddress, ports.timers);
    closing.push(() => store.close());
    const checkpoints = await openLmdbCheckpointStore(versioned(settings.dataFolder, 'views'));
    closing.push(() => checkpoints.close());
    const recovered = await recover(store.log, checkpoints, store.place);
    await removeOtherVersions(settings.dataFolder, 'views');
    return { ...store, checkpoints, recovered, close };
  } catch (error) {
    await close();
    throw error;
  }
}

import { join } from 'node:path';
import {
  isMongoUrl,
  openEventStore,
  openLmdbCheckpointStore,
  type CheckpointStore,
  type EventStore,
} from '@oakring/stores';
import { lockFolder } from '@oakring/host';
import type { ManagerSettings } from '../config/manager-settings.js';
import { removeOtherVersions, versioned } from '../views/versioned-folder.js';
import { onceThere, type StoreSurroundings } from './once-there.js';
import { recover, type Recovered } from './recover.js';

/** What a manager has under its hands, leading or not. */
export interface Stores extends EventStore {
  readonly checkpoints: CheckpointStore;
  readonly recovered: Recovered;
}

/**
 * Takes the data folder and reads what there is, in the order that damages nothing. A store that may
 * come is waited for, as a running manager waits for it. Throws `data-folder-in-use`, `log-damaged`,
 * `shutting-down` when the waiting is cut short, or as `openEventStore`; nothing is changed then.
 */
export async function openStores(
  settings: ManagerSettings,
  pid: number,
  surroundings: StoreSurroundings,
): Promise<Stores> {
  const closing: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const step of closing.toReversed()) await step();
  };
  const holder = { pid, what: 'a manager' };
  try {
    const lock = await lockFolder(settings.dataFolder, holder);
    closing.push(() => lock.release());
    const { storeAddress } = settings;
    const isElsewhere = storeAddress !== join(settings.dataFolder, 'ledger');
    if (isElsewhere && !isMongoUrl(storeAddress)) {
      const other = await lockFolder(storeAddress, holder);
      closing.push(() => other.release());
    }
    const { timers } = surroundings.ports;
    const store = await onceThere(() => openEventStore(storeAddress, timers), surroundings);
    closing.push(() => store.close());
    const checkpoints = await openLmdbCheckpointStore(versioned(settings.dataFolder, 'views'));
    closing.push(() => checkpoints.close());
    const recovered = await onceThere(
      () => recover(store.log, checkpoints, store.place),
      surroundings,
    );
    await removeOtherVersions(settings.dataFolder, 'views');
    return { ...store, checkpoints, recovered, close };
  } catch (error) {
    await close();
    throw error;
  }
}

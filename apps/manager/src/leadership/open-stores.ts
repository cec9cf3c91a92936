import { join } from 'node:path';
import {
  lockFolder,
  openFileTelemetryLog,
  openLmdbCheckpointStore,
  openLmdbEventLog,
  type CheckpointStore,
  type EventLogWriter,
  type TelemetryLog,
} from '@oakring/events';
import type { Ports } from '@oakring/ports';
import type { ManagerSettings } from '../config/manager-settings.js';
import { telemetryLimits } from '../telemetry/retention.js';
import { openEpoch, type Leader } from './open-epoch.js';
import { recover, type Recovered } from './recover.js';

/** What a leader has under its hands: stores, opened in the order that damages nothing. */
export interface Stores {
  readonly log: EventLogWriter;
  readonly checkpoints: CheckpointStore;
  readonly telemetryLog: TelemetryLog;
  readonly recovered: Recovered;
  /** Position of the log before this start. */
  readonly positionBefore: number;
  readonly epoch: number;
  close(): Promise<void>;
}

/**
 * Takes the data folder, reads what there is and opens an epoch. Throws `data-folder-in-use`,
 * `data-folder-unusable` or `log-damaged`; nothing is changed then.
 */
export async function openStores(
  settings: ManagerSettings,
  leader: Leader,
  ports: Ports,
): Promise<Stores> {
  const closing: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const step of closing.toReversed()) await step();
  };
  try {
    const lock = await lockFolder(settings.dataFolder, { pid: leader.pid, what: 'oakring up' });
    closing.push(() => lock.release());
    if (settings.ledgerFolder !== join(settings.dataFolder, 'ledger')) {
      const other = await lockFolder(settings.ledgerFolder, {
        pid: leader.pid,
        what: 'oakring up',
      });
      closing.push(() => other.release());
    }
    const log = await openLmdbEventLog(settings.ledgerFolder);
    closing.push(() => log.close());
    const checkpoints = await openLmdbCheckpointStore(join(settings.dataFolder, 'views'));
    closing.push(() => checkpoints.close());
    const recovered = await recover(log, checkpoints, settings.ledgerFolder);
    const positionBefore = recovered.state.head.position;
    const epoch = await openEpoch(log, recovered.state, leader, ports);
    const telemetryLog = await openFileTelemetryLog(join(settings.dataFolder, 'telemetry'), ports, {
      ...telemetryLimits,
      epoch,
    });
    closing.push(() => telemetryLog.close());
    return { log, checkpoints, telemetryLog, recovered, positionBefore, epoch, close };
  } catch (error) {
    await close();
    throw error;
  }
}

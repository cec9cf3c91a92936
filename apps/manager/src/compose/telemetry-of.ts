import { join } from 'node:path';
import type { EventStore } from '@oakring/stores';
import {
  fileTelemetryReader,
  mongoTelemetryLog,
  mongoTelemetryReader,
  openFileTelemetryLog,
  type TelemetryLog,
  type TelemetryLogReader,
} from '@oakring/telemetry';
import type { ManagerSettings } from '../config/manager-settings.js';
import type { StoreSurroundings } from '../leadership/once-there.js';
import { telemetryLimits } from '../telemetry/retention.js';
import type { TelemetryTable } from '../telemetry/telemetry-table.js';

/** Readings of the past, and where those of a term go. */
export interface Telemetry {
  readonly reader: TelemetryLogReader;
  open(epoch: number, table: TelemetryTable): Promise<TelemetryLog>;
}

/** Readings lie beside the ledger: where all of its managers read them, or in the folder of the only one. */
export function telemetryOf(
  { dataFolder }: ManagerSettings,
  { mongodb }: Pick<EventStore, 'mongodb'>,
  { ports, warn }: StoreSurroundings,
): Telemetry {
  const optionsOf = (epoch: number, table: TelemetryTable) => ({
    ...telemetryLimits,
    epoch,
    onShed: (nodeId: string) => table.countShed(nodeId),
    onProblem: (reason: string) => warn(`Readings cannot be kept, trying on: ${reason}`),
  });
  if (mongodb !== null) {
    return {
      reader: mongoTelemetryReader(mongodb),
      open: async (epoch, table) => mongoTelemetryLog(mongodb, ports, optionsOf(epoch, table)),
    };
  }
  const folder = join(dataFolder, 'telemetry');
  return {
    reader: fileTelemetryReader(folder),
    open: (epoch, table) => openFileTelemetryLog(folder, ports, optionsOf(epoch, table)),
  };
}

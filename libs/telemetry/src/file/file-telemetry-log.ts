import type { Clock, Timers } from '@oakring/ports';
import { folderUnusable, prepareFolder } from '@oakring/host';
import { SegmentedTelemetryLog, type TelemetryOptions } from '../segmented-telemetry-log.js';
import type { TelemetryLog } from '../telemetry-log.port.js';
import { fileSegments } from './file-segments.js';

/**
 * The telemetry log as append-only files in `folder`, `<epoch>-<first batch>.ndjson`, one line a
 * batch. A segment that a crash left open is closed here first. Throws `data-folder-unusable`.
 */
export async function openFileTelemetryLog(
  folder: string,
  ports: { readonly clock: Clock; readonly timers: Timers },
  options: TelemetryOptions,
): Promise<TelemetryLog> {
  await prepareFolder(folder);
  const log = new SegmentedTelemetryLog(fileSegments(folder), ports, options);
  try {
    await log.begin();
    return log;
  } catch (error) {
    await log.close();
    throw folderUnusable(folder, error);
  }
}

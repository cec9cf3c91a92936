import type { RecordedReading, TelemetryLogReader } from '@oakring/telemetry';
import type { TelemetryReader } from './telemetry-table.js';

/** A node that was there reported within this time: many times its period. */
const windowMs = 60_000;

/** The newest readings as they were at `at` (milliseconds since 1970), as far as they are kept. */
export async function readingsAsOf(log: TelemetryLogReader, at: number): Promise<TelemetryReader> {
  const newest = new Map<string, RecordedReading>();
  await log.read({ nodeId: null, from: at - windowMs, to: at }, (reading) => {
    newest.set(reading.nodeId, reading);
  });
  return {
    latest: (nodeId) => {
      const reading = newest.get(nodeId);
      return reading === undefined
        ? null
        : { cpu: reading.cpu / 100, memory: reading.memory / 100 };
    },
    lastSeenMs: (nodeId) => newest.get(nodeId)?.at ?? null,
    // Kept are the figures of machines alone.
    usesOn: () => [],
    shedOf: () => 0,
    shedTotal: 0,
    newest: 0,
    foreignSince: () => ({ newest: 0, foreign: [] }),
  };
}

import type { Clock, Timers } from '@oakring/ports';
import type { MongoStore } from '@oakring/stores';
import { SegmentedTelemetryLog, type TelemetryOptions } from '../segmented-telemetry-log.js';
import type { TelemetryLog, TelemetryLogReader } from '../telemetry-log.port.js';
import type { Extent } from '../segments.port.js';
import { batchesOf, withinMs } from './batch-document.js';
import { mongoSegments } from './mongo-segments.js';
import { answered } from './read-batches.js';

const everything: Extent = { segments: [], lastBatch: Number.MAX_SAFE_INTEGER };

/**
 * The telemetry log in the database that holds the ledger, for whoever leads. It is taken over with the
 * first write: a store that is away holds up no term. The store is closed by its owner.
 */
export function mongoTelemetryLog(
  store: MongoStore,
  ports: { readonly clock: Clock; readonly timers: Timers },
  options: TelemetryOptions,
): TelemetryLog {
  const log = new SegmentedTelemetryLog(mongoSegments(store), ports, options);
  ports.timers.soon(
    () =>
      void log.flush().catch(() => {
        // It is tried again with the next flush.
      }),
  );
  return log;
}

/**
 * The same for whoever does not lead: what the leader has written, up to the last second. Throws
 * `store-away`.
 */
export function mongoTelemetryReader(store: MongoStore): TelemetryLogReader {
  const segments = mongoSegments(store);
  return {
    read: (query, visit) => segments.read(everything, query, visit),
    floor: () =>
      answered(store, async () => {
        const first = await batchesOf(store).findOne({}, { sort: { _id: 1 }, ...withinMs });
        return first?._id ?? null;
      }),
    lines: (from) => segments.lines(everything, from),
  };
}

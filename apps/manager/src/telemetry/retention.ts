import type { TelemetryLog } from '@oakring/telemetry';
import type { CommandQueue } from '../commands/command.js';
import type { Process } from '../supervision/process.js';
import { byItself } from '../commands/origin.js';

/** What the telemetry log keeps. */
export const telemetryLimits = {
  maxSegmentBytes: 16 * 1_048_576,
  maxTotalBytes: 512 * 1_048_576,
  maxAgeMs: 7 * 24 * 3_600_000,
  flushMs: 1_000,
  maxBufferedReadings: 200_000,
} as const;

/** What has passed its time or size is looked for about this often: the telemetry log is in no view. */
const lookEveryMs = 60_000;

/**
 * Drops telemetry segments that have passed their time or size, each only after the ledger holds its
 * manifest. What was declared and not dropped is declared and dropped again after a start.
 */
export function retention(log: TelemetryLog, queue: CommandQueue): Process<'drop expired'> {
  return {
    name: 'retention',
    most: 1,
    mostAtOnce: 1,
    restMs: 0,
    backoff: { firstMs: lookEveryMs, mostMs: lookEveryMs },
    all: () => ['telemetry'],
    concerned: () => [],
    fact: () => 'is kept',
    look: () => ({ step: 'drop expired', againMs: null }),
    async act() {
      for (const manifest of await log.expired()) {
        await queue.submit<'DeclareTruncation'>(
          { type: 'DeclareTruncation', manifest },
          byItself('retention'),
        );
        await log.drop(manifest.segment);
      }
      return 'again';
    },
  };
}

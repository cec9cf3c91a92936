import type { TelemetryLog } from '@oakring/telemetry';
import type { Ports, Timer } from '@oakring/ports';
import type { CommandQueue } from '../commands/command.js';

/** What the telemetry log keeps. */
export const telemetryLimits = {
  maxSegmentBytes: 16 * 1_048_576,
  maxTotalBytes: 512 * 1_048_576,
  maxAgeMs: 7 * 24 * 3_600_000,
  flushMs: 1_000,
  maxBufferedReadings: 200_000,
} as const;

const lookEveryMs = 60_000;

/**
 * Drops telemetry segments that have passed their time or size, each only after the ledger holds its
 * manifest. What was declared and not dropped is declared and dropped again after a start.
 */
export class TelemetryRetention {
  private timer: Timer | null = null;
  private working: Promise<void> | null = null;

  constructor(
    private readonly log: TelemetryLog,
    private readonly queue: CommandQueue,
    private readonly ports: Ports,
    private readonly warn: (line: string) => void,
  ) {}

  start(): void {
    const look = (): void => {
      this.working ??= this.dropExpired()
        .catch((error: unknown) => this.warn(`telemetry is not truncated: ${String(error)}`))
        .finally(() => {
          this.working = null;
        });
    };
    look();
    this.timer = this.ports.timers.every(lookEveryMs, look);
  }

  async stop(): Promise<void> {
    this.timer?.cancel();
    await this.working;
  }

  private async dropExpired(): Promise<void> {
    for (const manifest of await this.log.expired()) {
      await this.queue.submit<'DeclareTruncation'>({ type: 'DeclareTruncation', manifest });
      await this.log.drop(manifest.segment);
    }
  }
}

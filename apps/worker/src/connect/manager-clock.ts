import type { Clock } from '@oakring/ports';

/**
 * The manager's time as this worker knows it: the offset of the two clocks, learnt from the `at` of
 * its messages. Without one no deadline is judged (design §5).
 */
export class ManagerClock {
  private offsetMs: number | null = null;

  constructor(private readonly clock: Clock) {}

  learn(at: unknown): void {
    if (typeof at !== 'string') return;
    const theirsMs = Date.parse(at);
    if (!Number.isNaN(theirsMs)) this.offsetMs = theirsMs - this.clock.wallMs();
  }

  /** ISO 8601: the manager's time as far as it is known, else the device's. */
  now(): string {
    return new Date(this.clock.wallMs() + (this.offsetMs ?? 0)).toISOString();
  }

  /** Whether a moment of the manager's time has passed; false while its time is not known. */
  hasPassed(moment: string): boolean {
    if (this.offsetMs === null) return false;
    const momentMs = Date.parse(moment);
    return !Number.isNaN(momentMs) && this.clock.wallMs() + this.offsetMs > momentMs;
  }
}

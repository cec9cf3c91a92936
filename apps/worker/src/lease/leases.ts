import type { Clock } from '@oakring/ports';

/** Readings whose grant may still come. */
const maxUnanswered = 1_000;

interface Waiting {
  readonly limitMs: number;
  readonly granted: () => void;
}

/**
 * Grants for what must never run twice (docs/native-protocol.md, leases). A grant answers a reading
 * and is counted from when that was *sent*: whatever the network does, the manager counts later than
 * we do.
 */
export class Leases {
  private readonly sentMs = new Map<number, number>();
  /** When the newest reading that was granted had been sent, monotonic; null: none yet. */
  private grantedMs: number | null = null;
  private waiting: Waiting[] = [];
  private granted: () => void = () => {};

  constructor(private readonly clock: Clock) {}

  /** Calls back at every grant that counts. */
  onGranted(listener: () => void): void {
    this.granted = listener;
  }

  /** To be called when a reading is handed to the link. */
  noteSent(sequence: number): void {
    this.sentMs.set(sequence, this.clock.monotonicMs());
    for (const oldest of this.sentMs.keys()) {
      if (this.sentMs.size <= maxUnanswered) break;
      this.sentMs.delete(oldest);
    }
  }

  /** A grant for a reading of this start came. One that answers nothing of ours is ignored. */
  grant(sequence: number): void {
    const sentMs = this.sentMs.get(sequence);
    if (sentMs === undefined) return;
    for (const older of this.sentMs.keys()) if (older <= sequence) this.sentMs.delete(older);
    this.grantedMs = Math.max(sentMs, this.grantedMs ?? sentMs);
    const waiting = this.waiting;
    this.waiting = waiting.filter(({ limitMs }) => !this.isStartable(limitMs));
    for (const each of waiting) if (!this.waiting.includes(each)) each.granted();
    this.granted();
  }

  /** How old the newest grant is, milliseconds; null: none yet. */
  get ageMs(): number | null {
    return this.grantedMs === null ? null : this.clock.monotonicMs() - this.grantedMs;
  }

  /** Monotonic: when what has this limit must be stopped for good; null: it may not run at all. */
  validUntilMs(limitMs: number): number | null {
    return this.grantedMs === null ? null : this.grantedMs + limitMs;
  }

  /** Resolves once something with this limit may be started; never rejects, ends with the signal. */
  async untilGranted(limitMs: number, signal: AbortSignal): Promise<void> {
    if (this.isStartable(limitMs) || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const entry = { limitMs, granted: resolve };
      this.waiting.push(entry);
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  private isStartable(limitMs: number): boolean {
    const untilMs = this.validUntilMs(limitMs);
    return untilMs !== null && this.clock.monotonicMs() < untilMs - graceOf(limitMs);
  }
}

const mostGraceMs = 5_000;

/** How long before the limit an instance is told to stop, so that it is gone at the limit. */
export function graceOf(limitMs: number): number {
  return Math.min(mostGraceMs, limitMs / 4);
}

/** `onDisconnect.stopOnWorkerAfterMs` of a job document; null: it goes on without a manager. */
export function leaseOf(job: { readonly [field: string]: unknown }): number | null {
  const { onDisconnect } = job;
  if (typeof onDisconnect !== 'object' || onDisconnect === null) return null;
  const limitMs = (onDisconnect as { stopOnWorkerAfterMs?: unknown }).stopOnWorkerAfterMs;
  return typeof limitMs === 'number' && limitMs > 0 ? limitMs : null;
}

import { OakringError } from '@oakring/contracts';
import type { Clock } from '@oakring/ports';

/** Every broker takes as much. */
const leastSuspectBytes = 4_096;
/** Close enough to be the same message again: its attempt and its times differ. */
const sameWithinBytes = 256;
/** A limit is concluded, not told: it is tried again after this long. */
const believedForMs = 600_000;

/**
 * What the broker takes in one packet. MQTT 3.1.1 cannot say it: a broker closes the connection on
 * which more arrives. Two closes running while the same large message was on its way tell it apart
 * from a broker that ended; whatever was confirmed at that size before is never suspected.
 */
export class PacketLimit {
  /** A message of this size, or a larger one, is not sent. */
  private refusedBytes = Number.POSITIVE_INFINITY;
  private learntAtMs = 0;
  private suspectBytes = 0;
  private confirmedBytes = 0;

  constructor(private readonly clock: Clock) {}

  /** Why a message of `bytes` is not sent; null when it may be. */
  refusal(bytes: number): OakringError | null {
    if (this.clock.monotonicMs() - this.learntAtMs > believedForMs) {
      this.refusedBytes = Number.POSITIVE_INFINITY;
    }
    if (bytes < this.refusedBytes) return null;
    return new OakringError({
      code: 'message-too-large',
      detail: `The broker takes no message of ${bytes} bytes: it closed the connection at one of ${this.refusedBytes}, twice.`,
    });
  }

  /** The broker has a message of this size. */
  confirmed(bytes: number): void {
    this.confirmedBytes = Math.max(this.confirmedBytes, bytes);
  }

  /**
   * The connection was closed; `largestBytes`: of what was sent and not confirmed. Whether that may be
   * the reason.
   */
  closed(largestBytes: number): boolean {
    const before = this.suspectBytes;
    const isSuspect = largestBytes >= leastSuspectBytes && largestBytes > this.confirmedBytes;
    this.suspectBytes = isSuspect ? largestBytes : 0;
    if (!isSuspect || Math.abs(before - largestBytes) > sameWithinBytes) return isSuspect;
    this.refusedBytes = Math.min(before, largestBytes);
    this.learntAtMs = this.clock.monotonicMs();
    this.suspectBytes = 0;
    return true;
  }
}

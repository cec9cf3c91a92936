import type { LeaseRecord, LeaseStore } from '@oakring/stores';
import type { Ports, Timer } from '@oakring/ports';
import type { Lease } from './lease.js';
import { boundedMs, leastValidMs, Validity } from './validity.js';

export const renewEveryMs = 500;
/** Renewals ago: whoever asked longer ago may not want it any more. */
const askedWithin = 6;

/**
 * The lease while it is ours, renewed every 500 ms by compare-and-set.
 *
 * held ⇄ late → lost, or released:
 * - a renewal that succeeded makes it held, from before it was sent, for as long as it states: 2 s,
 *   and longer while renewals are slow (validity.ts);
 * - without one it is late: nobody may be answered or ordered, nothing is dropped. A late renewal of
 *   a lease that nobody took is legal, and makes it held again with the same epoch;
 * - another holder was read: lost, for good.
 * A renewal whose reply is unclear is settled by reading: holder and renewal are unique. What is found
 * by a later attempt may have been done by the first one, and candidates may have read it ever since:
 * it counts from the first sending of that renewal.
 */
export class HeldLease implements Lease {
  readonly lost: Promise<number>;
  private tellLost: (epoch: number) => void = () => {};
  private isLost = false;
  private renewing: Promise<void> | null = null;
  /** The renewal whose outcome is not known: when it was sent first, and since when it is timed. */
  private unclear: { readonly renewal: number; readonly sentMs: number; timedMs: number } | null =
    null;
  /** Not even a look-up was answered: that is no slow write. */
  private wasAway = false;
  private readonly validity = new Validity();
  private validUntilMs = 0;
  private readonly timer: Timer;

  constructor(
    private readonly store: LeaseStore,
    private record: LeaseRecord,
    /** When the record that took it was sent. */
    takenMs: number,
    private readonly ports: Ports,
    /** Whether we reach the broker: said with each renewal. */
    private readonly reachesBroker: () => boolean,
  ) {
    this.renewed(record, takenMs);
    this.lost = new Promise((resolve) => {
      this.tellLost = resolve;
    });
    this.timer = ports.timers.every(renewEveryMs, () => this.renewInBackground());
  }

  get epoch(): number {
    return this.record.epoch;
  }

  get isHeld(): boolean {
    return !this.isLost && this.ports.clock.monotonicMs() < this.validUntilMs;
  }

  get marginMs(): number {
    return this.validUntilMs - this.ports.clock.monotonicMs();
  }

  async isAskedFor(): Promise<boolean> {
    const asked = await this.store.asked();
    const { holder, renewal } = this.record;
    return asked?.holder === holder && renewal - asked.renewal <= askedWithin;
  }

  async release(): Promise<void> {
    this.timer.cancel();
    await this.renewing;
    if (this.isLost) return;
    this.isLost = true;
    // A renewal that was not heard of may lie there.
    const there = this.unclear === null ? null : await this.store.read().catch(() => null);
    const last = there?.holder === this.record.holder ? there : this.record;
    const { epoch, renewal } = last;
    const rest = { url: '', validForMs: leastValidMs, reachesBroker: true };
    const released = { epoch, holder: '', renewal: renewal + 1, ...rest };
    await this.store.swap(last, released).catch(() => {
      // The next one waits until the lease has run out.
    });
  }

  private renewInBackground(): void {
    this.renewing ??= this.renew()
      .catch(() => {
        // The store is away: the lease runs out by itself, the next tick tries again.
      })
      .finally(() => {
        this.renewing = null;
      });
  }

  private async renew(): Promise<void> {
    const validForMs = this.validity.statedMs;
    const said = { validForMs, reachesBroker: this.reachesBroker() };
    const next = { ...this.record, renewal: this.record.renewal + 1, ...said };
    const sentMs = this.ports.clock.monotonicMs();
    // Candidates that read it wait for what it states, though the one before stated more.
    this.validUntilMs = Math.min(this.validUntilMs, sentMs + validForMs);
    const again = this.unclear?.renewal === next.renewal ? this.unclear : null;
    const unclear = again ?? { renewal: next.renewal, sentMs, timedMs: sentMs };
    if (this.wasAway) unclear.timedMs = sentMs;
    this.unclear = unclear;
    this.wasAway = false;
    const swapped = await this.store.swap(this.record, next).catch(() => false);
    // Replaced by this very attempt, so by none before it.
    if (swapped) return this.renewed(next, sentMs);
    const found = await this.store.read().catch((error: unknown) => {
      this.wasAway = true;
      throw error;
    });
    if (found?.holder !== this.record.holder) return this.lose(found?.epoch ?? this.epoch);
    // The reply was lost and the renewal was not, or it never arrived.
    if (found.renewal === next.renewal) this.renewed(found, unclear.sentMs, unclear.timedMs);
    else this.record = found;
  }

  private renewed(record: LeaseRecord, sentMs: number, timedMs = sentMs): void {
    this.unclear = null;
    this.record = record;
    this.validUntilMs = sentMs + boundedMs(record.validForMs);
    this.validity.landed(this.ports.clock.monotonicMs() - timedMs);
  }

  private lose(epoch: number): void {
    this.isLost = true;
    this.timer.cancel();
    this.tellLost(epoch);
  }
}

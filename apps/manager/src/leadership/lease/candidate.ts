import type { LeaseRecord, LeaseStore } from '@oakring/stores';
import type { Ports } from '@oakring/ports';
import { HeldLease } from './held-lease.js';
import { boundedMs, leastValidMs } from './validity.js';

/**
 * Watches a lease that is not ours, and takes it when its holder has stopped renewing.
 *
 * A lease is free when there is none yet, when it was released, or when the same renewal was read
 * for as long as it states (2 s, at most 10 s) on our own monotonic clock, while reads succeeded. After a read that failed the time
 * counts from zero: during an outage of the store nobody can renew, and nobody is dead for that.
 */
export class Candidate {
  /** The newest record that was read: who leads. */
  seen: LeaseRecord | null = null;
  /** Whether a holder was seen to renew: a record alone may be that of a manager long dead. */
  hasSeenRenewal = false;
  private seenSinceMs = 0;
  private freeSinceMs: number | null = null;
  /** Our newest attempt, whose reply may have been lost. */
  private attempt: { readonly record: LeaseRecord; readonly sentMs: number } | null = null;

  constructor(
    private readonly store: LeaseStore,
    /** Where we take commands. */
    private readonly url: () => string,
    private readonly ports: Ports,
    private readonly reachesBroker: () => boolean = () => true,
  ) {}

  /** For how long the lease has been free, as far as it could be read. */
  get freeForMs(): number {
    return this.freeSinceMs === null ? 0 : this.ports.clock.monotonicMs() - this.freeSinceMs;
  }

  /** Looks once. Resolves true when the lease is free to be taken. Throws when it cannot be read. */
  async look(): Promise<boolean> {
    const isFree = await this.isFree();
    if (isFree) this.freeSinceMs ??= this.ports.clock.monotonicMs();
    else this.freeSinceMs = null;
    return isFree;
  }

  /** Takes the lease that was seen; null when somebody else did. Throws when that is unclear. */
  async take(headEpoch: number): Promise<HeldLease | null> {
    const { seen, attempt } = this;
    if (seen !== null && attempt !== null && this.isOurs(seen)) {
      return this.hold(seen, attempt.sentMs);
    }
    const record = {
      epoch: Math.max(seen?.epoch ?? 0, headEpoch) + 1,
      holder: this.ports.ids.next(),
      renewal: 0,
      url: this.url(),
      ...{ validForMs: leastValidMs, reachesBroker: true },
    };
    const sentMs = this.ports.clock.monotonicMs();
    this.attempt = { record, sentMs };
    return (await this.store.swap(seen, record)) ? this.hold(record, sentMs) : null;
  }

  private async isFree(): Promise<boolean> {
    const record = await this.store.read().catch((error: unknown) => {
      this.seenSinceMs = Number.POSITIVE_INFINITY;
      this.freeSinceMs = null;
      throw error;
    });
    const nowMs = this.ports.clock.monotonicMs();
    const isSame = record?.epoch === this.seen?.epoch && record?.renewal === this.seen?.renewal;
    if (!isSame || this.seenSinceMs === Number.POSITIVE_INFINITY) this.seenSinceMs = nowMs;
    if (!isSame && this.seen !== null && record?.holder !== '') this.hasSeenRenewal = true;
    this.seen = record;
    if (record === null || record.holder === '') return true;
    return this.isOurs(record) || nowMs - this.seenSinceMs >= boundedMs(record.validForMs);
  }

  private hold(record: LeaseRecord, sentMs: number): HeldLease {
    this.attempt = null;
    this.freeSinceMs = null;
    this.seen = record;
    return new HeldLease(this.store, record, sentMs, this.ports, this.reachesBroker);
  }

  private isOurs(record: LeaseRecord): boolean {
    return record.holder === this.attempt?.record.holder;
  }
}

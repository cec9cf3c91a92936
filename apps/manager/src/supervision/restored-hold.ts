import { clusterKey, restoredOf, type ClusterState, type JobRecord } from '@oakring/model';

/** For so long after its leader was connected a restored ledger places nothing: what runs is reported by then. */
const settleMs = 10_000;

/**
 * What a ledger that was put back from a backup waits for. Instances that were placed after the backup run on
 * where nobody remembers: they are reported within seconds, and taken up where they are, if nothing was placed
 * in their stead before. And what must never run twice may live on grants of the lost leader: nothing
 * of it starts before the last of those has run out, counted from when we, and no one else, could grant.
 *
 * In the first term since, and in those that begin within that time.
 */
export class RestoredHold {
  private connectedMs: number | null = null;

  constructor(
    private readonly link: { readonly upSinceMs: number | null },
    private readonly state: () => ClusterState,
    private readonly clock: { monotonicMs(): number; wallMs(): number },
    /** How much longer than a lease is waited. */
    private readonly marginMs: number,
  ) {}

  /** Monotonic: nothing of a job is placed before. */
  placesFromMs({ policy }: Pick<JobRecord, 'policy'>): number {
    const { stopOnWorkerAfterMs: leaseMs } = policy.onDisconnect;
    return Math.max(this.fromMs(settleMs), this.startsFromMs(leaseMs));
  }

  /** Monotonic: nothing that lives on grants of so many milliseconds is started before. */
  startsFromMs(leaseMs: number | null): number {
    return leaseMs === null ? 0 : this.fromMs(leaseMs + this.marginMs);
  }

  private fromMs(windowMs: number): number {
    const { takenUp = null } = restoredOf(this.state()) ?? {};
    if (takenUp === null) return 0;
    const isFirst = takenUp.epoch === this.state().cluster.get(clusterKey)?.epoch;
    if (!isFirst && this.clock.wallMs() >= takenUp.at + windowMs) return 0;
    this.connectedMs ??= this.link.upSinceMs;
    // Not connected yet: looked at again in a while.
    return (this.connectedMs ?? this.clock.monotonicMs() + settleMs) + windowMs;
  }
}

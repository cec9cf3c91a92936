import { workerComesBack } from '@oakring/contracts';
import { restoredOf, type ClusterState, type JobRecord, type NodeRecord } from '@oakring/model';

/** For who connected late to be registered, asked, and to have said what it runs. */
const reportMs = 5_000;
/**
 * For so long after its leader was connected a restored ledger places nothing: a worker may just then have begun an
 * attempt that comes to nothing, and waits as long as it ever does.
 */
const settleMs = workerComesBack.attemptMs + workerComesBack.mostMs + reportMs;

/**
 * What a ledger that was put back from a backup waits for. Instances that were placed after the backup run on
 * where nobody remembers: they are reported within seconds, and taken up where they are, if nothing was placed
 * in their stead before. And what must never run twice may live on grants of the lost leader: nothing
 * of it starts before the last of those has run out, counted from when we, and no one else, could grant.
 *
 * In the first term since that was connected, and in those that begin within that time.
 */
export class RestoredHold {
  private connectedMs: number | null = null;
  /** Commit time by which a term before ours was connected; null: none is known to have been. */
  private readonly heardAt: number | null;

  constructor(
    private readonly link: { readonly upSinceMs: number | null },
    private readonly state: () => ClusterState,
    private readonly clock: { monotonicMs(): number; wallMs(): number },
    /** How much longer than a lease is waited. */
    private readonly marginMs: number,
  ) {
    this.heardAt = heardAtIn(state());
  }

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
    if (this.heardAt !== null && this.clock.wallMs() >= this.heardAt + windowMs) return 0;
    this.connectedMs ??= this.link.upSinceMs;
    // Not connected yet: looked at again in a while.
    return (this.connectedMs ?? this.clock.monotonicMs() + settleMs) + windowMs;
  }
}

/**
 * When the first thing was committed that only a leader knows who is connected: that a term began says nothing,
 * its broker may have been away. Where nothing of that kind is left in the state a later term waits once more.
 */
function heardAtIn(state: ClusterState): number | null {
  const takenUp = restoredOf(state)?.takenUp ?? null;
  if (takenUp === null) return null;
  let first = Number.POSITIVE_INFINITY;
  const note = (at: number): void => {
    if (at > takenUp.at && at < first) first = at;
  };
  for (const node of state.nodes.values()) if (isOfItsWorker(node)) note(node.since);
  for (const { runningSince } of state.placements.values()) note(runningSince);
  return Number.isFinite(first) ? first : null;
}

/** Its worker spoke, or was silent while we listened; a registration may also come over HTTP. */
function isOfItsWorker({ status, acknowledges }: NodeRecord): boolean {
  return status !== 'registered' && (status !== 'ready' || acknowledges);
}

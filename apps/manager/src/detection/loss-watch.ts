import type { StoredEvent } from '@oakring/events';
import type { Ports, Timer } from '@oakring/ports';
import type { CommandQueue } from '../commands/command.js';
import { leaseMarginMs } from '../grants/lease-grants.js';
import type { Projection } from '../views/projection.js';
import type { PlacementRecord } from '../views/records.js';

const sweepEveryMs = 50;
/** A node whose next deadline is further away is looked at again after this long. */
const lookAgainMs = 1_000;
/** Losses declared in one command: they share a commit. */
const maxPerOrder = 500;

/** Who may judge, and since when he hears. */
interface Judge {
  readonly sinceMs: number | null;
  mayStepPastSuspect(nodeId: string): boolean;
}

interface LastGrants {
  /** Monotonic milliseconds of the last grant that was sent to a node; null: none since the start. */
  lastGrantMs(nodeId: string): number | null;
}

interface Absent {
  /** Monotonic: when it stepped out of ready, as we saw it. */
  readonly sinceMs: number;
  nextLookMs: number;
}

/**
 * Instances on nodes that are not ready, each by its own job's patience (`lostAfterMs`, counted from
 * the step to suspect). What must never run twice also waits until its worker must have killed it:
 * limit + margin after the last grant, or after our sight began, since a predecessor may have granted.
 */
export class LossWatch {
  private readonly absent = new Map<string, Absent>();
  private readonly submitted = new Set<string>();
  private sweep: Timer | null = null;
  private unsubscribe: () => void = () => {};

  constructor(
    private readonly judge: Judge,
    private readonly grants: LastGrants,
    private readonly life: { lastSeenMonotonicMs(nodeId: string): number | null },
    private readonly queue: CommandQueue,
    private readonly projection: Projection,
    private readonly ports: Ports,
  ) {}

  start(): void {
    this.unsubscribe = this.projection.onProjected((events) => this.notice(events));
    for (const node of this.projection.state.nodes.values()) this.note(node.id);
    this.sweep = this.ports.timers.every(sweepEveryMs, () => this.look());
  }

  stop(): void {
    this.unsubscribe();
    this.sweep?.cancel();
  }

  private notice(events: readonly StoredEvent[]): void {
    for (const { stream } of events) {
      if (stream.startsWith('nodes/')) this.note(stream.slice('nodes/'.length));
    }
  }

  private note(nodeId: string): void {
    const status = this.projection.state.nodes.get(nodeId)?.status;
    if (status === undefined || status === 'ready') {
      this.absent.delete(nodeId);
    } else if (!this.absent.has(nodeId) && status !== 'registered') {
      const sinceMs = this.ports.clock.monotonicMs();
      this.absent.set(nodeId, { sinceMs, nextLookMs: sinceMs });
    }
  }

  private look(): void {
    const sightMs = this.judge.sinceMs;
    if (sightMs === null) return;
    const nowMs = this.ports.clock.monotonicMs();
    for (const [nodeId, absent] of this.absent) {
      if (absent.nextLookMs > nowMs) continue;
      const { due, nextMs } = this.dueOn(nodeId, Math.max(absent.sinceMs, sightMs), nowMs);
      absent.nextLookMs = Math.min(nextMs, nowMs + lookAgainMs);
      if (due.length === 0) continue;
      if (this.judge.mayStepPastSuspect(nodeId)) this.declare(nodeId, due, nowMs - absent.sinceMs);
      absent.nextLookMs = nowMs + sweepEveryMs;
    }
  }

  private dueOn(nodeId: string, sinceMs: number, nowMs: number): { due: string[]; nextMs: number } {
    const { state } = this.projection;
    const due: string[] = [];
    let nextMs = Number.POSITIVE_INFINITY;
    for (const key of state.placementsOfNode.of(nodeId)) {
      const placement = state.placements.get(key);
      if (placement === undefined || !isOpen(placement) || due.length === maxPerOrder) continue;
      const atMs = this.lostAtMs(placement, sinceMs);
      if (atMs === null) continue;
      if (atMs <= nowMs) due.push(key);
      else nextMs = Math.min(nextMs, atMs);
    }
    return { due, nextMs };
  }

  private lostAtMs(placement: PlacementRecord, sinceMs: number): number | null {
    const { job, nodeId, leaseMs, wanted } = placement;
    const policy = this.projection.state.jobs.get(job)?.policy.onDisconnect;
    // What is not wanted needs no patience, only the certainty that its worker has ended it.
    const patienceMs = wanted ? policy?.lostAfterMs : 0;
    if (policy === undefined || patienceMs === undefined || patienceMs === null) return null;
    const lostAtMs = sinceMs + patienceMs;
    if (leaseMs === null) return lostAtMs;
    const sightMs = this.judge.sinceMs ?? sinceMs;
    const grantedMs = Math.max(this.grants.lastGrantMs(nodeId) ?? 0, sightMs);
    return Math.max(lostAtMs, grantedMs + leaseMs + leaseMarginMs);
  }

  private declare(nodeId: string, placements: readonly string[], silentMs: number): void {
    if (this.submitted.has(nodeId)) return;
    this.submitted.add(nodeId);
    const seenMs = this.life.lastSeenMonotonicMs(nodeId);
    const reason = `node ${nodeId} was not ready for ${(silentMs / 1000).toFixed(1)} s`;
    this.queue
      .submit<'DeclareLost'>(
        { type: 'DeclareLost', nodeId, placements, reason },
        undefined,
        () =>
          this.life.lastSeenMonotonicMs(nodeId) === seenMs && this.judge.mayStepPastSuspect(nodeId),
      )
      .catch(() => {
        // The log is away or we are stopping: the next look finds the same.
      })
      .finally(() => this.submitted.delete(nodeId));
  }
}

/** Still to be judged: it is wanted, or lives on grants and may run although it is not. */
function isOpen({ wanted, lost, leaseMs, leaseOver }: PlacementRecord): boolean {
  return wanted || (!lost && leaseMs !== null && !leaseOver);
}

import type { CommandQueue } from '../commands/command.js';
import { leaseMarginMs } from '../grants/lease-grants.js';
import type { Doing, Look, Outcome, Process, Seen } from '../supervision/process.js';
import { instanceKey, type Changes, type ClusterState, type PlacementRecord } from '@oakring/model';
import type { Sight } from './sight.js';
import { byItself } from '../commands/origin.js';
import { nodeStream } from '@oakring/events';

/** While silence may have no consequences it is looked at again soon. */
const notYetMs = 50;
/** A node whose next deadline is further away is looked at again after this long. */
const lookAgainMs = 1_000;
/**
 * A worker that was taken over comes back by itself after as long as its broker was away, at most 600 s:
 * what it runs is not placed elsewhere before.
 */
const takenOverForMs = 605_000;
/** Losses declared in one command: they share a commit. */
const maxPerOrder = 500;

interface LastGrants {
  /** Monotonic milliseconds of the last grant that was sent to a node; null: none since the start. */
  lastGrantMs(nodeId: string): number | null;
}

/** Placements whose patience is over, and for how long their node has not been ready, or heard of. */
interface Loss {
  readonly placements: readonly string[];
  readonly silentMs: number;
}

/** Of whose nodes silence is counted from the last message: they say that they go by nothing else. */
type SaysNothing = (nodeId: string) => boolean;

/**
 * Instances on nodes that are not ready, each by its own job's patience (`lostAfterMs`, counted from
 * the step to suspect; from the last message, where a worker has no other way to say that it goes). What must never run twice also waits until its worker must have killed it:
 * limit + margin after the last grant, or after our sight began, since a predecessor may have granted.
 */
export class Losses implements Process<Loss | 'storm'> {
  readonly name = 'losses';
  readonly most = 1;
  readonly mostAtOnce = Number.POSITIVE_INFINITY;
  readonly restMs = 50;
  readonly backoff = { firstMs: 100, mostMs: 2_000 };

  constructor(
    private readonly sight: Pick<Sight, 'sinceMs' | 'verdictOn' | 'beginStorm'>,
    private readonly grants: LastGrants,
    private readonly life: { lastSeenMonotonicMs(nodeId: string): number | null },
    private readonly queue: CommandQueue,
    private readonly saysNothing: SaysNothing,
  ) {}

  *all({ nodes }: ClusterState): Generator<string> {
    for (const { id } of nodes.values()) yield id;
  }

  *concerned({ nodes, placements }: Changes, state: ClusterState): Generator<string> {
    yield* nodes;
    for (const key of placements) {
      const nodeId = state.placements.get(key)?.nodeId;
      if (nodeId !== undefined) yield nodeId;
    }
  }

  fact(nodeId: string, { nodes }: ClusterState): string | null {
    const status = nodes.get(nodeId)?.status;
    return status === undefined || status === 'ready' || status === 'registered' ? null : 'absent';
  }

  look(nodeId: string, state: ClusterState, { nowMs, sinceMs }: Seen): Look<Loss | 'storm'> {
    const sightMs = this.sight.sinceMs;
    if (sightMs === null) return { step: null, againMs: nowMs + lookAgainMs };
    const absentMs = this.absentSinceMs(nodeId, sinceMs);
    const { due, nextMs } = this.dueOn(nodeId, state, {
      nowMs,
      sinceMs: Math.max(absentMs, sightMs),
    });
    const againMs = Math.min(nextMs, nowMs + lookAgainMs);
    if (due.length === 0) return { step: null, againMs };
    const verdict = this.sight.verdictOn(nodeId);
    if (verdict === 'storm') return { step: 'storm', againMs: nowMs + notYetMs };
    if (verdict === 'not yet') return { step: null, againMs: nowMs + notYetMs };
    return { step: { placements: due, silentMs: nowMs - absentMs }, againMs };
  }

  async act([doing]: readonly Doing<Loss | 'storm'>[]): Promise<Outcome> {
    if (doing === undefined) return 'done';
    const { key: nodeId, step } = doing;
    if (step === 'storm') return this.sight.beginStorm();
    const seenMs = this.life.lastSeenMonotonicMs(nodeId);
    const seconds = (step.silentMs / 1000).toFixed(1);
    const reason = this.saysNothing(nodeId)
      ? `node ${nodeId} was last heard of ${seconds} s ago`
      : `node ${nodeId} was not ready for ${seconds} s`;
    const { status } = await this.queue.submit<'DeclareLost'>(
      { type: 'DeclareLost', nodeId, placements: step.placements, reason },
      byItself(this.name, { stream: nodeStream(nodeId) }),
      undefined,
      // A word that was heard while this waited for its turn makes it untrue.
      () =>
        this.life.lastSeenMonotonicMs(nodeId) === seenMs && this.sight.verdictOn(nodeId) === 'may',
    );
    return status === 'refused' ? 'again' : 'done';
  }

  private absentSinceMs(nodeId: string, sinceMs: number): number {
    if (!this.saysNothing(nodeId)) return sinceMs;
    // One that speaks and is not ready all the same is absent since it became so.
    return Math.min(sinceMs, this.life.lastSeenMonotonicMs(nodeId) ?? sinceMs);
  }

  private dueOn(
    nodeId: string,
    state: ClusterState,
    { nowMs, sinceMs }: Pick<Seen, 'nowMs' | 'sinceMs'>,
  ): { due: string[]; nextMs: number } {
    const due: string[] = [];
    let nextMs = Number.POSITIVE_INFINITY;
    for (const key of state.placementsOfNode.of(nodeId)) {
      const placement = state.placements.get(key);
      if (placement === undefined || !isOpen(placement) || due.length === maxPerOrder) continue;
      const atMs = this.lostAtMs(placement, state, sinceMs);
      if (atMs === null) continue;
      if (atMs <= nowMs) due.push(key);
      else nextMs = Math.min(nextMs, atMs);
    }
    return { due, nextMs };
  }

  private lostAtMs(
    placement: PlacementRecord,
    state: ClusterState,
    sinceMs: number,
  ): number | null {
    const { job, nodeId, leaseMs, wanted } = placement;
    const policy = state.jobs.get(job)?.policy.onDisconnect;
    // What is not wanted needs no patience, only the certainty that its worker has ended it.
    const patienceMs = wanted ? policy?.lostAfterMs : 0;
    if (policy === undefined || patienceMs === undefined || patienceMs === null) return null;
    const leastMs = isAwaited(placement, state) ? takenOverForMs : 0;
    const lostAtMs = sinceMs + Math.max(patienceMs, leastMs);
    if (leaseMs === null) return lostAtMs;
    const sightMs = this.sight.sinceMs ?? sinceMs;
    const grantedMs = Math.max(this.grants.lastGrantMs(nodeId) ?? 0, sightMs);
    return Math.max(lostAtMs, grantedMs + leaseMs + leaseMarginMs);
  }
}

/** Still to be judged: it is wanted, or lives on grants and may run although it is not. */
function isOpen({ wanted, lost, leaseMs, leaseOver }: PlacementRecord): boolean {
  return wanted || (!lost && leaseMs !== null && !leaseOver);
}

/** It was taken over where it was said to run, and its worker was not heard since. */
function isAwaited(placement: PlacementRecord, { instances }: ClusterState): boolean {
  const { job, number, generation, wanted, takenOver, digest, runningSince } = placement;
  // What was ordered anew since has a digest, and is not known to run.
  if (takenOver !== true || digest !== undefined || !wanted || runningSince === 0) return false;
  const instance = instances.get(instanceKey(job, number));
  return instance?.generation === generation && !instance.confirmed;
}

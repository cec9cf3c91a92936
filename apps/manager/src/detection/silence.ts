import type { ClusterState, Changes, NodeRecord } from '@oakring/model';
import type { Clock } from '@oakring/ports';
import type { CommandQueue } from '../commands/command.js';
import {
  nothing,
  type Doing,
  type Look,
  type Outcome,
  type Process,
  type Seen,
  type Wake,
} from '../supervision/process.js';
import { seconds, whyPastSuspect } from './absence.js';
import { suspectAfterMs, suspectGraceMs, type Sight } from './sight.js';
import { byItself } from '../commands/origin.js';

const nodeLostAfterMs = 30_000;
/** While silence may have no consequences it is looked at again after this long. */
const notYetMs = 250;

/** What is seen of a node, and the message that was its newest then: another one makes it untrue. */
interface Observation {
  readonly seen: 'silent' | 'disconnected' | 'lost';
  readonly incarnation: number;
  readonly reason: string;
  /** Null: true whatever was heard. */
  readonly unless: { readonly heardSinceMs: number | null } | null;
}

/** A node's connection broke. */
interface Break {
  /** Monotonic: when it was told. */
  readonly atMs: number;
  /** The fact that is not to be believed any more; null: the node was suspected for it. */
  readonly fact: string | null;
}

/**
 * Turns silence into steps of the node's state: ready → suspect → disconnected → lost. A name for
 * people and a stop for new placements; instances are judged by the losses.
 */
export class Silence implements Process<Observation | 'storm'> {
  readonly name = 'silence';
  readonly most = 1;
  readonly mostAtOnce = Number.POSITIVE_INFINITY;
  readonly restMs = 0;
  readonly backoff = { firstMs: 250, mostMs: 2_000 };
  private readonly breaks = new Map<string, Break>();
  private wake: Wake = () => {};

  constructor(
    private readonly sight: Pick<Sight, 'sinceMs' | 'onTurn' | 'verdictOn' | 'beginStorm'>,
    private readonly life: { lastSeenMonotonicMs(nodeId: string): number | null },
    private readonly queue: CommandQueue,
    private readonly state: () => ClusterState,
    private readonly clock: Clock,
  ) {}

  listen(wake: Wake): void {
    this.wake = wake;
    this.sight.onTurn(wake);
  }

  /**
   * The last connection that listened to a node's orders broke: its silence has begun. Anybody can
   * connect and break, and speak for the node again, and each time costs the ledger two events: told
   * sooner than silence itself would be noticed again, it counts for nothing.
   */
  connectionLost(nodeId: string): void {
    const state = this.state();
    if (this.sight.sinceMs === null || state.nodes.get(nodeId)?.status !== 'ready') return;
    const nowMs = this.clock.monotonicMs();
    const before = this.breaks.get(nodeId);
    if (before !== undefined && nowMs - before.atMs < suspectAfterMs) return;
    this.breaks.set(nodeId, { atMs: nowMs, fact: this.fact(nodeId, state) });
    this.wake([nodeId]);
  }

  *all({ nodes }: ClusterState): Generator<string> {
    for (const { id } of nodes.values()) yield id;
  }

  concerned({ presences }: Changes): Iterable<string> {
    return presences;
  }

  fact(nodeId: string, { nodes }: ClusterState): string | null {
    const node = nodes.get(nodeId);
    if (node === undefined) return null;
    // Heard at that moment, whichever way it came there: late is safe.
    if (isPresent(node)) return `${node.status} since ${node.since}, start ${node.incarnation}`;
    return 'absent';
  }

  forget(nodeId: string): void {
    this.breaks.delete(nodeId);
  }

  look(nodeId: string, state: ClusterState, seen: Seen): Look<Observation | 'storm'> {
    const node = state.nodes.get(nodeId);
    const sightMs = this.sight.sinceMs;
    if (node === undefined || sightMs === null || node.status === 'lost') return nothing;
    const sinceMs = Math.max(seen.sinceMs, sightMs);
    if (!isPresent(node)) return this.lookAtAbsent(node, seen.nowMs, sinceMs);
    return this.breaks.get(nodeId)?.fact === this.fact(nodeId, state)
      ? brokenOf(node)
      : this.lookAtPresent(node, seen.nowMs, sinceMs);
  }

  async act([doing]: readonly Doing<Observation | 'storm'>[]): Promise<Outcome> {
    if (doing === undefined) return 'done';
    const { key: nodeId, step } = doing;
    if (step === 'storm') return this.sight.beginStorm();
    const { seen, incarnation, reason, unless } = step;
    const { atMs } = this.breaks.get(nodeId) ?? {};
    if (atMs !== undefined) this.breaks.set(nodeId, { atMs, fact: null });
    await this.queue.submit<'ObserveNode'>(
      { type: 'ObserveNode', nodeId, incarnation, seen, reason },
      byItself(this.name),
      undefined,
      // Nothing was heard of it while the observation waited for its turn.
      () => unless === null || this.isSilentSince(nodeId, unless.heardSinceMs),
    );
    return 'done';
  }

  private lookAtPresent(node: NodeRecord, nowMs: number, sinceMs: number): Look<Observation> {
    const { id, incarnation } = node;
    const heardSinceMs = this.life.lastSeenMonotonicMs(id);
    const heardMs = Math.max(heardSinceMs ?? 0, sinceMs);
    const atMs = heardMs + suspectAfterMs;
    if (nowMs < atMs) return { step: null, againMs: atMs };
    const reason = `no message for ${seconds(nowMs - heardMs)} s`;
    const step = { seen: 'silent', incarnation, reason, unless: { heardSinceMs } } as const;
    return { step, againMs: null };
  }

  private lookAtAbsent(
    node: NodeRecord,
    nowMs: number,
    sinceMs: number,
  ): Look<Observation | 'storm'> {
    const isSuspect = node.status === 'suspect';
    const atMs = sinceMs + (isSuspect ? suspectGraceMs : nodeLostAfterMs);
    if (nowMs < atMs) return { step: null, againMs: atMs };
    const { id, incarnation } = node;
    const verdict = this.sight.verdictOn(id);
    if (verdict === 'storm') return { step: 'storm', againMs: nowMs + notYetMs };
    if (verdict === 'not yet') return { step: null, againMs: nowMs + notYetMs };
    const heardSinceMs = this.life.lastSeenMonotonicMs(id);
    const reason = whyPastSuspect(node, {
      absentMs: nowMs - sinceMs,
      heardMsAgo: heardSinceMs === null || heardSinceMs <= sinceMs ? null : nowMs - heardSinceMs,
    });
    const seen = isSuspect ? 'disconnected' : 'lost';
    return { step: { seen, incarnation, reason, unless: { heardSinceMs } }, againMs: null };
  }

  private isSilentSince(nodeId: string, heardSinceMs: number | null): boolean {
    return this.sight.sinceMs !== null && this.life.lastSeenMonotonicMs(nodeId) === heardSinceMs;
  }
}

function brokenOf({ incarnation }: NodeRecord): Look<Observation> {
  const reason = 'its connection broke';
  return { step: { seen: 'silent', incarnation, reason, unless: null }, againMs: null };
}

function isPresent({ status }: NodeRecord): boolean {
  return status === 'ready' || status === 'registered';
}

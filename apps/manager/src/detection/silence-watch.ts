import type { StoredEvent } from '@oakring/events';
import type { Ports, Timer } from '@oakring/ports';
import type { CommandQueue } from '../commands/command.js';
import { clusterKey, type NodeRecord } from '@oakring/model';
import type { Projection } from '../views/projection.js';
import { seconds, whyPastSuspect } from './absence.js';
import { StormGuard, type Hearing } from './storm-guard.js';

/** How often workers report; told to them in `registered`. */
export const periodMs = 2_000;
const suspectAfterMs = 3 * periodMs;
const suspectGraceMs = 10_000;
const nodeLostAfterMs = 30_000;
const sweepEveryMs = 250;
/** Counting who is silent costs a look at every node: thousands that are due at once share one. */
const assessEveryMs = 50;
/** After our sight began nobody that we know steps past suspect for this long. */
const blindForMs = suspectAfterMs + suspectGraceMs;

export interface Sight {
  onUp(listener: () => void): void;
  onDown(listener: () => void): void;
}

/**
 * Turns silence into steps of the node's state: ready → suspect → disconnected → lost. A name for
 * people and a stop for new placements; instances are judged by the loss watch.
 *
 * Our own blindness comes first: while our broker link is down nothing moves, after it came up every
 * node counts as seen at that moment (late is safe, early is not), and mass silence is a storm.
 */
export class SilenceWatch {
  /** Since when each node that is not ready is suspect, monotonic, as we saw it. */
  private readonly suspectSinceMs = new Map<string, number>();
  /** Observations that were submitted and not projected yet. */
  private readonly submitted = new Set<string>();
  private readonly guard: StormGuard;
  private sightBeganMs: number | null = null;
  /** Nodes that were there when our sight began: held for a while. */
  private readonly known = new Set<string>();
  /** When each node was last suspected because its connection broke, monotonic. */
  private readonly brokeAtMs = new Map<string, number>();
  private sweep: Timer | null = null;
  private unsubscribe: () => void = () => {};
  private assessedAtMs = Number.NEGATIVE_INFINITY;
  private isTelling = false;

  constructor(
    private readonly link: Sight,
    private readonly life: Hearing & { touch(nodeId: string): void },
    private readonly queue: CommandQueue,
    private readonly projection: Projection,
    private readonly ports: Ports,
  ) {
    this.guard = new StormGuard(
      ...([ports.clock, life] as const),
      (nodeId) => (projection.state.nodes.get(nodeId)?.placements ?? 0) > 0,
    );
  }

  start(): void {
    this.guard.isStorm = this.isStormOnRecord;
    this.unsubscribe = this.projection.onProjected((events) => this.notice(events));
    this.link.onUp(() => this.begin());
    this.link.onDown(() => {
      this.sightBeganMs = null;
      this.guard.storm();
    });
    this.sweep = this.ports.timers.every(sweepEveryMs, () => this.look());
  }

  stop(): void {
    this.unsubscribe();
    this.sweep?.cancel();
  }

  /** Monotonic: when we began to hear; null while we do not. */
  get sinceMs(): number | null {
    return this.sightBeganMs;
  }

  /**
   * The last connection that listened to a node's orders broke: its silence has begun. Anybody can
   * connect and break, and speak for the node again, and each time costs the ledger two events: told
   * sooner than silence itself would be noticed again, it counts for nothing.
   */
  connectionLost(nodeId: string): void {
    const node = this.projection.state.nodes.get(nodeId);
    if (this.sightBeganMs === null || node?.status !== 'ready') return;
    const nowMs = this.ports.clock.monotonicMs();
    const beforeMs = this.brokeAtMs.get(nodeId);
    if (beforeMs !== undefined && nowMs - beforeMs < suspectAfterMs) return;
    this.brokeAtMs.set(nodeId, nowMs);
    this.observe(node, 'silent', 'its connection broke', () => true);
  }

  /** Whether silence may have consequences for this node now: asked before every step past suspect. */
  mayStepPastSuspect(nodeId: string): boolean {
    if (this.sightBeganMs === null) return false;
    const nowMs = this.ports.clock.monotonicMs();
    if (this.known.has(nodeId) && nowMs - this.sightBeganMs < blindForMs) return false;
    if (!this.guard.isStorm && nowMs - this.assessedAtMs >= assessEveryMs) {
      this.assessedAtMs = nowMs;
      const assessment = this.guard.assess();
      if (this.guard.isTooMany(assessment)) this.guard.storm();
    }
    return this.guard.mayStep(nodeId);
  }

  private get isStormOnRecord(): boolean {
    return (this.projection.state.cluster.get(clusterKey)?.storm ?? null) !== null;
  }

  private begin(): void {
    this.sightBeganMs = this.ports.clock.monotonicMs();
    this.suspectSinceMs.clear();
    this.known.clear();
    const { nodes } = this.projection.state;
    for (const node of nodes.values()) this.known.add(node.id);
    this.guard.begin(nodes.values());
  }

  private notice(events: readonly StoredEvent[]): void {
    for (const event of events) {
      if (!event.stream.startsWith('nodes/')) continue;
      const nodeId = event.stream.slice('nodes/'.length);
      const node = this.projection.state.nodes.get(nodeId);
      if (node === undefined) {
        this.guard.forget(nodeId);
        this.suspectSinceMs.delete(nodeId);
        this.brokeAtMs.delete(nodeId);
        continue;
      }
      // Heard at that moment, whichever way it came: late is safe.
      if (event.type === 'NodeRegistered') this.life.touch(nodeId);
      if (event.type === 'NodeStopped') this.guard.noteStopped(nodeId);
      this.guard.note(node);
    }
  }

  private look(): void {
    if (this.sightBeganMs === null) return;
    const nowMs = this.ports.clock.monotonicMs();
    for (const node of this.projection.state.nodes.values()) {
      const seenMs = Math.max(this.life.lastSeenMonotonicMs(node.id) ?? 0, this.sightBeganMs);
      this.judge(node, nowMs, nowMs - seenMs);
    }
    this.tellStorm();
  }

  /** The ledger says what the guard knows; tried again until it does. */
  private tellStorm(): void {
    let stillSilent = 0;
    if (this.guard.isStorm && this.guard.isQuiet()) stillSilent = this.guard.calm();
    const { isStorm } = this.guard;
    if (isStorm === this.isStormOnRecord || this.isTelling) return;
    const { silent, ready } = this.guard.assess();
    this.isTelling = true;
    const reason = isStorm
      ? 'many at once, or our own link to the broker broke: taken for our own blindness'
      : this.guard.whyOver;
    this.queue
      .submit({
        type: 'ObserveStorm',
        seen: isStorm ? 'begun' : 'over',
        silent: isStorm ? silent : stillSilent,
        ready,
        reason,
      })
      .catch(() => {
        // The log is away or we are stopping: the next sweep tells it.
      })
      .finally(() => {
        this.isTelling = false;
      });
  }

  private judge(node: NodeRecord, nowMs: number, silentMs: number): void {
    switch (node.status) {
      case 'ready':
      case 'registered':
        this.suspectSinceMs.delete(node.id);
        if (silentMs >= suspectAfterMs) {
          const seenMs = this.life.lastSeenMonotonicMs(node.id);
          const reason = `no message for ${seconds(silentMs)} s`;
          this.observe(node, 'silent', reason, () => this.isSilentSince(node.id, seenMs));
        }
        break;
      case 'suspect':
        this.judgePastSuspect(node, nowMs, 'disconnected', suspectGraceMs);
        break;
      case 'disconnected':
        this.judgePastSuspect(node, nowMs, 'lost', nodeLostAfterMs);
        break;
      case 'lost':
        break;
    }
  }

  private judgePastSuspect(
    node: NodeRecord,
    nowMs: number,
    next: 'disconnected' | 'lost',
    afterMs: number,
  ): void {
    const sinceMs = this.suspectSince(node, nowMs);
    if (nowMs - sinceMs < afterMs || !this.mayStepPastSuspect(node.id)) return;
    const seenMs = this.life.lastSeenMonotonicMs(node.id);
    const reason = whyPastSuspect(node, {
      absentMs: nowMs - sinceMs,
      heardMsAgo: seenMs === null || seenMs <= sinceMs ? null : nowMs - seenMs,
    });
    this.observe(node, next, reason, () => this.isSilentSince(node.id, seenMs));
  }

  /** Nothing was heard of it while the observation waited for its turn. */
  private isSilentSince(nodeId: string, seenMs: number | null): boolean {
    return this.sightBeganMs !== null && this.life.lastSeenMonotonicMs(nodeId) === seenMs;
  }

  private suspectSince(node: NodeRecord, nowMs: number): number {
    const known = this.suspectSinceMs.get(node.id);
    if (known !== undefined) return known;
    this.suspectSinceMs.set(node.id, nowMs);
    return nowMs;
  }

  private observe(
    node: NodeRecord,
    seen: 'silent' | 'disconnected' | 'lost',
    reason: string,
    stillTrue: () => boolean,
  ): void {
    if (this.submitted.has(node.id)) return;
    this.submitted.add(node.id);
    const { id: nodeId, incarnation } = node;
    const command = { type: 'ObserveNode', nodeId, incarnation, seen, reason } as const;
    this.queue
      .submit(command, undefined, stillTrue)
      .catch(() => {
        // The log is away or we are stopping: the next sweep sees the same silence.
      })
      .finally(() => this.submitted.delete(node.id));
  }
}

import type { Ports, Timer } from '@oakring/ports';
import type { CommandQueue } from '../commands/command.js';
import type { Projection } from '../views/projection.js';
import type { NodeRecord } from '../views/records.js';

/** How often workers report (design §5); told to them in `registered`. */
export const periodMs = 2_000;
const suspectAfterMs = 3 * periodMs;
const suspectGraceMs = 10_000;
const nodeLostAfterMs = 30_000;
const sweepEveryMs = 250;

export interface SignsOfLife {
  /** Monotonic milliseconds of the last message of the current incarnation; null if none was heard. */
  lastSeenMonotonicMs(nodeId: string): number | null;
}

/**
 * Turns silence into steps of the node's state: ready → suspect → disconnected → lost. A name for
 * people and a stop for new placements; no instance is decided by it.
 *
 * Our own blindness comes first: while our broker link is down nothing moves, and after it came up
 * every node counts as seen at that moment (late is safe, early is not).
 */
export class SilenceWatch {
  /** Since when each node that is not ready is suspect, monotonic, as we saw it. */
  private readonly suspectSinceMs = new Map<string, number>();
  /** Observations that were submitted and not projected yet. */
  private readonly submitted = new Set<string>();
  private sightBeganMs: number | null = null;
  private sweep: Timer | null = null;

  constructor(
    private readonly link: { onUp(l: () => void): void; onDown(l: () => void): void },
    private readonly life: SignsOfLife,
    private readonly queue: CommandQueue,
    private readonly projection: Projection,
    private readonly ports: Ports,
  ) {}

  start(): void {
    this.link.onUp(() => {
      this.sightBeganMs = this.ports.clock.monotonicMs();
      this.suspectSinceMs.clear();
    });
    this.link.onDown(() => {
      this.sightBeganMs = null;
    });
    this.sweep = this.ports.timers.every(sweepEveryMs, () => this.look());
  }

  stop(): void {
    this.sweep?.cancel();
  }

  /** The last connection that listened to a node's orders broke: its silence has begun. */
  connectionLost(nodeId: string): void {
    const node = this.projection.state.nodes.get(nodeId);
    if (this.sightBeganMs === null || node?.status !== 'ready') return;
    this.observe(node, 'silent', 'its connection broke');
  }

  private look(): void {
    if (this.sightBeganMs === null) return;
    const nowMs = this.ports.clock.monotonicMs();
    for (const node of this.projection.state.nodes.values()) {
      const seenMs = Math.max(this.life.lastSeenMonotonicMs(node.id) ?? 0, this.sightBeganMs);
      this.judge(node, nowMs, nowMs - seenMs);
    }
  }

  private judge(node: NodeRecord, nowMs: number, silentMs: number): void {
    switch (node.status) {
      case 'ready':
      case 'registered':
        this.suspectSinceMs.delete(node.id);
        if (silentMs >= suspectAfterMs) {
          this.observe(node, 'silent', `no message for ${seconds(silentMs)} s`);
        }
        break;
      case 'suspect': {
        const sinceMs = this.suspectSince(node, nowMs);
        if (nowMs - sinceMs >= suspectGraceMs) {
          this.observe(node, 'disconnected', `suspect for ${seconds(nowMs - sinceMs)} s`);
        }
        break;
      }
      case 'disconnected': {
        const sinceMs = this.suspectSince(node, nowMs);
        if (nowMs - sinceMs >= nodeLostAfterMs) {
          this.observe(
            node,
            'lost',
            `silent for ${seconds(nowMs - sinceMs)} s since it was suspect`,
          );
        }
        break;
      }
      case 'lost':
        break;
    }
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
  ): void {
    if (this.submitted.has(node.id)) return;
    this.submitted.add(node.id);
    this.queue
      .submit({ type: 'ObserveNode', nodeId: node.id, incarnation: node.incarnation, seen, reason })
      .catch(() => {
        // The log is away or we are stopping: the next sweep sees the same silence.
      })
      .finally(() => this.submitted.delete(node.id));
  }
}

function seconds(ms: number): number {
  return Math.round(ms / 1000);
}

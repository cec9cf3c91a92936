import type { Clock } from '@oakring/ports';
import type { NodeRecord } from '@oakring/model';

/** How far back "the nodes that were ready" is asked. */
const lookBackMs = 30_000;
/** A storm is over when no further node fell silent for this long. */
const quietMs = 30_000;
/** More than this part, in percent, and at least so many. */
const stormPercent = 20;
const stormNodes = 3;
/** A storm begins by what is missing now … */
const missedIntervals = 1.5;
/** … and is kept up by what has fallen: of a thousand nodes one always misses a single reading. */
const fallenIntervals = 3;
/** Nodes that go their way after a storm, a second. */
const releasedPerSecond = 50;
/** However many fall one after the other: after this long they go their way. */
const longestMs = 300_000;

/** What the guard must know of a node's messages. */
export interface Hearing {
  /** Monotonic milliseconds of its last message; null if none was heard. */
  lastSeenMonotonicMs(nodeId: string): number | null;
  /** Its own usual interval between readings, milliseconds; null while it is not known. */
  usualIntervalMs(nodeId: string): number | null;
}

/** When a node was ready, monotonic. */
interface Presence {
  /** Null while it is not. */
  sinceMs: number | null;
  /** The time it was ready before that. */
  before: { readonly sinceMs: number; readonly untilMs: number } | null;
  silent: boolean;
  stopped: boolean;
}

export interface Assessment {
  readonly silent: number;
  readonly ready: number;
}

/**
 * Mass silence is treated as our own blindness first (docs/state-machines.md, nodes): when more than a
 * fifth of the nodes that were ready 30 s ago, and at least three, are silent at once, nobody steps past
 * suspect until no further node fell silent for 30 s, and for five minutes at most. Those still silent
 * then go their way, 50 a second. Only nodes that carry something count: anybody can register others.
 */
export class StormGuard {
  isStorm = false;
  /** How many nodes were silent when the last storm ended. */
  stillSilent = 0;
  private readonly presences = new Map<string, Presence>();
  private beganMs: number;
  private lastFallMs: number;
  /** When the storm began, or our own link broke during it. */
  private stormMs = 0;
  /** Those that fell in this storm: one that comes and goes keeps no storm alive. */
  private readonly fallen = new Set<string>();
  /** Still silent when the storm ended, with the number in the order in which they go. */
  private readonly held = new Map<string, number>();
  private calmSinceMs = 0;

  constructor(
    private readonly clock: Clock,
    private readonly hearing: Hearing,
    /** Whether it carries anything: what nobody relies on says nothing about the rest. */
    private readonly isReliedOn: (nodeId: string) => boolean,
  ) {
    this.beganMs = clock.monotonicMs();
    this.lastFallMs = this.beganMs;
  }

  /** Our sight begins, again: what is ready in the view counts as ready. */
  begin(nodes: Iterable<NodeRecord>): void {
    this.beganMs = this.clock.monotonicMs();
    this.lastFallMs = this.beganMs;
    this.presences.clear();
    this.held.clear();
    for (const node of nodes) this.note(node);
  }

  /** To be called whenever a node's status may have changed. */
  note({ id, status, stopped }: NodeRecord): void {
    const nowMs = this.clock.monotonicMs();
    const presence = this.presences.get(id) ?? {
      sinceMs: null,
      before: null,
      silent: isDown(status),
      stopped: false,
    };
    this.presences.set(id, presence);
    // It stopped on purpose: that is nobody's silence.
    presence.stopped = stopped;
    if (status === 'ready') {
      presence.sinceMs ??= nowMs;
      this.held.delete(id);
    } else if (presence.sinceMs !== null) {
      presence.before = { sinceMs: presence.sinceMs, untilMs: nowMs };
      presence.sinceMs = null;
    }
    this.setSilent(id, presence, isDown(status) && !stopped, nowMs);
  }

  forget(nodeId: string): void {
    this.presences.delete(nodeId);
    this.held.delete(nodeId);
  }

  /** Counts anew. To be called before every step past suspect. */
  assess(): Assessment {
    const nowMs = this.clock.monotonicMs();
    let silent = 0;
    let ready = 0;
    for (const [nodeId, presence] of this.presences) {
      if (presence.stopped || !this.isReliedOn(nodeId)) continue;
      if (!this.wasReady(presence, nowMs)) continue;
      ready += 1;
      if (this.isSilent(nodeId, presence, nowMs)) silent += 1;
    }
    return { silent, ready };
  }

  isTooMany({ silent, ready }: Assessment): boolean {
    return silent >= stormNodes && silent * 100 > ready * stormPercent;
  }

  storm(): void {
    if (!this.isStorm) this.fallen.clear();
    this.isStorm = true;
    this.lastFallMs = this.clock.monotonicMs();
    this.stormMs = this.lastFallMs;
  }

  /** Whether nobody fell silent for long enough (by three of each node's own intervals as well), or it lasts too long. */
  isQuiet(): boolean {
    const nowMs = this.clock.monotonicMs();
    for (const [nodeId, presence] of this.presences) {
      if (presence.stopped || presence.sinceMs === null) continue;
      this.setSilent(
        nodeId,
        presence,
        this.isSilent(nodeId, presence, nowMs, fallenIntervals),
        nowMs,
      );
    }
    return nowMs - this.lastFallMs >= quietMs || nowMs - this.stormMs >= longestMs;
  }

  /** What ended it, for the record. */
  get whyOver(): string {
    const isQuiet = this.clock.monotonicMs() - this.lastFallMs >= quietMs;
    return isQuiet ? 'no further node fell silent for 30 s' : 'it lasted for five minutes';
  }

  /** The storm is over. Of those that are silent still, the ones that carry something go first. */
  calm(): void {
    this.isStorm = false;
    const order: Record<'first' | 'last', string[]> = { first: [], last: [] };
    for (const [nodeId, { silent, stopped }] of this.presences) {
      if (silent && !stopped) order[this.isReliedOn(nodeId) ? 'first' : 'last'].push(nodeId);
    }
    this.held.clear();
    for (const nodeId of [...order.first, ...order.last]) this.held.set(nodeId, this.held.size);
    this.calmSinceMs = this.clock.monotonicMs();
    this.stillSilent = this.held.size;
  }

  /** Whether a node may step past suspect now, as far as storms are concerned. */
  mayStep(nodeId: string): boolean {
    if (this.isStorm) return false;
    const number = this.held.get(nodeId);
    const elapsedMs = this.clock.monotonicMs() - this.calmSinceMs;
    return number === undefined || number < Math.floor((elapsedMs * releasedPerSecond) / 1000);
  }

  /** Ready 30 s ago; in the first 30 s: ready when our sight began, or since. */
  private wasReady({ sinceMs, before }: Presence, nowMs: number): boolean {
    const thenMs = nowMs - lookBackMs;
    if (this.beganMs > thenMs) return sinceMs !== null || before !== null;
    if (sinceMs !== null && sinceMs <= thenMs) return true;
    return before !== null && before.sinceMs <= thenMs && before.untilMs > thenMs;
  }

  private isSilent(
    nodeId: string,
    presence: Presence,
    nowMs: number,
    intervals = missedIntervals,
  ): boolean {
    if (presence.sinceMs === null) return presence.silent;
    const usualMs = this.hearing.usualIntervalMs(nodeId);
    const seenMs = Math.max(this.hearing.lastSeenMonotonicMs(nodeId) ?? 0, this.beganMs);
    return usualMs !== null && nowMs - seenMs > intervals * usualMs;
  }

  private setSilent(id: string, presence: Presence, isSilent: boolean, nowMs: number): void {
    if (isSilent && !presence.silent && !this.fallen.has(id) && this.isReliedOn(id)) {
      this.lastFallMs = nowMs;
      if (this.isStorm) this.fallen.add(id);
    }
    presence.silent = isSilent;
  }
}

function isDown(status: NodeRecord['status']): boolean {
  return status !== 'ready' && status !== 'registered';
}

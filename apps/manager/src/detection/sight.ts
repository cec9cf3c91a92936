import { clusterKey, type ClusterState } from '@oakring/model';
import type { Clock } from '@oakring/ports';
import type { Outcome } from '../supervision/process.js';
import { StormGuard, type Hearing } from './storm-guard.js';

/** How often workers report; told to them in `registered`. */
export const periodMs = 2_000;
export const suspectAfterMs = 3 * periodMs;
export const suspectGraceMs = 10_000;
/** Counting who is silent costs a look at every node: thousands that are due at once share one. */
const assessEveryMs = 50;
/** After our sight began nobody that we know steps past suspect for this long. */
const blindForMs = suspectAfterMs + suspectGraceMs;

/** Workers that try to reach the broker again, each time after twice as long: this more is for the try itself. */
const returnMarginMs = 5_000;
/** The longest that they wait. */
const mostReturnMs = 600_000;

/** Of workers that come back late after an outage that was not theirs. */
export interface LateReturns {
  /** Whether a node's worker is one of those. */
  comesLate(nodeId: string): boolean;
  /** For how long nobody may have been there to hear, before this term. */
  readonly awayMs: number;
}

/** The link by which we hear. */
export interface HearingLink {
  readonly upSinceMs: number | null;
  onUp(listener: () => void): void;
  onDown(listener: () => void): void;
}

/** `storm`: too many are silent at once; one is to begin before anybody steps. */
type Verdict = 'may' | 'not yet' | 'storm';

/**
 * Whether we hear, since when, and whether silence may have consequences: our own blindness comes
 * first. While our link to the broker is down nothing moves; after it came up every node counts as seen
 * at that moment (late is safe, early is not); and mass silence is a storm.
 */
export class Sight {
  readonly guard: StormGuard;
  /** Nodes that were there when our sight began: held for a while. */
  private readonly known = new Set<string>();
  private readonly listeners = new Set<() => void>();
  private assessed = { atMs: Number.NEGATIVE_INFINITY, isTooMany: false };
  /**
   * When the newest outage began; or the first one of several, each of which began before all could be back
   * from the one before: who misses the time between waits on.
   */
  private unheardMs: number;

  constructor(
    private readonly link: HearingLink,
    private readonly clock: Clock,
    private readonly hearing: Hearing,
    private readonly state: () => ClusterState,
    private readonly late: LateReturns,
  ) {
    this.guard = new StormGuard(
      clock,
      hearing,
      (nodeId) => (state().nodes.get(nodeId)?.placements ?? 0) > 0,
    );
    this.guard.isStorm = this.isStormOnRecord;
    // Before our link comes up for the first time nobody hears either.
    this.unheardMs = clock.monotonicMs() - late.awayMs;
    let upMs: number | null = null;
    link.onUp(() => {
      upMs = clock.monotonicMs();
      this.begin();
    });
    link.onDown(() => {
      const nowMs = clock.monotonicMs();
      if (upMs !== null && nowMs >= returnsBy(upMs, this.unheardMs)) this.unheardMs = nowMs;
      upMs = null;
      this.storm();
    });
  }

  /** Monotonic: when we began to hear; null while we do not. */
  get sinceMs(): number | null {
    return this.link.upSinceMs;
  }

  /** Monotonic: since when those that come late may have had nobody to speak to. */
  get unheardSinceMs(): number {
    return this.unheardMs;
  }

  /** Monotonic: by when all that come late are back; null while we do not hear. */
  get allBackMs(): number | null {
    return this.sinceMs === null ? null : returnsBy(this.sinceMs, this.unheardMs);
  }

  /** Whether there is a storm, as the ledger has it. */
  get isStormOnRecord(): boolean {
    return (this.state().cluster.get(clusterKey)?.storm ?? null) !== null;
  }

  /** Calls back when our sight begins or ends, and when a storm begins. */
  onTurn(listener: () => void): void {
    this.listeners.add(listener);
  }

  /** Whether silence may have consequences for this node now: asked before every step past suspect. */
  verdictOn(nodeId: string): Verdict {
    const { sinceMs } = this;
    if (sinceMs === null) return 'not yet';
    const nowMs = this.clock.monotonicMs();
    if (this.known.has(nodeId) && nowMs - sinceMs < blindForMs) return 'not yet';
    if (this.mayReturn(nodeId, nowMs)) return 'not yet';
    if (this.areTooManySilent(nowMs)) return 'storm';
    return this.guard.mayStep(nodeId) ? 'may' : 'not yet';
  }

  /** What a verdict asks for. */
  beginStorm(): Outcome {
    if (!this.guard.isStorm) this.storm();
    return 'settled';
  }

  /** While there is no storm. Thousands that are due at once share one answer. */
  private areTooManySilent(nowMs: number): boolean {
    if (this.guard.isStorm) return false;
    if (nowMs - this.assessed.atMs >= assessEveryMs) {
      this.assessed = { atMs: nowMs, isTooMany: this.guard.isTooMany(this.guard.assess()) };
    }
    return this.assessed.isTooMany;
  }

  /** The broker, or our way to it, was away for so long: a worker hears of its return as much later. */
  private mayReturn(nodeId: string, nowMs: number): boolean {
    const sinceMs = this.sinceMs ?? nowMs;
    if (nowMs >= returnsBy(sinceMs, this.unheardMs) || !this.late.comesLate(nodeId)) return false;
    const heardMs = this.hearing.lastSeenMonotonicMs(nodeId) ?? Number.NEGATIVE_INFINITY;
    if (heardMs >= sinceMs) return false;
    // One that was heard between two outages has missed the second one only.
    return nowMs < returnsBy(sinceMs, Math.max(heardMs, this.unheardMs));
  }

  private begin(): void {
    this.assessed = { atMs: Number.NEGATIVE_INFINITY, isTooMany: false };
    this.known.clear();
    const { nodes } = this.state();
    for (const node of nodes.values()) this.known.add(node.id);
    this.guard.begin(nodes.values());
    this.tell();
  }

  private storm(): void {
    this.guard.storm();
    this.tell();
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}

/** By when all are back that did not hear of a return, after nobody was there since then. */
function returnsBy(backMs: number, awaySinceMs: number): number {
  return backMs + Math.min(backMs - awaySinceMs + returnMarginMs, mostReturnMs);
}

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

  constructor(
    private readonly link: HearingLink,
    private readonly clock: Clock,
    hearing: Hearing,
    private readonly state: () => ClusterState,
  ) {
    this.guard = new StormGuard(
      clock,
      hearing,
      (nodeId) => (state().nodes.get(nodeId)?.placements ?? 0) > 0,
    );
    this.guard.isStorm = this.isStormOnRecord;
    link.onUp(() => this.begin());
    link.onDown(() => this.storm());
  }

  /** Monotonic: when we began to hear; null while we do not. */
  get sinceMs(): number | null {
    return this.link.upSinceMs;
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

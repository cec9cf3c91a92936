import { OakringError } from '@oakring/contracts';
import { ledgerVerifier, LogDamaged, logDamaged, type Commit, type Damage } from '@oakring/events';
import type { Ports } from '@oakring/ports';
import type { EventLogReader } from '@oakring/stores';
import type { VerificationView, Verified } from '../injection/query-tokens.js';
import type { Projection } from '../views/projection.js';

/** Of one core, at most; reading counts as work, so that a store is not worn either. */
const share = 0.05;
/** Commits read in one go: a few milliseconds. */
const commitsPerRead = 64;
/** Worked at a stretch; one commit more, of 1 MB at most, may begin before it is over. */
const stretchMs = 5;
const leastRestMs = 5;
/** Until it is asked what came, and until a store that did not answer is asked again. */
const lookEveryMs = 1_000;
/** What was sound may not be any more: all of it is read again. */
const againAfterMs = 24 * 3_600_000;

interface Parts {
  readonly log: EventLogReader;
  readonly projection: Pick<Projection, 'position'>;
  readonly ports: Pick<Ports, 'clock' | 'timers'>;
  readonly place: string;
  readonly warn: (line: string) => void;
}

/**
 * Verifies the ledger as `oakring audit verify` does, beside everything else: from the first commit, in
 * short stretches with long rests, then what is appended, and once a day all of it again. Each manager for
 * itself, leading or not. What was verified is not kept over a start: it begins anew, since what lies on a
 * disk may have changed while nobody looked.
 *
 * verifying ⇄ whole (all there is was verified); from both → damaged, which ends it: what follows damage
 * cannot be verified. It is said once, and shown where an operator looks; nothing else stops, because the
 * views were folded from what was sound, and what runs on the machines is not better off without a manager.
 */
export class LedgerVerification implements VerificationView {
  private verifier = ledgerVerifier({ trust: null });
  /** Of this pass. */
  private position = 0;
  /** Of any pass since the start. */
  private verifiedTo = 0;
  private passBeganMs: number;
  private passes = 0;
  private atMs: number | null = null;
  private wholeAtMs: number | null = null;
  /** The same by the other clock. */
  private wholeMonotonicMs: number | null = null;
  /** This pass has reached the head. */
  private isThrough = false;
  private damage: (Damage & { readonly foundMs: number }) | null = null;
  private commits = 0;
  private busyMs = 0;
  private waiting: readonly Commit[] = [];
  private readonly beganMs: number;
  private readonly stopping = new AbortController();

  constructor(private readonly parts: Parts) {
    this.beganMs = parts.ports.clock.monotonicMs();
    this.passBeganMs = this.beganMs;
  }

  start(): void {
    this.live().catch((error: unknown) => this.failed(error));
  }

  /** A read that is under way is not waited for: what comes of it is not looked at. */
  stop(): void {
    this.stopping.abort();
  }

  get result(): Verified {
    const { sealedTo, warnings } = this.verifier.report();
    const { position: head } = this.parts.projection;
    const { verifiedTo, damage, atMs, wholeAtMs, passes, commits, busyMs } = this;
    return {
      status: damage !== null ? 'damaged' : verifiedTo >= head ? 'whole' : 'verifying',
      ...{ verifiedTo, head, atMs, wholeAtMs, passes, damage, share, sealedTo, warnings },
      commitsPerSecond: busyMs === 0 ? null : Math.round((commits * 1_000) / busyMs),
    };
  }

  /** Milliseconds since all there was had been verified, or since we began. */
  get ageMs(): number {
    return this.parts.ports.clock.monotonicMs() - (this.wholeMonotonicMs ?? this.beganMs);
  }

  get trouble() {
    const { damage } = this;
    if (damage === null) return null;
    return { sinceMs: damage.foundMs, reason: logDamaged(this.parts.place, damage).message };
  }

  private async live(): Promise<void> {
    const { timers } = this.parts.ports;
    const { signal } = this.stopping;
    while (!signal.aborted && this.damage === null) {
      await timers.sleep(await this.stretch(), signal);
    }
  }

  /** Resolves with how long to rest after it. */
  private async stretch(): Promise<number> {
    const { clock } = this.parts.ports;
    if (this.position >= this.parts.projection.position) return this.reachedHead();
    const beganMs = clock.monotonicMs();
    if (this.waiting.length === 0 && !(await this.read())) return lookEveryMs;
    let taken = 0;
    for (const commit of this.waiting) {
      taken += 1;
      const damage = this.verifier.next(commit);
      if (damage !== null) {
        this.found(damage);
        break;
      }
      this.position = commit.position;
      if (clock.monotonicMs() - beganMs >= stretchMs) break;
    }
    this.waiting = this.waiting.slice(taken);
    this.commits += taken;
    this.verifiedTo = Math.max(this.verifiedTo, this.position);
    this.atMs = clock.wallMs();
    const spentMs = clock.monotonicMs() - beganMs;
    this.busyMs += spentMs;
    return Math.max(leastRestMs, spentMs * (1 / share - 1));
  }

  /** False: nothing came; the store is asked again later. */
  private async read(): Promise<boolean> {
    try {
      const from = this.position + 1;
      this.waiting = await this.parts.log.read({ from, limit: commitsPerRead });
      return this.waiting.length > 0;
    } catch (error) {
      if (this.stopping.signal.aborted) return false;
      if (!(error instanceof OakringError)) throw error;
      if (error instanceof LogDamaged) this.found(error.damage);
      return false;
    }
  }

  private reachedHead(): number {
    const { clock } = this.parts.ports;
    const nowMs = clock.monotonicMs();
    if (this.position > 0) {
      if (!this.isThrough) this.passes += 1;
      this.isThrough = true;
      this.wholeAtMs = clock.wallMs();
      this.wholeMonotonicMs = nowMs;
    }
    if (nowMs - this.passBeganMs < againAfterMs) return lookEveryMs;
    this.verifier = ledgerVerifier({ trust: null });
    this.position = 0;
    this.passBeganMs = nowMs;
    this.isThrough = false;
    return lookEveryMs;
  }

  private found(damage: Damage): void {
    this.damage = { ...damage, foundMs: this.parts.ports.clock.wallMs() };
    this.waiting = [];
    const { place, warn } = this.parts;
    warn(
      `${logDamaged(place, damage).message} This manager goes on; keep a copy of the ledger as it is now, and see docs/damage.md.`,
    );
  }

  private failed(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.parts.warn(`The ledger is not verified any more until the next start: ${reason}`);
  }
}

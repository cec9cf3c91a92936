import type { Registered } from '@oakring/contracts';
import type { Heard } from '@oakring/contracts/native';
import type { WorkerStore } from '../memory/worker-store.port.js';
import type { WorkerLog } from '../worker-log.js';
import { whyRefused } from './reports.js';

export interface StandingParts {
  readonly id: string;
  /** Tells this start from any other that claims its number. */
  readonly startId: string;
  readonly store: WorkerStore;
  readonly log: WorkerLog;
  /** The number of this start was changed: what was said under the old one is void. */
  readonly renumbered: () => void;
  /** Start number `by` is the node now. */
  readonly superseded: (by: number) => void;
  /** The manager knows no such node. */
  readonly forgotten: () => void;
  /** A token came, and is kept. */
  readonly tokenKept: () => void;
}

/**
 * What this start is to the manager, by the answers on a topic that it shares with whoever else claims
 * its id. unknown → registered | refused (and trying on). One whose number is not above the manager's,
 * as after its folder was restored from an older copy, takes the next number and tries again at once;
 * one that *was* registered and hears of a newer start is superseded, for good.
 */
export class Standing {
  /** Code of the refusal; null: accepted, or not answered yet. */
  refusal: string | null = null;
  private wasRegistered = false;
  private isRenumbering = false;

  constructor(private readonly parts: StandingParts) {}

  /** Takes an answer; true when it accepts this start. */
  take(answer: Heard<Registered>): boolean {
    const { store, startId, log } = this.parts;
    const { accepted, startId: answered, incarnation: current } = answer;
    const isOurs = answered === null ? null : answered === startId;
    if (this.refusal === 'superseded') return false;
    if (this.wasRegistered && current !== null && current > store.incarnation) {
      this.refusal = 'superseded';
      this.parts.superseded(current);
    } else if (isOurs === false || (accepted === true && isToAnother(current, store))) {
      log('ignored', `registered: the answer is to start ${current ?? '?'}`);
    } else if (accepted === true) {
      this.accept(answer);
      return true;
    } else {
      this.refuse(answer, isOurs === true);
    }
    return false;
  }

  private accept({ token }: Heard<Registered>): void {
    this.refusal = null;
    this.wasRegistered = true;
    this.keepYields(false);
    const { store, log, tokenKept } = this.parts;
    if (token === null || token === store.token) return;
    store
      .keepToken(token)
      .then(tokenKept)
      .catch((error: unknown) => log('ignored', `the token was not kept: ${String(error)}`));
  }

  private refuse(answer: Heard<Registered>, isOurs: boolean): void {
    const { store, id, log } = this.parts;
    const { code, detail, incarnation: current } = answer;
    // It was forgotten, or another ledger is led: an answer to what we said, not to a registration.
    if (code === 'node-unknown') return this.parts.forgotten();
    const why = whyRefused(id, code, detail);
    // Somebody else is told that the id is ours; or our own start before this one, which has gone.
    if (this.wasRegistered && !isOurs) {
      return log('ignored', `another worker claims to be ${id}; ${why}`);
    }
    const isStale =
      code === 'incarnation-stale' && current !== null && current >= store.incarnation;
    if (
      (isStale || code === 'incarnation-implausible') &&
      Number.isSafeInteger((current ?? 0) + 1)
    ) {
      return void this.renumber((current ?? 0) + 1, why);
    }
    this.refusal = String(code);
    log('refused', `NOT REGISTERED as ${id}, trying on; ${why}`);
  }

  private async renumber(to: number, why: string): Promise<void> {
    const { store, log, renumbered } = this.parts;
    if (this.isRenumbering) return;
    this.isRenumbering = true;
    try {
      const from = store.incarnation;
      await store.renumber(to);
      log('refused', `${why}. Going on as start ${to} instead of ${from}`);
      renumbered();
    } catch (error) {
      log('ignored', `the number of this start was not kept: ${String(error)}`);
    } finally {
      this.isRenumbering = false;
    }
  }

  keepYields(yields: boolean): void {
    const { store, log } = this.parts;
    store
      .keepYields(yields)
      .catch((error: unknown) => log('ignored', `our standing was not kept: ${String(error)}`));
  }
}

function isToAnother(current: number | null, { incarnation }: WorkerStore): boolean {
  return current !== null && current !== incarnation;
}

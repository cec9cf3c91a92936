import type { Ports, Timer } from '@oakring/ports';
import { graceOf, type Leases } from './leases.js';

/** What is watched: it has a limit, and a name that stays the same. */
export interface Leased {
  readonly leaseMs: number | null;
}

/**
 * Tells when something that lives on grants must be stopped: early enough that it is gone at its
 * limit. One timer each; a grant that came meanwhile only makes it look again later.
 */
export class LeaseWatch<T extends Leased> {
  private readonly timers = new Map<T, Timer>();
  /** What runs on grants to an earlier start: its runtime ends it unless one to this start comes. */
  private readonly found = new Set<T>();

  constructor(
    private readonly leases: Leases,
    private readonly ports: Pick<Ports, 'clock' | 'timers'>,
    private readonly ranOut: (what: T, graceMs: number) => unknown,
    /** It may go on for so long from now. */
    private readonly renewed: (what: T, leftMs: number) => void = () => {},
  ) {
    leases.onGranted(() => {
      for (const what of this.found) this.watch(what);
      for (const what of this.timers.keys()) this.renew(what);
    });
  }

  watch(what: T): void {
    const { leaseMs } = what;
    if (leaseMs === null) return;
    this.forget(what);
    const graceMs = graceOf(leaseMs);
    const untilMs = this.leases.validUntilMs(leaseMs) ?? this.ports.clock.monotonicMs();
    const inMs = untilMs - graceMs - this.ports.clock.monotonicMs();
    if (inMs <= 0) {
      this.ranOut(what, graceMs);
      return;
    }
    this.timers.set(
      what,
      this.ports.timers.after(inMs, () => this.watch(what)),
    );
  }

  /** It ran before anything was granted to this start: it is watched from the first grant on. */
  watchFound(what: T): void {
    if (what.leaseMs !== null) this.found.add(what);
  }

  private renew(what: T): void {
    if (what.leaseMs === null) return;
    const untilMs = this.leases.validUntilMs(what.leaseMs);
    if (untilMs !== null) this.renewed(what, untilMs - this.ports.clock.monotonicMs());
  }

  /** Whether it may not run any more: whatever ended it, its runtime's own watch for one. */
  hasRunOut({ leaseMs }: T): boolean {
    if (leaseMs === null) return false;
    const untilMs = this.leases.validUntilMs(leaseMs);
    return untilMs !== null && untilMs <= this.ports.clock.monotonicMs();
  }

  forget(what: T): void {
    this.timers.get(what)?.cancel();
    this.timers.delete(what);
    this.found.delete(what);
  }
}

import type { HealthCheck, HealthProbe } from '@oakring/contracts';
import type { Ports, Timer } from '@oakring/ports';
import { judged, type Health, type Judgement } from './judgement.js';

/** Looks that are under way at once: a worker of hundreds must not spend itself on looking. */
const maxAtOnce = 16;
/** Of one job: whose looks take long holds up its own. */
const maxOfJob = 4;
/** One that was just started is looked at within so long; what was found, within its interval. */
const firstWithinMs = 1_000;
/** How often at least while it starts: who waits for it to be healthy must not wait for an interval. */
const startingEveryMs = 2_000;
/** No two looks of one instance follow each other at once, whatever its job says. */
const leastIntervalMs = 100;

interface Entry<T> {
  readonly what: T;
  readonly check: HealthCheck;
  readonly beganMs: number;
  judgement: Judgement;
  timer: Timer | null;
}

interface Parts<T> {
  readonly ports: Pick<Ports, 'clock' | 'timers' | 'randomness'>;
  /** As `Runtime.check` says. */
  readonly look: (what: T, probe: HealthProbe, timeoutMs: number) => Promise<string | null>;
  readonly changed: (what: T, health: Health) => void;
}

/**
 * Looks at instances, each in its own interval, and tells when their health changes. `waiting` for its
 * time → in `due`, should too many be looked at → being looked at → `waiting`. The first look comes at a
 * random moment, so that what was found by a start is not looked at all at once. A look of which nothing
 * can be said (the engine is away) counts for nothing.
 */
export class HealthChecks<T extends { readonly job: string }> {
  private readonly entries = new Map<T, Entry<T>>();
  private readonly due: Entry<T>[] = [];
  private underWay = 0;
  private readonly underWayOf = new Map<string, number>();
  /** By what came of them. */
  readonly counts = { passed: 0, failed: 0, unclear: 0 };

  constructor(private readonly parts: Parts<T>) {}

  /** `started`: by us and just now; else it was found running, and how it was before is not known. */
  watch(what: T, check: HealthCheck, started: boolean): Health | null {
    this.forget(what);
    const { clock, randomness } = this.parts.ports;
    const nowMs = clock.monotonicMs();
    const health: Health | null = started
      ? { status: 'starting', reason: null, sinceMs: nowMs }
      : null;
    const judgement = { health, failed: 0, well: 0 };
    const entry: Entry<T> = { what, check, beganMs: nowMs, judgement, timer: null };
    this.entries.set(what, entry);
    const withinMs = started ? Math.min(firstWithinMs, check.intervalMs) : check.intervalMs;
    this.wait(entry, randomness.integer(Math.max(1, withinMs)));
    return health;
  }

  forget(what: T): void {
    this.entries.get(what)?.timer?.cancel();
    this.entries.delete(what);
  }

  close(): void {
    for (const { what } of this.entries.values()) this.forget(what);
    this.due.length = 0;
  }

  private wait(entry: Entry<T>, inMs: number): void {
    entry.timer = this.parts.ports.timers.after(inMs, () => {
      entry.timer = null;
      this.due.push(entry);
      this.lookOn();
    });
  }

  private lookOn(): void {
    while (this.underWay < maxAtOnce) {
      const at = this.due.findIndex(({ what }) => this.ofJob(what) < maxOfJob);
      const [entry] = at === -1 ? [] : this.due.splice(at, 1);
      if (entry === undefined) return;
      if (!this.isWatched(entry)) continue;
      this.count(entry.what, 1);
      void this.lookAt(entry).finally(() => {
        this.count(entry.what, -1);
        this.lookOn();
      });
    }
  }

  private ofJob({ job }: T): number {
    return this.underWayOf.get(job) ?? 0;
  }

  private count(what: T, more: 1 | -1): void {
    this.underWay += more;
    const ofJob = this.ofJob(what) + more;
    if (ofJob === 0) this.underWayOf.delete(what.job);
    else this.underWayOf.set(what.job, ofJob);
  }

  private async lookAt(entry: Entry<T>): Promise<void> {
    const { what, check } = entry;
    try {
      const problem = await this.parts.look(what, check.probe, check.timeoutMs);
      this.counts[problem === null ? 'passed' : 'failed'] += 1;
      if (this.isWatched(entry)) this.take(entry, problem);
    } catch {
      this.counts.unclear += 1;
    }
    if (this.isWatched(entry)) this.wait(entry, this.nextInMs(entry));
  }

  private take(entry: Entry<T>, problem: string | null): void {
    const nowMs = this.parts.ports.clock.monotonicMs();
    const looked = { problem, nowMs, ageMs: nowMs - entry.beganMs };
    const before = entry.judgement.health;
    entry.judgement = judged(entry.judgement, looked, entry.check);
    const { health } = entry.judgement;
    if (health !== null && health !== before) this.parts.changed(entry.what, health);
  }

  private nextInMs({ check, judgement, beganMs }: Entry<T>): number {
    const startsUntilMs = beganMs + check.startPeriodMs;
    const isStarting =
      judgement.health?.status === 'starting' &&
      this.parts.ports.clock.monotonicMs() < startsUntilMs;
    const everyMs = isStarting ? Math.min(startingEveryMs, check.intervalMs) : check.intervalMs;
    return Math.max(leastIntervalMs, everyMs);
  }

  private isWatched(entry: Entry<T>): boolean {
    return this.entries.get(entry.what) === entry;
  }
}

import { OakringError } from '@oakring/contracts';
import { halfJitterMs, type Ports } from '@oakring/ports';
import type { StoredEvent } from '@oakring/events';
import type { Changes, ClusterState } from '@oakring/model';
import { Agenda } from './agenda.js';
import type { Doing, Outcome, Process, Seen } from './process.js';
import { Troubles, type Trouble } from './troubles.js';

/** What is remembered of a key while it has a fact. */
interface Entry {
  readonly fact: string;
  readonly sinceMs: number;
  /** Drawn when a look asks for it first. */
  share: number | null;
  /** Since when what else the latest look asked about has been so. */
  since: ReadonlyMap<string, number>;
  /** Steps that are to be done again, in a row. */
  attempts: number;
  /** Steps that failed, in a row. */
  failures: number;
  /** Monotonic: nothing is done before. */
  notBeforeMs: number;
  lookedAtMs: number;
}

/** A key of which a step is being carried out. */
interface Acting {
  readonly key: string;
  readonly entry: Entry | undefined;
  /** Something changed that concerns the key since the step began. */
  isChanged: boolean;
}

/** How a process does, for metrics. */
export interface ProcessHealth {
  readonly name: string;
  /** Keys that have a fact. */
  readonly keys: number;
  /** Milliseconds since the fact of the one that has had it longest was first seen. */
  readonly oldestMs: number;
  /** Steps that failed since the start. */
  readonly failures: number;
  /** What it cannot do for a while now; null: nothing of the kind. */
  readonly trouble: Trouble | null;
}

/** What a step failed for; null: somebody else leads now, or we end. */
interface Failed {
  readonly why: string | null;
}

/** Between two steps of a key. */
const leastMs = 10;
/** What failed says nothing about the step: as soon as log or scheduler are back, it goes on. */
const failedBackoff = { firstMs: 2_000, mostMs: 10_000 };

/** What one look is told of its key. */
class Glance implements Seen {
  readonly sinceMs: number;
  readonly attempts: number;
  private readonly before: ReadonlyMap<string, number>;
  private asked: Map<string, number> | null = null;

  constructor(
    private readonly entry: Entry,
    private readonly ports: Ports,
    readonly nowMs: number,
    readonly isEnding: boolean,
  ) {
    this.sinceMs = entry.sinceMs;
    this.attempts = entry.attempts;
    this.before = entry.since;
    entry.since = none;
  }

  get wallMs(): number {
    return this.ports.clock.wallMs();
  }

  get share(): number {
    this.entry.share ??= this.ports.randomness.integer(2 ** 30) / 2 ** 30;
    return this.entry.share;
  }

  readonly since = (what: string): number => {
    const atMs = this.before.get(what) ?? this.nowMs;
    this.asked ??= new Map();
    this.entry.since = this.asked.set(what, atMs);
    return atMs;
  };
}

/** One process with its keys, its agenda and what is in flight. */
export class WatchedProcess<Step> {
  private readonly entries = new Map<string, Entry>();
  private readonly agenda = new Agenda();
  private readonly due = new Set<string>();
  private readonly acting = new Map<string, Acting>();
  /** Calls that are under way, and who waits for the last of them to end. */
  private atOnce = 0;
  private readonly waiting: (() => void)[] = [];
  private failures = 0;
  private readonly troubles: Troubles;
  private readonly ending = new AbortController();
  private isStopped = false;

  constructor(
    private readonly process: Process<Step>,
    private readonly state: () => ClusterState,
    private readonly ports: Ports,
    /** To be called when something is due that was not when `work` ended. */
    private readonly wake: () => void,
    private readonly warn: (line: string) => void,
  ) {
    this.troubles = new Troubles(process.name, ports.clock, warn);
  }

  /** From now on it hears of what is in no view. */
  listen(): void {
    this.process.listen?.((keys) => {
      if (this.isStopped) return;
      if (keys === undefined) this.lookAtAll();
      else for (const key of keys) this.due.add(key);
      this.wake();
    });
  }

  get health(): ProcessHealth {
    let sinceMs = Number.POSITIVE_INFINITY;
    // In the order in which facts were first seen, but for those that changed.
    for (const entry of this.entries.values()) sinceMs = Math.min(sinceMs, entry.sinceMs);
    const oldestMs = Math.max(0, this.ports.clock.monotonicMs() - sinceMs);
    const { name } = this.process;
    const { longest: trouble } = this.troubles;
    return { name, keys: this.entries.size, oldestMs, failures: this.failures, trouble };
  }

  /** When to work again though nothing changed, monotonic; infinity: never. */
  get nextMs(): number {
    return this.agenda.nextMs;
  }

  /** Every key is looked at: a look that was lost is made up for. */
  lookAtAll(): void {
    this.troubles.review();
    this.guarded('all', () => {
      for (const key of this.process.all(this.state())) this.due.add(key);
    });
    for (const key of this.entries.keys()) this.due.add(key);
  }

  notice(changes: Changes, events: readonly StoredEvent[]): void {
    this.guarded('changes', () => {
      this.process.note?.(changes, this.state(), events);
      for (const key of this.process.concerned(changes, this.state())) {
        this.due.add(key);
        const acting = this.acting.get(key);
        if (acting !== undefined) acting.isChanged = true;
      }
    });
  }

  /** Takes no new steps but those of a last look. Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    if (this.process.looksAtEnd === true) {
      this.lookAtAll();
      this.work(true);
    }
    this.isStopped = true;
    this.ending.abort();
    if (this.atOnce > 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** Looks at what is due, and carries out what the looks say. */
  work(isEnding = false): void {
    const nowMs = this.ports.clock.monotonicMs();
    for (const key of this.agenda.takeDue(nowMs)) this.due.add(key);
    const steps: Doing<Step>[] = [];
    const { most, mostAtOnce } = this.process;
    for (const key of this.due) {
      // The rest stays due until a call has ended.
      if (this.atOnce + steps.length / most >= mostAtOnce) break;
      this.due.delete(key);
      const step = this.guarded(key, () => this.lookAt(key, nowMs, isEnding));
      if (step !== null) steps.push({ key, step });
    }
    for (let at = 0; at < steps.length; at += most) void this.act(steps.slice(at, at + most));
  }

  private lookAt(key: string, nowMs: number, isEnding: boolean): Step | null {
    const state = this.state();
    const fact = this.process.fact(key, state);
    if (fact === null) {
      this.entries.delete(key);
      this.agenda.delete(key);
      this.troubles.over(key);
      this.process.forget?.(key);
      return null;
    }
    const entry = this.entryOf(key, fact, nowMs);
    const restedMs = entry.lookedAtMs + this.process.restMs;
    if (restedMs > nowMs && !isEnding) {
      this.agenda.set(key, restedMs);
      return null;
    }
    entry.lookedAtMs = nowMs;
    // Looked at while it waits as well: since when things are so is not to be missed.
    const glance = new Glance(entry, this.ports, nowMs, isEnding);
    const { step, againMs } = this.process.look(key, state, glance);
    if (step === null && againMs === null) this.troubles.over(key);
    const isWaiting = entry.notBeforeMs > nowMs && !isEnding;
    const freeMs = isWaiting && step !== null ? entry.notBeforeMs : Number.POSITIVE_INFINITY;
    const nextMs = Math.min(againMs ?? Number.POSITIVE_INFINITY, freeMs);
    if (nextMs === Number.POSITIVE_INFINITY) this.agenda.delete(key);
    else this.agenda.set(key, Math.max(nextMs, nowMs + 1));
    return isWaiting || this.acting.has(key) ? null : step;
  }

  /** A bug in a look hurts its own key only: it runs where commits are told of. */
  private guarded<T>(key: string, work: () => T): T | null {
    try {
      return work();
    } catch (error) {
      this.failures += 1;
      this.warn(`${this.process.name}, ${key}: ${String(error)}`);
      return null;
    }
  }

  private entryOf(key: string, fact: string, nowMs: number): Entry {
    const before = this.entries.get(key);
    if (before?.fact === fact) return before;
    const entry: Entry = {
      fact,
      sinceMs: nowMs,
      share: null,
      since: none,
      attempts: 0,
      failures: 0,
      notBeforeMs: 0,
      lookedAtMs: Number.NEGATIVE_INFINITY,
    };
    this.entries.set(key, entry);
    return entry;
  }

  private async act(steps: readonly Doing<Step>[]): Promise<void> {
    const acts = steps.map(({ key }): Acting => {
      const acting = { key, entry: this.entries.get(key), isChanged: false };
      this.acting.set(key, acting);
      return acting;
    });
    this.atOnce += 1;
    let outcome: Outcome | Failed;
    try {
      outcome = await this.process.act(steps, this.ending.signal);
    } catch (error) {
      outcome = this.failed(error);
    }
    this.atOnce -= 1;
    for (const acting of acts) {
      const { key, entry } = acting;
      this.acting.delete(key);
      this.due.add(key);
      // What came of it says nothing about another fact.
      if (entry !== undefined && this.entries.get(key) === entry) this.conclude(acting, outcome);
    }
    if (!this.isStopped) this.wake();
    if (this.atOnce === 0) for (const resolve of this.waiting.splice(0)) resolve();
  }

  private conclude({ key, entry, isChanged }: Acting, outcome: Outcome | Failed): void {
    if (entry === undefined) return;
    const { backoff } = this.process;
    const { randomness } = this.ports;
    let waitMs = leastMs;
    if (typeof outcome === 'object') {
      entry.failures += 1;
      if (outcome.why !== null) this.troubles.add(key, outcome.why);
      const firstMs = Math.min(backoff?.firstMs ?? Infinity, failedBackoff.firstMs);
      const mostMs = Math.min(backoff?.mostMs ?? Infinity, failedBackoff.mostMs);
      waitMs = halfJitterMs(entry.failures, { firstMs, mostMs }, randomness);
    } else {
      entry.failures = 0;
      this.troubles.over(key);
      // Done, and nothing has changed: nothing was done (a decider knew better).
      const isOver = outcome === 'settled' || (outcome === 'done' && isChanged);
      entry.attempts = isOver ? 0 : entry.attempts + 1;
      if (entry.attempts > 0 && backoff !== null) {
        waitMs = halfJitterMs(entry.attempts, backoff, randomness);
      }
    }
    entry.notBeforeMs = this.ports.clock.monotonicMs() + waitMs;
  }

  private failed(error: unknown): Failed {
    const code = error instanceof OakringError ? error.code : 'internal';
    if (code === 'shutting-down') this.isStopped = true;
    if (this.isStopped || code === 'not-leading') return { why: null };
    this.failures += 1;
    const isBug = code === 'internal';
    if (isBug) this.troubles.tellNow(String(error));
    return { why: error instanceof OakringError && !isBug ? error.message : String(error) };
  }
}

const none: ReadonlyMap<string, number> = new Map();

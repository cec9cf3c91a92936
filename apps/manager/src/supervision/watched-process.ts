import { OakringError } from '@oakring/contracts';
import type { Ports } from '@oakring/ports';
import { ceilingMs } from '../recovery/backoff.js';
import type { Changes } from '../views/changes.js';
import type { ClusterState } from '../views/cluster-state.js';
import { Agenda } from './agenda.js';
import type { Doing, Outcome, Process, Seen } from './process.js';

/** What is remembered of a key while it has a fact. */
interface Entry {
  readonly fact: string;
  readonly sinceMs: number;
  readonly share: number;
  /** Since when what else the latest look asked about has been so. */
  since: ReadonlyMap<string, number>;
  /** Steps that failed or are to be done again, in a row. */
  attempts: number;
  /** Monotonic: not looked at before. */
  notBeforeMs: number;
  isActing: boolean;
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
}

/** Between two steps of a key, should one say that it was done and change nothing. */
const leastMs = 10;

/** One process with its keys, its agenda and what is in flight. */
export class WatchedProcess<Step> {
  private readonly entries = new Map<string, Entry>();
  private readonly agenda = new Agenda();
  private readonly due = new Set<string>();
  private atOnce = 0;
  private failures = 0;
  private isStopped = false;

  constructor(
    private readonly process: Process<Step>,
    private readonly state: () => ClusterState,
    private readonly ports: Ports,
    /** To be called when something is due that was not when `work` ended. */
    private readonly wake: () => void,
    private readonly warn: (line: string) => void,
  ) {}

  get health(): ProcessHealth {
    let sinceMs = Number.POSITIVE_INFINITY;
    // In the order in which facts were first seen, but for those that changed.
    for (const entry of this.entries.values()) sinceMs = Math.min(sinceMs, entry.sinceMs);
    const oldestMs = Math.max(0, this.ports.clock.monotonicMs() - sinceMs);
    const { name } = this.process;
    return { name, keys: this.entries.size, oldestMs, failures: this.failures };
  }

  /** When to work again though nothing changed, monotonic; infinity: never. */
  get nextMs(): number {
    return this.agenda.nextMs;
  }

  begin(): void {
    for (const key of this.process.all(this.state())) this.due.add(key);
  }

  /** Every key is looked at: a look that was lost is made up for. */
  lookAtAll(): void {
    for (const key of this.entries.keys()) this.due.add(key);
  }

  notice(changes: Changes): void {
    for (const key of this.process.concerned(changes, this.state())) this.due.add(key);
  }

  stop(): void {
    this.isStopped = true;
  }

  /** Looks at what is due, and carries out what the looks say. */
  work(): void {
    const nowMs = this.ports.clock.monotonicMs();
    for (const key of this.agenda.takeDue(nowMs)) this.due.add(key);
    const steps: Doing<Step>[] = [];
    const { most, mostAtOnce } = this.process;
    for (const key of this.due) {
      // The rest stays due until a call has ended.
      if (this.atOnce + steps.length / most >= mostAtOnce) break;
      this.due.delete(key);
      const step = this.lookAt(key, nowMs);
      if (step !== null) steps.push({ key, step });
    }
    for (let at = 0; at < steps.length; at += most) void this.act(steps.slice(at, at + most));
  }

  private lookAt(key: string, nowMs: number): Step | null {
    const state = this.state();
    const fact = this.process.fact(key, state);
    if (fact === null) {
      this.entries.delete(key);
      this.agenda.delete(key);
      return null;
    }
    const entry = this.entryOf(key, fact, nowMs);
    if (entry.isActing) return null;
    if (entry.notBeforeMs > nowMs) {
      this.agenda.set(key, entry.notBeforeMs);
      return null;
    }
    const { step, againMs } = this.process.look(key, state, this.seen(entry, nowMs));
    if (againMs === null) this.agenda.delete(key);
    else this.agenda.set(key, Math.max(againMs, nowMs + 1));
    return step;
  }

  private entryOf(key: string, fact: string, nowMs: number): Entry {
    const before = this.entries.get(key);
    if (before?.fact === fact) return before;
    const entry: Entry = {
      ...{ fact, sinceMs: nowMs, since: new Map(), attempts: 0, notBeforeMs: 0 },
      share: this.ports.randomness.integer(2 ** 30) / 2 ** 30,
      isActing: before?.isActing ?? false,
    };
    this.entries.set(key, entry);
    return entry;
  }

  private seen(entry: Entry, nowMs: number): Seen {
    const { sinceMs, share, since: before } = entry;
    const since = new Map<string, number>();
    entry.since = since;
    return {
      ...{ nowMs, sinceMs, share, wallMs: this.ports.clock.wallMs() },
      since(what) {
        const atMs = before.get(what) ?? nowMs;
        since.set(what, atMs);
        return atMs;
      },
    };
  }

  private async act(steps: readonly Doing<Step>[]): Promise<void> {
    const acting = steps.flatMap(({ key }) => this.entries.get(key) ?? []);
    for (const entry of acting) entry.isActing = true;
    this.atOnce += 1;
    const outcome = await this.carryOut(steps);
    this.atOnce -= 1;
    const nowMs = this.ports.clock.monotonicMs();
    for (const { key } of steps) {
      const entry = this.entries.get(key);
      if (entry === undefined) continue;
      entry.isActing = false;
      entry.attempts = outcome === 'done' ? 0 : entry.attempts + 1;
      entry.notBeforeMs = nowMs + (outcome === 'done' ? leastMs : this.waitMs(entry.attempts));
      this.due.add(key);
    }
    if (!this.isStopped) this.wake();
  }

  private async carryOut(steps: readonly Doing<Step>[]): Promise<Outcome> {
    try {
      return await this.process.act(steps);
    } catch (error) {
      const code = error instanceof OakringError ? error.code : 'internal';
      if (code === 'shutting-down') this.isStopped = true;
      // Somebody else leads now, or we end: that is no failure of ours.
      if (this.isStopped || code === 'not-leading') return 'again';
      this.failures += 1;
      if (code === 'internal') this.warn(`${this.process.name}: ${String(error)}`);
      return 'again';
    }
  }

  /** Half of a time that doubles, and a random part of the other half: never at once, never together. */
  private waitMs(attempts: number): number {
    const half = Math.ceil(ceilingMs(attempts, this.process.backoff) / 2);
    return half + this.ports.randomness.integer(half + 1);
  }
}

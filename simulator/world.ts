import {
  seededRandomness,
  silentTracer,
  type Ports,
  type Randomness,
  type Timer,
} from '@oakring/ports';

interface Pending {
  dueMs: number;
  order: number;
  readonly periodMs: number | null;
  readonly life: Life;
  readonly work: () => void;
  cancelled: boolean;
}

/** One simulated process: its timers, and what is delivered to it, end with it. */
export class Life {
  isDead = false;
  private thawsMs = 0;

  constructor(
    readonly name: string,
    /** The machine that it runs on: how much its clock is wrong, milliseconds. */
    private readonly machine: { readonly clockErrorMs: number } = { clockErrorMs: 0 },
  ) {}

  get clockErrorMs(): number {
    return this.machine.clockErrorMs;
  }

  /** Nothing of it runs before this time (SIGSTOP): never sooner than it was to, or what waits is overtaken. */
  freeze(untilMs: number): void {
    this.thawsMs = Math.max(this.thawsMs, untilMs);
  }

  get frozenUntilMs(): number {
    return this.thawsMs;
  }
}

/** Where the simulated time begins, as clocks that are right show it. */
const startMs = Date.UTC(2026, 0, 1);

/**
 * Time, chance and order of a whole simulated cluster. Nothing real passes: what is due next runs
 * next, and whatever it set going (promises) comes to rest before the next.
 */
export class World {
  nowMs = 0;
  readonly chance: Randomness;
  private readonly heap: Pending[] = [];
  private readonly real = new Set<Promise<unknown>>();
  private created = 0;
  private named = 0;

  constructor(readonly seed: number) {
    this.chance = seededRandomness(seed);
  }

  /** The time of day by a clock that is right, milliseconds since 1970. */
  get wallMs(): number {
    return startMs + this.nowMs;
  }

  /** True with a probability of `percent`. */
  happens(percent: number): boolean {
    return this.chance.integer(10_000) < percent * 100;
  }

  between(least: number, most: number): number {
    return least + this.chance.integer(most - least + 1);
  }

  pick<T>(from: readonly T[]): T | undefined {
    return from[this.chance.integer(Math.max(1, from.length))];
  }

  schedule(life: Life, inMs: number, work: () => void, periodMs: number | null = null): Timer {
    const entry: Pending = {
      // Clocks that tell the time of day show whole milliseconds.
      dueMs: this.nowMs + Math.max(0, Math.ceil(inMs)),
      order: this.created++,
      periodMs,
      life,
      work,
      cancelled: false,
    };
    this.push(entry);
    return {
      cancel: () => {
        entry.cancelled = true;
      },
    };
  }

  /** The ports of one process. Each has its own source of chance, so that one more call here does not change everything there. */
  portsOf(life: Life): Ports {
    const randomness = seededRandomness(this.seed * 7_919 + this.chance.integer(1_000_000));
    return {
      clock: { wallMs: () => this.wallMs + life.clockErrorMs, monotonicMs: () => this.nowMs },
      timers: {
        after: (delayMs, work) => this.schedule(life, delayMs, work),
        every: (periodMs, work) => this.schedule(life, periodMs, work, periodMs),
        soon: (work) => void this.schedule(life, 0, work),
        sleep: (delayMs, signal) => this.sleep(life, delayMs, signal),
      },
      ids: { next: () => this.nextId() },
      randomness,
      tracer: silentTracer,
    };
  }

  nextId(): string {
    return `00000000-0000-4000-8000-${(this.named++).toString(16).padStart(12, '0')}`;
  }

  /** Work in real time, as a library may need a turn of its own: simulated time waits for it. */
  async outsideOfTime<T>(work: Promise<T>): Promise<T> {
    this.real.add(work);
    try {
      return await work;
    } finally {
      this.real.delete(work);
    }
  }

  /** Runs everything that is due up to then. */
  async runUntil(untilMs: number): Promise<void> {
    await this.rest();
    for (
      let next = this.heap[0];
      next !== undefined && next.dueMs <= untilMs;
      next = this.heap[0]
    ) {
      this.pop();
      if (next.cancelled || next.life.isDead) continue;
      this.nowMs = Math.max(this.nowMs, next.dueMs);
      if (next.life.frozenUntilMs > this.nowMs) {
        next.dueMs = next.life.frozenUntilMs;
        this.push(next);
        continue;
      }
      if (next.periodMs !== null) {
        next.dueMs = this.nowMs + Math.ceil(next.periodMs);
        next.order = this.created++;
        this.push(next);
      }
      next.work();
      await this.rest();
    }
    this.nowMs = untilMs;
  }

  private async rest(): Promise<void> {
    await settled();
    while (this.real.size > 0) {
      await Promise.allSettled(this.real);
      await settled();
    }
  }

  private sleep(life: Life, delayMs: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted === true) return resolve();
      const wake = (): void => {
        timer.cancel();
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const timer = this.schedule(life, delayMs, wake);
      signal?.addEventListener('abort', wake);
    });
  }

  private push(entry: Pending): void {
    const { heap } = this;
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(entry, heap[parent])) break;
      heap[at] = heap[parent] as Pending;
      at = parent;
    }
    heap[at] = entry;
  }

  private pop(): void {
    const { heap } = this;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1], heap[child])) child += 1;
      if (!isBefore(heap[child], last)) break;
      heap[at] = heap[child] as Pending;
      at = child;
    }
    heap[at] = last;
  }
}

function isBefore(one: Pending | undefined, other: Pending | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  return one.dueMs < other.dueMs || (one.dueMs === other.dueMs && one.order < other.order);
}

/** Promises that were set going run to where they wait for simulated time. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

import { OakringError } from '@oakring/contracts';
import { emptyHead, headOf, type Commit, type LogHead } from '@oakring/events';
import {
  settleAppend,
  type AppendOutcome,
  type EventLogWriter,
  type LeaseRecord,
  type LeaseStore,
  type RemoteCommits,
} from '@oakring/stores';
import type { Timers } from '@oakring/ports';
import type { SimulatedStore } from './store.js';
import type { Life, World } from './world.js';

/** As the driver of the real one: whoever waited for so long is not answered any more. */
const patienceMs = 2_000;
const tryAgainMs = 200;

/** How a manager's machine reaches the store. */
export interface StoreRoute {
  /** A folder of this machine: a process that ended writes nothing more, and nobody loses patience. */
  readonly isLocal: boolean;
  /** Nothing passes before this time. */
  cutUntilMs: number;
}

/** One process's line to the store: slow at times, silent at times, and sometimes not believed. */
export class StoreLine {
  constructor(
    private readonly store: SimulatedStore,
    private readonly world: World,
    readonly life: Life,
    private readonly route: StoreRoute,
  ) {}

  get isLocal(): boolean {
    return this.route.isLocal;
  }

  /** One question and its answer. Rejects when it is refused, or when it is unclear what became of it. */
  call<T>(work: (store: SimulatedStore) => T | Promise<T>): Promise<T> {
    const { world, store, life } = this;
    return new Promise<T>((resolve, reject) => {
      const timedOut = (): void => reject(new Error('timed out'));
      const fate = world.happens(store.trouble) ? world.pick(['lost', 'late', 'unheard']) : 'well';
      // Who hears nothing notices it sooner or later.
      if (fate !== 'well') world.schedule(life, world.between(1, this.slowMs), timedOut);
      else if (!this.isLocal) world.schedule(life, patienceMs, timedOut);
      if (fate === 'lost' || this.losesItsWay()) return;
      const delayMs = fate === 'late' ? world.between(1, 10 * this.slowMs) : 0;
      this.travel(store.life, delayMs, () => {
        if (this.isLocal && life.isDead) return;
        const answer = (tell: () => void): void => {
          if (fate === 'well' && !this.losesItsWay()) this.travel(life, 0, tell);
        };
        this.carriedOut(work).then(
          (value) => answer(() => resolve(value)),
          (error: unknown) => answer(() => reject(asError(error))),
        );
      });
    });
  }

  /** Asks until it is answered. */
  async patiently<T>(
    work: (store: SimulatedStore) => T | Promise<T>,
    { timers, signal }: { readonly timers: Timers; readonly signal: AbortSignal },
  ): Promise<T> {
    for (;;) {
      try {
        return await this.call(work);
      } catch (error) {
        if (signal.aborted) throw error;
      }
      await timers.sleep(tryAgainMs, signal);
    }
  }

  private async carriedOut<T>(work: (store: SimulatedStore) => T | Promise<T>): Promise<T> {
    if (this.store.isElecting) throw new Error('there is no primary');
    return work(this.store);
  }

  private get slowMs(): number {
    return this.isLocal ? 5 : patienceMs;
  }

  /** A cut line keeps some of what was under way, and loses the rest. */
  private losesItsWay(): boolean {
    return this.world.nowMs < this.route.cutUntilMs && this.world.happens(50);
  }

  private travel(to: Life, delayMs: number, arrive: () => void): void {
    const { nowMs } = this.world;
    const opensMs = Math.max(nowMs, this.store.stalledUntilMs, this.route.cutUntilMs);
    this.world.schedule(to, opensMs - nowMs + delayMs + this.world.between(0, 2), arrive);
  }
}

/** The log at the end of such a line. */
export class SimulatedLog implements EventLogWriter, RemoteCommits {
  private readonly closing = new AbortController();
  private last: LogHead = emptyHead;

  constructor(
    private readonly line: StoreLine,
    private readonly timers: Timers,
  ) {}

  async append(commit: Commit): Promise<AppendOutcome> {
    const { last } = this;
    if (commit.position <= last.position) {
      return commit.hash === last.hash ? { status: 'appended' } : { status: 'deposed', head: last };
    }
    const before = last.position === commit.position - 1 ? last : await this.headBefore(commit);
    if (before?.hash !== commit.prev || commit.epoch < before.epoch) {
      return { status: 'deposed', head: await this.patiently(({ head }) => head) };
    }
    const { signal } = this.closing;
    const outcome = await settleAppend(commit, this, { timers: this.timers, signal });
    if (outcome.status === 'appended') this.last = headOf(commit);
    return outcome;
  }

  async insert(commit: Commit): Promise<{ status: 'inserted' }> {
    await this.line.call((store) => store.insert({ commit, writer: this.line.life }));
    return { status: 'inserted' };
  }

  at(position: number): Promise<Commit | null> {
    return this.line.call(({ commits }) => commits[position - 1] ?? null);
  }

  head(): Promise<LogHead> {
    return this.answered(({ head }) => head);
  }

  read({ from, limit }: { from: number; limit: number }): Promise<readonly Commit[]> {
    return this.answered(({ commits }) => commits.slice(from - 1, from - 1 + limit));
  }

  streamVersions(streams: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return this.patiently(
      (store) => new Map(streams.map((stream) => [stream, store.versionOf(stream)])),
    );
  }

  async close(): Promise<void> {
    this.closing.abort();
  }

  private headBefore({ position }: Commit): Promise<LogHead | undefined> {
    return this.patiently(({ commits }) => {
      const before = commits[position - 2];
      return position === 1 ? emptyHead : before && headOf(before);
    });
  }

  private patiently<T>(work: (store: SimulatedStore) => T): Promise<T> {
    return this.line.patiently(work, { timers: this.timers, signal: this.closing.signal });
  }

  /** For whoever asks: a store that does not answer is told as that. A folder always does. */
  private async answered<T>(work: (store: SimulatedStore) => T): Promise<T> {
    if (this.line.isLocal) return this.patiently(work);
    try {
      return await this.line.call(work);
    } catch (error) {
      const detail = `The simulated store cannot be read now: ${asError(error).message}.`;
      throw new OakringError({ code: 'store-away', detail }, { cause: error });
    }
  }
}

/** The lease at the end of such a line. */
export class SimulatedLeases implements LeaseStore {
  constructor(private readonly line: StoreLine) {}

  read(): Promise<LeaseRecord | null> {
    return this.line.call(({ leases }) => leases.read());
  }

  swap(from: LeaseRecord | null, to: LeaseRecord): Promise<boolean> {
    return this.line.call(({ leases }) => leases.swap(from, to));
  }

  ask(of: LeaseRecord): Promise<void> {
    return this.line.call(({ leases }) => leases.ask(of));
  }

  asked(): ReturnType<LeaseStore['asked']> {
    return this.line.call(({ leases }) => leases.asked());
  }

  async close(): Promise<void> {}
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

import { emptyHead, headOf, type Commit, type LogHead } from '@oakring/events';
import { MemoryLeaseStore, streamVersionsOf } from '@oakring/stores';
import { Life, type World } from './world.js';

/** Who wrote a commit, for whoever judges it. */
export interface Written {
  readonly commit: Commit;
  readonly writer: Life;
}

/**
 * A store of commits and of a lease: what is written lies at its end first, and is durable a moment
 * later. Until then nobody can read it, and an outage may tear it off.
 */
export class SimulatedStore {
  readonly commits: Commit[] = [];
  readonly leases = new MemoryLeaseStore();
  readonly life = new Life('store');
  /** Nothing is answered before this time. */
  stalledUntilMs = 0;
  /** Percent of the calls that are lost, or whose reply is, or that arrive much later. */
  trouble = 0;
  /** It is between two primaries, and refuses everything, up to this time. */
  electingUntilMs = 0;
  private tail: (Written & { readonly end: (error: Error | null) => void }) | null = null;
  private readonly versions = new Map<string, number>();

  constructor(
    private readonly world: World,
    /** Hears of each commit once it is durable. */
    private readonly durable: (written: Written) => void,
  ) {}

  get head(): LogHead {
    const last = this.commits.at(-1);
    return last === undefined ? emptyHead : headOf(last);
  }

  get isElecting(): boolean {
    return this.world.nowMs < this.electingUntilMs;
  }

  versionOf(stream: string): number {
    return this.versions.get(stream) ?? 0;
  }

  /** Resolves once it is durable. Rejects when its position is taken, or when its end is torn off. */
  insert(written: Written): Promise<void> {
    const isTaken = written.commit.position <= this.commits.length || this.tail !== null;
    if (isTaken) return Promise.reject(new Error('duplicate key'));
    return new Promise((resolve, reject) => {
      const tail = {
        ...written,
        end: (error: Error | null) => (error ? reject(error) : resolve()),
      };
      this.tail = tail;
      this.world.schedule(this.life, this.world.between(0, 2), () => {
        if (this.tail === tail) this.keep();
      });
    });
  }

  /** It goes away for a while, or just ends: what is not durable yet is torn off, or turns out to be. */
  interrupt(): void {
    const { tail } = this;
    if (tail === null) return;
    if (this.world.happens(50)) return this.keep();
    this.tail = null;
    tail.end(new Error('the primary stepped down'));
  }

  private keep(): void {
    const { tail } = this;
    if (tail === null) return;
    this.tail = null;
    const { commit, writer } = tail;
    this.commits.push(commit);
    for (const [stream, version] of streamVersionsOf(commit)) this.versions.set(stream, version);
    this.durable({ commit, writer });
    tail.end(null);
  }
}

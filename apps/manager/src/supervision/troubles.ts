import type { Clock } from '@oakring/ports';

/** What a process cannot do. */
export interface Trouble {
  /** Wall clock: when it failed first. */
  readonly sinceMs: number;
  readonly reason: string;
}

interface Failing extends Trouble {
  /** Steps of the key that failed in a row. */
  readonly times: number;
  /** Monotonic: when the newest did. */
  readonly newestMs: number;
}

/** Once is no trouble: it is tried again soon, and is done. */
const leastTimes = 2;
/** What failed is tried again within 10 s: what has not failed for so long is not to be done any more. */
const overAfterMs = 30_000;

/**
 * What fails again and again, by key: said in the log when it begins and when it is over, not each time;
 * what there is of it in between is shown where an operator looks.
 */
export class Troubles {
  /** In the order in which they began. */
  private readonly failing = new Map<string, Failing>();
  /** The newest line in the log while it is not over. */
  private told: string | null = null;

  constructor(
    private readonly name: string,
    private readonly clock: Clock,
    private readonly warn: (line: string) => void,
  ) {}

  /** Of the keys that fail, the one that has for longest. */
  get longest(): Trouble | null {
    for (const { sinceMs, reason, times, newestMs } of this.failing.values()) {
      const isFresh = this.clock.monotonicMs() < newestMs + overAfterMs;
      if (isFresh && times >= leastTimes) return { sinceMs, reason };
    }
    return null;
  }

  add(key: string, reason: string): void {
    const { sinceMs = this.clock.wallMs(), times: before = 0 } = this.failing.get(key) ?? {};
    const times = before + 1;
    this.failing.set(key, { sinceMs, reason, times, newestMs: this.clock.monotonicMs() });
    if (this.told === null && times >= leastTimes) this.tell(`${reason} It is tried again.`);
  }

  /** Of a bug the log tells the first time, and of another one as well. */
  tellNow(reason: string): void {
    if (this.told !== reason) this.tell(reason);
  }

  over(key: string): void {
    if (this.failing.delete(key)) this.tellIfOver();
  }

  /** To be called now and then: what is not tried any more is over as well. */
  review(): void {
    const nowMs = this.clock.monotonicMs();
    for (const [key, { newestMs }] of this.failing) {
      if (nowMs >= newestMs + overAfterMs) this.failing.delete(key);
    }
    this.tellIfOver();
  }

  private tellIfOver(): void {
    if (this.told === null || this.longest !== null) return;
    this.told = null;
    this.warn(`${this.name}: it goes on.`);
  }

  private tell(reason: string): void {
    this.told = reason;
    this.warn(`${this.name}: ${reason}`);
  }
}

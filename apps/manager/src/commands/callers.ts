import { callerIn, OakringError, openName, settingName } from '@oakring/contracts';
import type { EventData } from '@oakring/events';
import type { Clock } from '@oakring/ports';
import { TokenBucket, type Rate } from '../access/token-bucket.js';

/** Commands of one caller that wait at most: a tenth of all, so that others wait behind few of them. */
const maxWaiting = 2_000;
/** Refusals of one caller that are each on record: so many at once, and one a second. The rest are counted. */
const onRecord: Rate = { burst: 100, perSecond: 1 };
/** How often what was counted is put on record, as one event. */
const recordEveryMs = 60_000;
/** Of whom and why, in that event; the rest is one number. */
const maxTold = 20;
const maxKept = 10_000;
/** Many may share them, so that nobody's part of the queue is to be told. */
const shared: ReadonlySet<string | null> = new Set([null, settingName, openName]);

type Counted = NonNullable<EventData<'RequestsRefused'>['orders']>[number];

/** Whether a refusal, of whom and by which code, is to be on record. */
export type RecordsRefusal = (by: string, code: string) => boolean;

/**
 * Keeps one caller over HTTP from taking what is everybody's: the writer's queue by sending, and the ledger by being
 * refused. What workers may is limited before it comes here, and a manager's own processes are.
 */
export class Callers {
  private readonly waiting = new Map<string, number>();
  private readonly allowances = new Map<string, TokenBucket>();
  private readonly counted = new Map<string, Counted>();
  private uncounted = 0;
  /** Monotonic; when the first of what is counted was refused. */
  private sinceMs = 0;

  constructor(private readonly clock: Pick<Clock, 'monotonicMs'>) {}

  /** Why a command of theirs is not taken in; null: it waits from now on, until `answered`. */
  enter(by: string): OakringError | null {
    const name = callerIn(by);
    if (shared.has(name)) return null;
    const count = this.waiting.get(by) ?? 0;
    if (count >= maxWaiting) {
      const detail = `${count} orders of token ${name} wait for a decision already.`;
      return new OakringError({ code: 'too-many-requests', detail });
    }
    this.waiting.set(by, count + 1);
    return null;
  }

  answered(by: string): void {
    const count = this.waiting.get(by);
    if (count === undefined) return;
    if (count === 1) this.waiting.delete(by);
    else this.waiting.set(by, count - 1);
  }

  /** Of a commit: whether a refusal is on record in it. One that is not is counted. */
  recordAt(nowMs: number): RecordsRefusal {
    return (by, code) => {
      const name = callerIn(by);
      if (name === null) return true;
      const allowance = this.allowanceOf(name, nowMs);
      if (allowance.hasAny(nowMs)) {
        allowance.take(1);
        return true;
      }
      this.count(name, code, nowMs);
      return false;
    };
  }

  /** What is to be put on record now; null: nothing, or not yet. `isLast`: whatever there is. */
  due(isLast = false): EventData<'RequestsRefused'> | null {
    if (this.counted.size === 0) return null;
    const withinMs = Math.round(this.clock.monotonicMs() - this.sinceMs);
    if (!isLast && withinMs < recordEveryMs) return null;
    const orders = [...this.counted.values()];
    const others = this.uncounted;
    this.counted.clear();
    this.uncounted = 0;
    const refused = { unauthorized: 0, forbidden: 0, withinMs, shown: [], orders };
    return others === 0 ? refused : { ...refused, others };
  }

  private count(name: string, code: string, nowMs: number): void {
    if (this.counted.size === 0) this.sinceMs = nowMs;
    const key = `${name} ${code}`;
    const known = this.counted.get(key);
    if (known === undefined && this.counted.size >= maxTold) this.uncounted += 1;
    else this.counted.set(key, { name, code, count: (known?.count ?? 0) + 1 });
  }

  private allowanceOf(name: string, nowMs: number): TokenBucket {
    const known = this.allowances.get(name);
    if (known !== undefined) return known;
    if (this.allowances.size >= maxKept) {
      for (const [each, allowance] of this.allowances) {
        if (allowance.isFull(nowMs)) this.allowances.delete(each);
      }
    }
    const allowance = new TokenBucket(onRecord, nowMs);
    this.allowances.set(name, allowance);
    return allowance;
  }
}

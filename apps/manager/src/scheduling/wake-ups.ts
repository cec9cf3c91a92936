import type { Doing, Look, Outcome, Process, Seen, Wake } from '../supervision/process.js';
import type { ClusterState } from '@oakring/model';
import type { WaitingJobs } from './waiting-jobs.js';

const key = 'jobs that wait';
/** Waiting jobs are woken when a change may make them fit, at most this often. */
const wakeEveryMs = 200;
/** What machines are busy with besides us is in no view: it is looked at this often. */
const lookAtLoadMs = 1_000;
/** So many of those that have waited longest are woken, whatever changed. */
const wakeOldestMs = 30_000;
const maxOldest = 1_000;

interface Waking {
  readonly withOldest: boolean;
}

/** Has jobs asked about again that waited, when a change may help them. */
export class WakeUps implements Process<Waking> {
  readonly name = 'wake-ups';
  readonly most = 1;
  readonly mostAtOnce = 1;
  readonly restMs = 0;
  readonly backoff = null;
  private isSoon = false;
  private wokenAtMs = Number.NEGATIVE_INFINITY;
  private oldestAtMs = 0;
  private wake: Wake = () => {};
  private readonly listeners = new Set<(jobs: readonly string[]) => void>();

  constructor(
    private readonly waiting: WaitingJobs,
    private readonly clock: { monotonicMs(): number },
  ) {}

  listen(wake: Wake): void {
    this.wake = wake;
  }

  /** Something changed that may help one that waits. */
  soon(): void {
    // Each time: while nobody waited there was nothing to look at, and the look is gone.
    this.isSoon = true;
    this.wake([key]);
  }

  /** Calls back with jobs that wait no longer. */
  onHelped(listener: (jobs: readonly string[]) => void): void {
    this.listeners.add(listener);
  }

  all(): Iterable<string> {
    return [key];
  }

  /** Told by `soon`. */
  concerned(): Iterable<string> {
    return [];
  }

  fact(): string | null {
    return this.waiting.size > 0 ? 'jobs wait' : null;
  }

  look(_key: string, _state: ClusterState, { nowMs, sinceMs }: Seen): Look<Waking> {
    // Paced by itself: the key comes and goes with those that wait.
    const mayMs = this.wokenAtMs + wakeEveryMs;
    if (nowMs < mayMs) return { step: null, againMs: mayMs };
    const withOldest = nowMs >= Math.max(sinceMs, this.oldestAtMs) + wakeOldestMs;
    const nextMs = Math.max(sinceMs, this.wokenAtMs) + lookAtLoadMs;
    if (withOldest || this.isSoon || nowMs >= nextMs) {
      return { step: { withOldest }, againMs: null };
    }
    return { step: null, againMs: nextMs };
  }

  async act([doing]: readonly Doing<Waking>[]): Promise<Outcome> {
    const nowMs = this.clock.monotonicMs();
    this.isSoon = false;
    this.wokenAtMs = nowMs;
    const woken = this.waiting.takeHelped();
    if (doing?.step.withOldest === true) {
      this.oldestAtMs = nowMs;
      woken.push(...this.waiting.takeOldest(maxOldest));
    }
    for (const listener of this.listeners) listener(woken);
    return 'done';
  }
}

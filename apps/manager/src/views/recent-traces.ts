import { subjectOf, type StoredEvent } from '@oakring/events';
import type { Clock } from '@oakring/ports';

/** An order of long ago is not what a crash of today is on account of: that is no part of its trace. */
const rememberedMs = 600_000;
const mostJobs = 10_000;

interface Remembered {
  readonly trace: string;
  readonly atMs: number;
}

/**
 * In which trace each job was ordered of late: what follows by itself (its places, the orders to workers) is
 * part of it. Learned from events as they become durable, so a follower that begins to lead knows them as well.
 */
export class RecentTraces {
  /** In the order in which they were ordered. */
  private readonly jobs = new Map<string, Remembered>();

  constructor(private readonly clock: Clock) {}

  note(events: readonly StoredEvent[]): void {
    for (const event of events) {
      const { trace, by, stream } = event;
      // What a manager says by itself has its trace from here.
      if (trace === undefined || !stream.startsWith('jobs/') || by?.startsWith('manager/'))
        continue;
      const job = subjectOf(event);
      this.jobs.delete(job);
      this.jobs.set(job, { trace, atMs: this.clock.monotonicMs() });
      const [oldest] = this.jobs.keys();
      if (this.jobs.size > mostJobs && oldest !== undefined) this.jobs.delete(oldest);
    }
  }

  /** The `traceparent` to hand on; undefined: it was ordered in none. */
  of(job: string): string | undefined {
    const known = this.jobs.get(job);
    if (known === undefined) return undefined;
    if (this.clock.monotonicMs() - known.atMs < rememberedMs) return known.trace;
    this.jobs.delete(job);
    return undefined;
  }

  /** The first of several that there is. */
  ofAny(jobs: Iterable<string>): string | undefined {
    if (this.jobs.size === 0) return undefined;
    for (const job of jobs) {
      const trace = this.of(job);
      if (trace !== undefined) return trace;
    }
    return undefined;
  }
}

import { OakringError, type ScheduleAnswer, type ScheduleJob } from '@oakring/contracts';
import type { StoredEvent } from '@oakring/events';
import type { Ports, Timer } from '@oakring/ports';
import type { CommandQueue } from '../commands/command.js';
import type { ClusterState } from '../views/cluster-state.js';
import type { Projection } from '../views/projection.js';
import { needsAttention } from './capacity-changes.js';
import { nextGroup } from './next-group.js';
import { presentNodes } from './present-nodes.js';
import type { Scheduler } from './scheduler.port.js';

/** Placements asked for in one call to the scheduler, over all jobs. */
const maxInstancesPerCall = 500;
const maxJobsPerCall = 500;
/** About half of what the scheduler takes in one body; a single job is always less. */
const maxBytesPerCall = 4 * 1_048_576;
/** A proposal that does not hold is asked for again elsewhere, at most this often in a row. */
const maxRounds = 3;
/** Waiting jobs are tried again when a change may make them fit, at most this often. */
/** A waiting job is asked about again after this long at the latest. */
const lookAgainMs = 30_000;
const retryWaitingEveryMs = 200;
const schedulerBackoffMs = { first: 250, most: 5_000 };

/**
 * Brings pending instances to a decision. It never places by itself: it asks the scheduler, and
 * hands the proposal to the writer, which checks it again.
 *
 * A job with pending instances is *due* (to be asked about now) or *waiting* (refused: it becomes
 * due again when a node appears or capacity is freed). While the scheduler does not answer, all
 * stay due, the reason is put on record once, and calls back off.
 */
export class PlacementLoop {
  private readonly due = new Set<string>();
  private readonly waiting = new Set<string>();
  /** Jobs of which nothing fits elsewhere: they are asked about where they failed as well. */
  private readonly insisting = new Set<string>();
  private readonly excluded = new Map<string, { nodes: Set<string>; rounds: number }>();
  private working: Promise<void> | null = null;
  private stopped = new AbortController();
  private retry: Timer | null = null;
  private lookAgain: Timer | null = null;
  private failures = 0;
  /** Grows with every change that may make a waiting job fit. */
  private chances = 0;
  private unsubscribe: () => void = () => {};

  constructor(
    private readonly scheduler: Scheduler,
    private readonly queue: CommandQueue,
    private readonly projection: Projection,
    private readonly ports: Ports,
    private readonly warn: (line: string) => void,
  ) {}

  start(): void {
    for (const job of this.state.jobsWithPending) this.due.add(job);
    this.unsubscribe = this.projection.onProjected((events) => this.notice(events));
    // What machines are busy with besides us is in no event.
    this.lookAgain = this.ports.timers.every(lookAgainMs, () => this.retryWaitingSoon());
    this.wake();
  }

  async stop(): Promise<void> {
    this.unsubscribe();
    this.retry?.cancel();
    this.lookAgain?.cancel();
    this.stopped.abort();
    await this.working;
  }

  private get state(): ClusterState {
    return this.projection.state;
  }

  private notice(events: readonly StoredEvent[]): void {
    const { pendingIn, anyPending, capacityFreed } = needsAttention(events);
    for (const job of pendingIn) if (this.state.jobsWithPending.has(job)) this.due.add(job);
    if (anyPending) for (const job of this.state.jobsWithPending) this.due.add(job);
    if (capacityFreed) {
      this.chances += 1;
      this.retryWaitingSoon();
    }
    if (this.due.size > 0) this.wake();
  }

  private retryWaitingSoon(): void {
    if (this.waiting.size === 0 || this.retry !== null) return;
    this.retry = this.ports.timers.after(retryWaitingEveryMs, () => {
      this.retry = null;
      for (const job of this.waiting) this.due.add(job);
      this.waiting.clear();
      this.wake();
    });
  }

  private wake(): void {
    if (this.working !== null || this.stopped.signal.aborted || this.due.size === 0) return;
    this.working = this.work().finally(() => {
      this.working = null;
      this.wake();
    });
  }

  private async work(): Promise<void> {
    while (this.due.size > 0 && !this.stopped.signal.aborted) {
      const asked = this.takeDue();
      if (asked.length === 0) continue;
      const jobs = asked.map(({ job }) => job);
      const chances = this.chances;
      try {
        const request = { jobs, position: this.projection.position };
        const { answers } = await this.scheduler.schedule(request);
        this.failures = 0;
        await Promise.all(asked.map((each, index) => this.apply(each, answers[index])));
        // What changed while the scheduler was answering is not in its answer.
        if (this.chances !== chances) this.retryWaitingSoon();
      } catch (error) {
        await this.backOff(jobs, error);
      }
    }
  }

  /** The next jobs to ask about, as many as one call takes. */
  private takeDue(): Asked[] {
    const jobs: Asked[] = [];
    let instances = 0;
    let bytes = 0;
    for (const id of this.due) {
      const isFull = jobs.length === maxJobsPerCall || instances >= maxInstancesPerCall;
      if (isFull || bytes >= maxBytesPerCall) break;
      this.due.delete(id);
      const asked = this.askAbout(id, maxInstancesPerCall - instances);
      if (asked === null) continue;
      instances += asked.job.instances;
      bytes += JSON.stringify(asked.job).length;
      jobs.push(asked);
    }
    return jobs;
  }

  /** What to ask about a job; null when nothing of it can be placed now. */
  private askAbout(id: string, mostInstances: number): Asked | null {
    const job = this.state.jobs.get(id);
    if (job?.status !== 'active') return null;
    const group = nextGroup(this.state, job, mostInstances);
    if (group.instances === 0) {
      // What must never run twice waits for the end of what may run still.
      if (this.state.pendingOfJob.sizeOf(id) > 0) this.waiting.add(id);
      return null;
    }
    // Elsewhere comes first; where nothing fits there, where it failed is asked about as well.
    const avoid = this.insisting.has(id) ? null : group.avoid;
    const excluded = [...(this.excluded.get(id)?.nodes ?? [])];
    return {
      avoiding: avoid !== null,
      job: {
        job: { ...job.document, id },
        instances: group.instances,
        exclude: avoid === null ? excluded : [...excluded, avoid],
        present: presentNodes(this.state, id),
      },
    };
  }

  private async apply({ job, avoiding }: Asked, answer: ScheduleAnswer | undefined): Promise<void> {
    const { id } = job.job;
    if (answer === undefined) {
      throw new OakringError({
        code: 'scheduler-unavailable',
        detail: `The scheduler left job ${id} unanswered.`,
      });
    }
    const outcome = await this.queue.submit<'ApplyPlan'>({
      type: 'ApplyPlan',
      id,
      answer,
      avoiding,
    });
    if (outcome.status === 'refused') return;
    const { rejected, placed } = outcome.answer;
    if (rejected.length > 0 && this.exclude(id, rejected)) {
      this.due.add(id);
      return;
    }
    this.excluded.delete(id);
    if (avoiding && answer.refusal !== null) {
      this.insisting.add(id);
      this.due.add(id);
      return;
    }
    this.insisting.delete(id);
    if (answer.refusal !== null || rejected.length > 0) this.waiting.add(id);
    else if (this.state.jobsWithPending.has(id)) (placed > 0 ? this.due : this.waiting).add(id);
    if (rejected.length > 0) this.retryWaitingSoon();
  }

  /** Remembers where a proposal did not hold; false once that has happened too often. */
  private exclude(id: string, nodes: readonly string[]): boolean {
    const before = this.excluded.get(id) ?? { nodes: new Set<string>(), rounds: 0 };
    for (const node of nodes) before.nodes.add(node);
    before.rounds += 1;
    this.excluded.set(id, before);
    return before.rounds < maxRounds;
  }

  /** Without an answer the jobs stay due, with that reason, and the next call comes later. */
  private async backOff(jobs: readonly ScheduleJob[], error: unknown): Promise<void> {
    for (const job of jobs) this.due.add(job.job.id);
    const code = error instanceof OakringError ? error.code : 'internal';
    const detail = error instanceof Error ? error.message : String(error);
    if (code === 'shutting-down') return this.stopped.abort();
    // We are ending: that the scheduler ends as well is no news.
    if (this.stopped.signal.aborted) return;
    this.failures += 1;
    if (this.failures === 1) this.warn(`${detail} Jobs stay pending until it is back.`);
    await this.recordRefusals(jobs, code, detail);
    const ceiling = Math.min(
      schedulerBackoffMs.most,
      schedulerBackoffMs.first * 2 ** Math.min(this.failures, 10),
    );
    const delayMs = schedulerBackoffMs.first + this.ports.randomness.integer(ceiling);
    await this.ports.timers.sleep(delayMs, this.stopped.signal);
  }

  private async recordRefusals(
    jobs: readonly ScheduleJob[],
    code: string,
    detail: string,
  ): Promise<void> {
    const refusals = jobs.map(({ job }) =>
      this.queue.submit({ type: 'RefusePlacement', id: job.id, code, detail }),
    );
    // The log may be what is failing: the reason is then missing on record, not the retry.
    await Promise.allSettled(refusals);
  }
}

interface Asked {
  readonly job: ScheduleJob;
  /** The node where these instances just failed is excluded. */
  readonly avoiding: boolean;
}

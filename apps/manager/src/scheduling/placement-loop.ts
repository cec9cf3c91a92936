import { OakringError, type ScheduleAnswer, type ScheduleJob } from '@oakring/contracts';
import type { StoredEvent } from '@oakring/events';
import { fullJitterMs, type Ports, type Timer } from '@oakring/ports';
import type { CommandQueue } from '../commands/command.js';

import type { Changes, ClusterState } from '@oakring/model';
import type { TelemetryTable } from '../telemetry/telemetry-table.js';
import type { Projection } from '../views/projection.js';
import { needsAttention } from './pending-changes.js';
import { inHalves } from './in-halves.js';
import { nextGroup, questionAbout, type Asked } from './next-group.js';
import { RejectedNodes } from './rejected-nodes.js';
import type { Scheduler } from './scheduler.port.js';
import { WaitingJobs } from './waiting-jobs.js';

/** Placements asked for in one call to the scheduler, over all jobs. */
const maxInstancesPerCall = 500;
const maxJobsPerCall = 500;
/** About half of what the scheduler takes in one body; a single job is always less. */
const maxBytesPerCall = 4 * 1_048_576;
/** So many of those that have waited longest are asked about, whatever changed. */
const lookAgainMs = 30_000;
const maxLookAgain = 1_000;
/** What machines are busy with besides us is in no event. */
const lookAtLoadMs = 1_000;
/** Waiting jobs are tried again when a change may make them fit, at most this often. */
const retryWaitingEveryMs = 200;
const schedulerBackoff = { firstMs: 250, mostMs: 5_000 };

/**
 * Brings pending instances to a decision. It never places by itself: it asks the scheduler, and
 * hands the proposal to the writer, which checks it again.
 *
 * A job with pending instances is *due* (to be asked about now) or *waiting* (refused: it becomes
 * due again when a change may help it; waiting-jobs.ts). While the scheduler does not answer, all
 * stay due, the reason is put on record once, and calls back off. A job that it refuses to plan at
 * all is *set aside* with that reason: asked about again now and then, and never with others.
 */
export class PlacementLoop {
  private readonly due = new Set<string>();
  private readonly waiting: WaitingJobs;
  /** Jobs of which nothing fits elsewhere: they are asked about where they failed as well. */
  private readonly insisting = new Set<string>();
  /** Refused by the scheduler even alone: asked about in calls of their own. */
  private readonly aside = new Set<string>();
  private readonly rejectedNodes = new RejectedNodes();
  private working: Promise<void> | null = null;
  private stopped = new AbortController();
  private retry: Timer | null = null;
  private readonly sweeps: Timer[] = [];
  private failures = 0;
  private unsubscribe: () => void = () => {};

  constructor(
    private readonly scheduler: Scheduler,
    private readonly queue: CommandQueue,
    private readonly seen: {
      readonly projection: Projection;
      readonly table: Pick<TelemetryTable, 'foreignSince' | 'foreignOf'>;
    },
    private readonly ports: Ports,
    private readonly warn: (line: string) => void,
  ) {
    this.waiting = new WaitingJobs(() => this.state, seen.table);
  }

  start(): void {
    for (const job of this.state.jobsWithPending) this.due.add(job);
    this.unsubscribe = this.seen.projection.onProjected((events, _head, changes) =>
      this.notice(events, changes),
    );
    const lookAgain = (): void => {
      for (const job of [...this.aside, ...this.waiting.takeOldest(maxLookAgain)]) {
        this.due.add(job);
      }
      this.wake();
    };
    const { timers } = this.ports;
    this.sweeps.push(
      timers.every(lookAgainMs, lookAgain),
      timers.every(lookAtLoadMs, () => this.retryWaitingSoon()),
    );
    this.wake();
  }

  async stop(): Promise<void> {
    this.unsubscribe();
    this.retry?.cancel();
    for (const sweep of this.sweeps) sweep.cancel();
    this.stopped.abort();
    await this.working;
  }

  private get state(): ClusterState {
    return this.seen.projection.state;
  }

  private notice(events: readonly StoredEvent[], changes: Changes): void {
    const { pendingIn, anyPending } = needsAttention(events);
    for (const job of pendingIn) if (this.state.jobsWithPending.has(job)) this.due.add(job);
    if (anyPending) {
      for (const job of this.state.jobsWithPending) if (!this.waiting.has(job)) this.due.add(job);
    }
    if (this.waiting.notice(changes)) this.retryWaitingSoon();
    if (this.due.size > 0) this.wake();
  }

  private retryWaitingSoon(): void {
    if (this.waiting.size === 0 || this.retry !== null) return;
    this.retry = this.ports.timers.after(retryWaitingEveryMs, () => {
      this.retry = null;
      for (const job of this.waiting.takeHelped()) this.due.add(job);
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
      try {
        await inHalves(
          asked,
          (batch) => this.ask(batch),
          ({ job }, refusal) => this.setAside(job, refusal),
        );
      } catch (error) {
        await this.backOff(
          asked.map(({ job }) => job),
          error,
        );
      }
    }
  }

  private async ask(asked: readonly Asked[]): Promise<void> {
    this.waiting.asking();
    const { answers } = await this.scheduler.schedule({
      jobs: asked.map(({ job }) => job),
      position: this.seen.projection.position,
    });
    this.failures = 0;
    await Promise.all(asked.map((each, index) => this.apply(each, answers[index])));
    if (this.waiting.asked()) this.retryWaitingSoon();
  }

  private async setAside(job: ScheduleJob, { code, message }: OakringError): Promise<void> {
    this.aside.add(job.job.id);
    await this.recordRefusals([job], code, message);
  }

  /** The next jobs to ask about, as many as one call takes. */
  private takeDue(): Asked[] {
    const jobs: Asked[] = [];
    let instances = 0;
    let bytes = 0;
    for (const id of this.due) {
      const isAside = this.aside.has(id);
      if (isAside && jobs.length > 0) continue;
      const isFull = jobs.length === maxJobsPerCall || instances >= maxInstancesPerCall;
      if (isFull || bytes >= maxBytesPerCall) break;
      this.due.delete(id);
      this.waiting.delete(id);
      const asked = this.askAbout(id, maxInstancesPerCall - instances);
      if (asked === null) continue;
      instances += asked.job.instances;
      bytes += Buffer.byteLength(JSON.stringify(asked.job));
      jobs.push(asked);
      if (isAside) break;
    }
    return jobs;
  }

  /** What to ask about a job; null when nothing of it can be placed now. */
  private askAbout(id: string, mostInstances: number): Asked | null {
    const job = this.state.jobs.get(id);
    if (job?.status !== 'active') {
      this.forget(id);
      return null;
    }
    const group = nextGroup(this.state, job, mostInstances);
    if (group.instances === 0) {
      // What must never run twice waits for the end of what may run still.
      if (this.state.pendingOfJob.sizeOf(id) > 0) this.waiting.waitForEnds(id);
      return null;
    }
    // Elsewhere comes first; where nothing fits there, where it failed is asked about as well.
    const avoid = this.insisting.has(id) ? null : group.avoid;
    const question = questionAbout(this.state, job, group.instances);
    const exclude = [...this.rejectedNodes.of(id), ...(avoid === null ? [] : [avoid])];
    return { avoiding: avoid !== null, job: { ...question, exclude } };
  }

  private async apply({ job, avoiding }: Asked, answer: ScheduleAnswer | undefined): Promise<void> {
    const { id } = job.job;
    this.aside.delete(id);
    if (answer === undefined) {
      const detail = `The scheduler left job ${id} unanswered.`;
      throw new OakringError({ code: 'scheduler-unavailable', detail });
    }
    const outcome = await this.queue.submit<'ApplyPlan'>({
      type: 'ApplyPlan',
      id,
      answer,
      avoiding,
    });
    if (outcome.status === 'refused') return;
    const { rejected, placed } = outcome.answer;
    if (rejected.length > 0 && this.rejectedNodes.note(id, rejected)) {
      this.due.add(id);
      return;
    }
    this.rejectedNodes.forget(id);
    if (avoiding && answer.refusal !== null) {
      this.insisting.add(id);
      this.due.add(id);
      return;
    }
    this.insisting.delete(id);
    if (rejected.length > 0) {
      this.waiting.waitAMoment(id);
      this.retryWaitingSoon();
    } else if (answer.refusal !== null) this.waiting.waitForRoom(id);
    else if (this.state.jobsWithPending.has(id)) {
      if (placed > 0) this.due.add(id);
      else this.waiting.waitForEnds(id);
    }
  }

  /** The next job of that name begins anew. */
  private forget(id: string): void {
    this.aside.delete(id);
    this.insisting.delete(id);
    this.rejectedNodes.forget(id);
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
    const jitterMs = fullJitterMs(this.failures + 1, schedulerBackoff, this.ports.randomness);
    await this.ports.timers.sleep(schedulerBackoff.firstMs + jitterMs, this.stopped.signal);
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

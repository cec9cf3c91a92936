import { OakringError, type ScheduleAnswer, type ScheduleJob } from '@oakring/contracts';
import {
  ownerOf,
  whySecretMissing,
  whyUnusable,
  type Changes,
  type ClusterState,
} from '@oakring/model';
import { halfJitterMs, type Ports } from '@oakring/ports';
import type { CommandQueue } from '../commands/command.js';
import {
  nothing,
  type Doing,
  type Look,
  type Outcome,
  type Process,
  type Seen,
  type Wake,
} from '../supervision/process.js';
import type { RestoredHold } from '../supervision/restored-hold.js';
import { inHalves } from './in-halves.js';
import { nextGroup, questionAbout, type Asked } from './next-group.js';
import { RejectedNodes } from './rejected-nodes.js';
import type { Scheduler } from './scheduler.port.js';
import type { WaitingJobs } from './waiting-jobs.js';
import type { WakeUps } from './wake-ups.js';
import { byItself } from '../commands/origin.js';

/** Placements asked for in one call to the scheduler, over all jobs. */
const maxInstancesPerCall = 500;
/** About half of what the scheduler takes in one body; a single job is always less. */
const maxBytesPerCall = 4 * 1_048_576;
/** A job that the scheduler refused even alone is asked about again after this long. */
const asideMs = 30_000;

/**
 * Brings pending instances to a decision. It never places by itself: it asks the scheduler, and
 * hands the proposal to the writer, which checks it again.
 *
 * A job with pending instances is asked about, or *waits* (refused: it is asked about again when a
 * change may help it, see waiting-jobs.ts, or when what is pending is something else). While the
 * scheduler does not answer, the reason is put on record once, and calls back off. A job that it refuses
 * to plan at all is *set aside* with that reason: asked about again now and then, and never with others.
 */
export class Placements implements Process<'ask'> {
  readonly name = 'placements';
  readonly most = 500;
  readonly mostAtOnce = 1;
  readonly restMs = 0;
  readonly backoff = { firstMs: 250, mostMs: 5_000 };
  /** As what each job that waits was asked about. */
  private readonly waitsAs = new Map<string, string>();
  /** Jobs of which nothing fits elsewhere: they are asked about where they failed as well. */
  private readonly insisting = new Set<string>();
  /** Refused by the scheduler even alone, as what, and until when. */
  private readonly aside = new Map<
    string,
    { readonly as: string | null; readonly untilMs: number }
  >();
  private readonly rejectedNodes = new RejectedNodes();
  /** Calls in a row without an answer, and when the next one may be. */
  private failures = 0;
  private awayUntilMs = 0;
  private isOpen = false;
  private wake: Wake = () => {};

  constructor(
    private readonly scheduler: Scheduler,
    private readonly queue: CommandQueue,
    private readonly seen: {
      readonly state: () => ClusterState;
      readonly waiting: WaitingJobs;
      readonly wakeUps: WakeUps;
      /** Absent: nothing that was restored has to wait. */
      readonly hold?: Pick<RestoredHold, 'placesFromMs'>;
    },
    private readonly ports: Pick<Ports, 'clock' | 'randomness'>,
  ) {}

  /** Nothing is placed before. */
  open(): void {
    this.isOpen = true;
    this.wake();
  }

  listen(wake: Wake): void {
    this.wake = wake;
    this.seen.wakeUps.onHelped(wake);
  }

  note(changes: Changes): void {
    if (this.seen.waiting.notice(changes)) this.seen.wakeUps.soon();
  }

  all({ jobsWithPending }: ClusterState): Iterable<string> {
    return jobsWithPending;
  }

  *concerned(
    { jobs, instances, secrets }: Changes,
    { jobsWithPending }: ClusterState,
  ): Generator<string> {
    yield* jobs;
    if (secrets.size > 0) yield* jobsWithPending;
    for (const key of instances) yield ownerOf(key);
  }

  fact(id: string, state: ClusterState): string | null {
    const { jobs, jobsWithPending, pendingOfJob, instances } = state;
    const job = jobs.get(id);
    if (job?.status !== 'active' || !jobsWithPending.has(id)) return null;
    // Nobody has to be asked about it.
    if (whyUnusable(job) !== null) return null;
    let newest = 0;
    for (const key of pendingOfJob.of(id))
      newest = Math.max(newest, instances.get(key)?.since ?? 0);
    const missing = whySecretMissing(state, job)?.detail ?? '';
    return `${pendingOfJob.sizeOf(id)} of revision ${job.revision}, the newest since ${newest}${missing}`;
  }

  /** The next job of that name begins anew. */
  forget(id: string): void {
    this.aside.delete(id);
    this.insisting.delete(id);
    this.rejectedNodes.forget(id);
    this.waitsAs.delete(id);
    this.seen.waiting.delete(id);
  }

  look(id: string, state: ClusterState, { nowMs }: Seen): Look<'ask'> {
    if (!this.isOpen) return nothing;
    if (this.seen.waiting.has(id) && this.waitsAs.get(id) === this.fact(id, state)) return nothing;
    const aside = this.aside.get(id);
    const isAside = aside !== undefined && aside.as === this.fact(id, state);
    const asideUntilMs = isAside ? aside.untilMs : 0;
    const atMs = Math.max(this.awayUntilMs, asideUntilMs, this.heldUntilMs(id, state));
    if (nowMs < atMs) return { step: null, againMs: atMs };
    return { step: 'ask', againMs: null };
  }

  private heldUntilMs(id: string, { jobs }: ClusterState): number {
    const job = jobs.get(id);
    return job === undefined ? 0 : (this.seen.hold?.placesFromMs(job) ?? 0);
  }

  async act(steps: readonly Doing<'ask'>[], ending: AbortSignal): Promise<Outcome> {
    const due = new Set(steps.map(({ key }) => key));
    await this.refuseWithoutSecret(due);
    while (due.size > 0 && !ending.aborted) {
      const asked = this.takeOneCall(due);
      if (asked.length === 0) continue;
      try {
        await inHalves(
          asked,
          (batch) => this.ask(batch),
          ({ job }, refusal) => this.setAside(job, refusal),
        );
      } catch (error) {
        // We are ending: that the scheduler ends as well is no news.
        if (!ending.aborted) await this.standBack(asked, error);
        throw error;
      }
    }
    // An answer is an answer, the same refusal again as well: who waits is asked about when it may help.
    return 'settled';
  }

  /** What names a secret that is not there waits for it: nobody has to be asked. */
  private async refuseWithoutSecret(due: Set<string>): Promise<void> {
    const state = this.seen.state();
    for (const id of due) {
      const job = state.jobs.get(id);
      const missing = job === undefined ? null : whySecretMissing(state, job);
      if (missing === null) continue;
      due.delete(id);
      this.wait(id, (waiting) => waiting.waitForRoom(id));
      const refusal = { type: 'RefusePlacement', id, ...missing } as const;
      await this.queue.submit<'RefusePlacement'>(refusal, byItself(this.name));
    }
  }

  private async ask(asked: readonly Asked[]): Promise<void> {
    const { waiting, wakeUps, state } = this.seen;
    waiting.asking();
    const { answers } = await this.scheduler.schedule({
      jobs: asked.map(({ job }) => job),
      position: state().head.position,
    });
    this.failures = 0;
    await Promise.all(asked.map((each, index) => this.apply(each, answers[index])));
    if (waiting.asked()) wakeUps.soon();
  }

  private async setAside(job: ScheduleJob, { code, message }: OakringError): Promise<void> {
    const { id } = job.job;
    await this.recordRefusals([job], code, message);
    const untilMs = this.ports.clock.monotonicMs() + asideMs;
    this.aside.set(id, { as: this.fact(id, this.seen.state()), untilMs });
  }

  /** The next jobs to ask about, as many as one call takes. */
  private takeOneCall(due: Set<string>): Asked[] {
    const jobs: Asked[] = [];
    let instances = 0;
    let bytes = 0;
    for (const id of due) {
      const isAside = this.aside.has(id);
      if (isAside && jobs.length > 0) continue;
      if (instances >= maxInstancesPerCall || bytes >= maxBytesPerCall) break;
      due.delete(id);
      this.seen.waiting.delete(id);
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
    const state = this.seen.state();
    const job = state.jobs.get(id);
    if (job === undefined || this.fact(id, state) === null) return null;
    const group = nextGroup(state, job, mostInstances);
    if (group.instances === 0) {
      // What must never run twice waits for the end of what may run still.
      this.wait(id, (waiting) => waiting.waitForEnds(id));
      return null;
    }
    // Elsewhere comes first; where nothing fits there, where it failed is asked about as well.
    const avoid = this.insisting.has(id) ? null : group.avoid;
    const question = questionAbout(state, job, group.instances);
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
    const outcome = await this.queue.submit<'ApplyPlan'>(
      { type: 'ApplyPlan', id, answer, avoiding },
      byItself(this.name),
    );
    if (outcome.status === 'refused') return;
    const { rejected, placed } = outcome.answer;
    // Whatever does not wait is looked at again, and asked about again while anything is pending.
    if (rejected.length > 0 && this.rejectedNodes.note(id, rejected)) return;
    this.rejectedNodes.forget(id);
    if (avoiding && answer.refusal !== null) {
      this.insisting.add(id);
      return;
    }
    this.insisting.delete(id);
    if (rejected.length > 0) this.wait(id, (waiting) => waiting.waitAMoment(id));
    else if (answer.refusal !== null) this.wait(id, (waiting) => waiting.waitForRoom(id));
    else if (placed === 0) this.wait(id, (waiting) => waiting.waitForEnds(id));
  }

  private wait(id: string, put: (waiting: WaitingJobs) => void): void {
    const as = this.fact(id, this.seen.state());
    if (as === null) return;
    this.waitsAs.set(id, as);
    put(this.seen.waiting);
    this.seen.wakeUps.soon();
  }

  /** Without an answer all wait a while, with that reason. */
  private async standBack(asked: readonly Asked[], error: unknown): Promise<void> {
    const code = error instanceof OakringError ? error.code : 'internal';
    const detail = error instanceof Error ? error.message : String(error);
    if (code === 'shutting-down') return;
    const { clock, randomness } = this.ports;
    this.failures += 1;
    const waitMs = halfJitterMs(this.failures, this.backoff, randomness);
    this.awayUntilMs = clock.monotonicMs() + waitMs;
    const jobs = asked.map(({ job }) => job);
    await this.recordRefusals(jobs, code, detail);
  }

  private async recordRefusals(
    jobs: readonly ScheduleJob[],
    code: string,
    detail: string,
  ): Promise<void> {
    const refusals = jobs.map(({ job }) =>
      this.queue.submit({ type: 'RefusePlacement', id: job.id, code, detail }, byItself(this.name)),
    );
    // The log may be what is failing: the reason is then missing on record, not the retry.
    await Promise.allSettled(refusals);
  }
}

import { OakringError, type ScheduleAnswer, type ScheduleJob } from '@oakring/contracts';
import type { Command, CommandQueue } from '../commands/command.js';
import { basisOf } from '../commands/decide/plans.js';
import { placeLacking } from '../commands/decide/failures.js';
import { askBeside, askSuccessor, replacementOf, surgeOf } from '../scheduling/ask-successor.js';
import type { Scheduler } from '../scheduling/scheduler.port.js';
import {
  type Doing,
  nothing,
  type Look,
  type Outcome,
  type Process,
  type Seen,
} from '../supervision/process.js';
import {
  type Changes,
  type ClusterState,
  isRolledOut,
  ownerOf,
  type InstanceRecord,
  type JobRecord,
  whySecretMissing,
} from '@oakring/model';
import { byItself } from '../commands/origin.js';
import { heardSince, type Hearing } from '../supervision/heard-since.js';
import { nextStep, type Step } from './next-step.js';

/** What waits for a place is looked at this often at least: a storm in between begins its time anew. */
const againAfterMs = 5_000;

type Done = Step | { readonly do: 'give-up'; readonly revision: number; readonly reason: string };

/**
 * Carries a new revision of a job out. With room to spare (`surge`) the new one starts beside the old one and takes
 * over once it serves (`next-step.ts` says when that is). Without, or where there is no room for both, the old one
 * is stopped for it, once it has a place: at most `maxUnavailable` instances are missing at once on its account, and
 * each updated one must have been found healthy (without checks: have run for `healthyAfterMs`) before the next is
 * stopped. What does not run is replaced at once. Going back works alike; deciders say when (a failed instance).
 */
export class Rollouts implements Process<Done> {
  readonly name = 'rollouts';
  readonly most = 1;
  readonly mostAtOnce = Number.POSITIVE_INFINITY;
  readonly restMs = 250;
  /** Where a successor had no place, or the scheduler was away, it is asked again soon. */
  readonly backoff = { firstMs: 2_000, mostMs: 4_000 };

  /** Jobs that the scheduler gave no answer about when it was asked last. */
  private readonly unanswered = new Set<string>();

  constructor(
    private readonly scheduler: Scheduler,
    private readonly queue: CommandQueue,
    private readonly state: () => ClusterState,
    private readonly hearing: Hearing,
  ) {}

  forget(id: string): void {
    this.unanswered.delete(id);
  }

  *all(state: ClusterState): Generator<string> {
    for (const { id } of state.jobs.values()) if (this.fact(id, state) !== null) yield id;
  }

  *concerned({ jobs, instances }: Changes): Generator<string> {
    yield* jobs;
    for (const key of instances) yield ownerOf(key);
  }

  fact(id: string, { jobs }: ClusterState): string | null {
    const job = jobs.get(id);
    if (job === undefined || job.status === 'deleting' || !isRolledOut(job)) return null;
    return `to ${job.revision}`;
  }

  look(id: string, state: ClusterState, seen: Seen): Look<Done> {
    const job = state.jobs.get(id);
    if (job === undefined) return nothing;
    const { step, againMs: dueMs } = this.giveUpOf(state, job, seen);
    if (step !== null) return { step, againMs: null };
    const look = nextStep(state, job, seen);
    if (look.step !== null || dueMs === null) return look;
    return { step: null, againMs: Math.min(dueMs, look.againMs ?? dueMs) };
  }

  /**
   * A rollout that found no place for its next one for as long as its job allows goes back by itself. Not
   * counted while the scheduler says nothing, or nodes that have room may be there unheard.
   */
  private giveUpOf(state: ClusterState, job: JobRecord, seen: Seen): Look<Done> {
    const { placeWithinMs } = job.policy.update;
    const waits = job.rollout?.status === 'progressing' ? placeLacking(state, job) : null;
    if (placeWithinMs === null || waits === null || this.unanswered.has(job.id)) return nothing;
    const againMs = seen.nowMs + againAfterMs;
    const sinceMs = heardSince(this.hearing, seen, `${job.revision} waits`);
    if (sinceMs === null) return { step: null, againMs };
    const dueMs = sinceMs + placeWithinMs;
    if (dueMs > seen.nowMs) return { step: null, againMs: Math.min(dueMs, againMs) };
    const reason = `there was no place for the next one for ${placeWithinMs / 1_000} s: ${waits}`;
    return { step: { do: 'give-up', revision: job.revision, reason }, againMs: null };
  }

  async act([doing]: readonly Doing<Done>[]): Promise<Outcome> {
    const job = this.state().jobs.get(doing?.key ?? '');
    if (doing === undefined || job === undefined) return 'done';
    const { key: id, step } = doing;
    switch (step.do) {
      case 'replace':
        return this.replace(job, step.instances);
      case 'surge':
        return this.surge(job, step);
      case 'take-over': {
        const { instance, generation } = step;
        await this.order({ type: 'CompleteSurge', id, instance, generation });
        return 'done';
      }
      case 'give-up': {
        const { revision, reason } = step;
        await this.order({ type: 'GiveUpRollout', id, revision, reason });
        return 'done';
      }
      case 'complete':
        await this.order({ type: 'CompleteRollout', id, revision: step.revision });
        return 'done';
    }
  }

  /** What has no place beside is replaced, as many as may be missing; the rest goes on, and why is on record. */
  private async surge(
    job: JobRecord,
    { instances, mayStop, atFault }: Extract<Step, { do: 'surge' }>,
  ): Promise<Outcome> {
    const state = this.state();
    const questions = instances.map((instance) => askBeside(state, job, instance, atFault));
    const answers = await this.ask(job, questions, instances[0]);
    if (answers === null) return 'again';
    const orders = instances.flatMap((instance, at) => surgeOf(job, instance, answers[at]) ?? []);
    const left = instances.filter((_, at) => (answers[at]?.placements.length ?? 0) === 0);
    const begun = Promise.all(orders.map((order) => this.order(order)));
    if (left.length === 0) {
      await begun;
      return 'done';
    }
    const stopped = left.slice(0, mayStop);
    if (stopped.length > 0) {
      await begun;
      return this.replace(job, stopped);
    }
    await this.waitFor(job, instances, answers);
    await begun;
    return 'again';
  }

  private async replace(job: JobRecord, instances: readonly InstanceRecord[]): Promise<Outcome> {
    const state = this.state();
    const questions = instances.map((instance) => askSuccessor(state, job, instance, []));
    const answers = await this.ask(job, questions, instances[0]);
    if (answers === null) return 'again';
    const reason = `updated to revision ${job.revision}`;
    const orders = instances.flatMap(
      (instance, at) => replacementOf(job, instance, answers[at], reason) ?? [],
    );
    const begun = Promise.all(orders.map((order) => this.order(order)));
    const isWaiting = await this.waitFor(job, instances, answers);
    await begun;
    return orders.length > 0 && !isWaiting ? 'done' : 'again';
  }

  /** Null: it gave no answer, which is on record. */
  private async ask(
    job: JobRecord,
    jobs: readonly ScheduleJob[],
    first: InstanceRecord | undefined,
  ): Promise<readonly ScheduleAnswer[] | null> {
    const missing = whySecretMissing(this.state(), job);
    if (missing !== null) {
      const refusal = { ...missing, filtered: {}, nearest: null, wouldFit: null };
      await this.wait(job, first, { answer: null, refusal });
      return null;
    }
    try {
      const { position } = this.state().head;
      const { answers } = await this.scheduler.schedule({ jobs, position });
      this.unanswered.delete(job.id);
      return answers;
    } catch (error) {
      if (!isAnswer(error)) this.unanswered.add(job.id);
      await this.wait(job, first, { answer: null, refusal: awayRefusal(error) });
      return null;
    }
  }

  /** Whether one of them was refused a place: the first such answer is on record. */
  private async waitFor(
    job: JobRecord,
    instances: readonly InstanceRecord[],
    answers: readonly ScheduleAnswer[],
  ): Promise<boolean> {
    const refused = answers.findIndex(({ refusal }) => refusal !== null);
    const answer = answers[refused];
    const refusal = answer?.refusal ?? null;
    if (answer === undefined || refusal === null) return false;
    await this.wait(job, instances[refused], { answer, refusal });
    return true;
  }

  /** Its successor has no place: it goes on, and why nothing moves is on record. */
  private async wait(
    { id }: JobRecord,
    instance: InstanceRecord | undefined,
    { answer, refusal }: { answer: ScheduleAnswer | null; refusal: Waiting['refusal'] },
  ): Promise<void> {
    if (instance === undefined) return;
    const basis = answer === null ? null : basisOf(answer);
    await this.order({ type: 'RefuseReplacement', id, instance: instance.number, refusal, basis });
  }

  private order(command: Ordered): Promise<unknown> {
    return this.queue.submit<Ordered['type']>(command, byItself(this.name));
  }
}

type Waiting = Extract<Command, { type: 'RefuseReplacement' }>;
type Ordered =
  | Waiting
  | Extract<Command, { type: 'ReplaceInstance' | 'SurgeInstance' | 'CompleteSurge' }>
  | Extract<Command, { type: 'GiveUpRollout' | 'CompleteRollout' }>;

/** The scheduler is there: it cannot plan what it was asked, whenever it is asked. */
function isAnswer(error: unknown): boolean {
  return error instanceof OakringError && error.code === 'scheduler-refused';
}

function awayRefusal(error: unknown): Waiting['refusal'] {
  const code = error instanceof OakringError ? error.code : 'internal';
  const detail = error instanceof Error ? error.message : String(error);
  return { code, detail, filtered: {}, nearest: null, wouldFit: null };
}

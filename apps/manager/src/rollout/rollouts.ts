import { OakringError, type ScheduleAnswer } from '@oakring/contracts';
import type { Command, CommandQueue } from '../commands/command.js';
import { basisOf } from '../commands/decide/plans.js';
import { placeLacking } from '../commands/decide/failures.js';
import { isReplaceable } from '../commands/decide/replacements.js';
import { askSuccessor, replacementOf } from '../scheduling/ask-successor.js';
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
  checkOf,
  type ClusterState,
  ownerOf,
  type InstanceRecord,
  type JobRecord,
  isUpdated,
  placementKey,
} from '@oakring/model';
import { byItself } from '../commands/origin.js';
import { heardSince, type Hearing } from '../supervision/heard-since.js';

/** Instances of a job that are replaced in one step: their documents find room in one call. */
const maxAtOnce = 10;
/** What waits for a place is looked at this often at least: a storm in between begins its time anew. */
const againAfterMs = 5_000;

type Step =
  | { readonly do: 'replace'; readonly instances: readonly InstanceRecord[] }
  | { readonly do: 'complete'; readonly revision: number }
  | { readonly do: 'give-up'; readonly revision: number; readonly reason: string };

/**
 * Carries a new revision of a job out: at most `maxUnavailable` instances are missing at once on its
 * account, and each updated one must have been found healthy (without checks: have run for `healthyAfterMs`)
 * before the next is stopped. None is
 * stopped before its successor has a place. What does not run is replaced at once. Going back works
 * alike; deciders say when (a failed instance).
 */
export class Rollouts implements Process<Step> {
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
    const { status, rollout, revision } = jobs.get(id) ?? {};
    if (status === undefined || status === 'deleting') return null;
    const isOpen = rollout?.status === 'progressing' || rollout?.status === 'rollingBack';
    return isOpen ? `to ${revision}` : null;
  }

  look(id: string, state: ClusterState, seen: Seen): Look<Step> {
    const job = state.jobs.get(id);
    if (job === undefined) return nothing;
    const { step, againMs: dueMs } = this.giveUpOf(state, job, seen);
    if (step !== null) return { step, againMs: null };
    const look = this.lookOn(state, job, seen);
    if (look.step !== null || dueMs === null) return look;
    return { step: null, againMs: Math.min(dueMs, look.againMs ?? dueMs) };
  }

  /**
   * A rollout that found no place for its next one for as long as its job allows goes back by itself. Not
   * counted while the scheduler says nothing, or nodes that have room may be there unheard.
   */
  private giveUpOf(state: ClusterState, job: JobRecord, seen: Seen): Look<Step> {
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

  private lookOn(state: ClusterState, job: JobRecord, seen: Seen): Look<Step> {
    const instances = instancesOf(state, job);
    const healthyAtMs = instances.map((instance) => healthyFromMs(state, job, instance, seen));
    const missing = healthyAtMs.filter((atMs) => atMs > seen.nowMs).length;
    // Not spread into a call: there may be as many as a stack has no room for.
    const againMs = healthyAtMs.reduce(
      (least, atMs) => (atMs > seen.nowMs ? Math.min(least, atMs) : least),
      Number.POSITIVE_INFINITY,
    );
    const outdated = instances.filter(
      (instance) => isReplaceable(instance) && !isUpdated(job, instance),
    );
    const idle = outdated.filter(({ status }) => status !== 'running');
    const room = Math.max(0, job.policy.update.maxUnavailable - missing);
    const running = outdated.filter(({ status }) => status === 'running').slice(0, room);
    const next = [...idle, ...running].slice(0, maxAtOnce);
    if (next.length > 0) return { step: { do: 'replace', instances: next }, againMs: null };
    if (outdated.length === 0 && missing === 0) {
      return { step: { do: 'complete', revision: job.revision }, againMs: null };
    }
    return { step: null, againMs: Number.isFinite(againMs) ? againMs : null };
  }

  async act([doing]: readonly Doing<Step>[]): Promise<Outcome> {
    const job = this.state().jobs.get(doing?.key ?? '');
    if (doing === undefined || job === undefined) return 'done';
    const { key: id, step } = doing;
    if (step.do === 'replace') return this.askAndReplace(job, step.instances);
    const { revision } = step;
    const origin = byItself(this.name);
    if (step.do === 'give-up') {
      const { reason } = step;
      const order = { type: 'GiveUpRollout', id, revision, reason } as const;
      await this.queue.submit<'GiveUpRollout'>(order, origin);
      return 'done';
    }
    const order = { type: 'CompleteRollout', id, revision } as const;
    await this.queue.submit<'CompleteRollout'>(order, origin);
    return 'done';
  }

  private async askAndReplace(
    job: JobRecord,
    instances: readonly InstanceRecord[],
  ): Promise<Outcome> {
    const state = this.state();
    const jobs = instances.map((instance) => askSuccessor(state, job, instance, []));
    let answers: readonly ScheduleAnswer[];
    try {
      ({ answers } = await this.scheduler.schedule({ jobs, position: state.head.position }));
      this.unanswered.delete(job.id);
    } catch (error) {
      if (!isAnswer(error)) this.unanswered.add(job.id);
      await this.wait(job, instances[0], { answer: null, refusal: awayRefusal(error) });
      return 'again';
    }
    const reason = `updated to revision ${job.revision}`;
    const orders = instances.flatMap((instance, index) => {
      const order = replacementOf(job, instance, answers[index], reason);
      return order === null
        ? []
        : [this.queue.submit<'ReplaceInstance'>(order, byItself(this.name))];
    });
    const refused = answers.findIndex(({ refusal }) => refusal !== null);
    const answer = answers[refused];
    const refusal = answer?.refusal ?? null;
    if (answer !== undefined && refusal !== null) {
      await this.wait(job, instances[refused], { answer, refusal });
    }
    await Promise.all(orders);
    return orders.length > 0 && refusal === null ? 'done' : 'again';
  }

  /** Its successor has no place: it goes on, and why nothing moves is on record. */
  private async wait(
    { id }: JobRecord,
    instance: InstanceRecord | undefined,
    { answer, refusal }: { answer: ScheduleAnswer | null; refusal: Waiting['refusal'] },
  ): Promise<void> {
    if (instance === undefined) return;
    await this.queue.submit<'RefuseReplacement'>(
      {
        ...({ type: 'RefuseReplacement', id, instance: instance.number, refusal } as const),
        basis: answer === null ? null : basisOf(answer),
      },
      byItself(this.name),
    );
  }
}

type Waiting = Extract<Command, { type: 'RefuseReplacement' }>;

/** Those that count: wanted, and not run to their end. */
function instancesOf(state: ClusterState, { id }: JobRecord): InstanceRecord[] {
  const instances: InstanceRecord[] = [];
  for (const key of state.instancesOfJob.of(id)) {
    const instance = state.instances.get(key);
    if (instance !== undefined && !instance.removing && instance.status !== 'completed') {
      instances.push(instance);
    }
  }
  return instances.sort((a, b) => a.number - b.number);
}

/**
 * When an instance serves: it runs and, if it is one of the updated, was found healthy; of those that have no
 * checks, it has run for long enough.
 */
function healthyFromMs(
  state: ClusterState,
  job: JobRecord,
  instance: InstanceRecord,
  { since }: Seen,
): number {
  if (instance.status !== 'running') return Number.POSITIVE_INFINITY;
  if (!isUpdated(job, instance)) return Number.NEGATIVE_INFINITY;
  const key = placementKey(job.id, instance.number, instance.generation);
  const placement = state.placements.get(key);
  if (placement !== undefined && checkOf(state, placement) !== null) {
    const isHealthy = placement.health?.status === 'healthy';
    return isHealthy ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  return since(key) + job.policy.update.healthyAfterMs;
}

/** The scheduler is there: it cannot plan what it was asked, whenever it is asked. */
function isAnswer(error: unknown): boolean {
  return error instanceof OakringError && error.code === 'scheduler-refused';
}

function awayRefusal(error: unknown): Waiting['refusal'] {
  const code = error instanceof OakringError ? error.code : 'internal';
  const detail = error instanceof Error ? error.message : String(error);
  return { code, detail, filtered: {}, nearest: null, wouldFit: null };
}

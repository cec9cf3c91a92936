import { OakringError, type ScheduleAnswer } from '@oakring/contracts';
import type { StoredEvent } from '@oakring/events';
import type { Ports, Timer } from '@oakring/ports';
import type { Command, CommandQueue } from '../commands/command.js';
import { basisOf } from '../commands/decide/plans.js';
import { isReplaceable } from '../commands/decide/replacements.js';
import { askSuccessor, replacementOf } from '../scheduling/ask-successor.js';
import type { Scheduler } from '../scheduling/scheduler.port.js';
import { instanceKey } from '../views/cluster-state.js';
import type { Projection } from '../views/projection.js';
import type { InstanceRecord, JobRecord } from '../views/records.js';
import { isUpdated } from '../views/revisions.js';

const sweepEveryMs = 250;
/** Where a successor had no place, or the scheduler was away, it is asked again after this long. */
const askAgainMs = 2_000;
/** Instances of a job that are replaced in one step: their documents find room in one call. */
const maxAtOnce = 10;

/**
 * Carries a new revision of a job out: at most `maxUnavailable` instances are missing at once on its
 * account, and each updated one must have run for `healthyAfterMs` before the next is stopped. None is
 * stopped before its successor has a place. What does not run is replaced at once. Going back works
 * alike; deciders say when (a failed instance).
 */
export class RolloutLoop {
  private readonly open = new Set<string>();
  /** Jobs of which a command is on its way. */
  private readonly busy = new Set<string>();
  /** When the scheduler is asked again about a job that waits, monotonic. */
  private readonly notBeforeMs = new Map<string, number>();
  /** Since when we see each updated instance run, monotonic, by `<job>/<number>/<generation>`. */
  private readonly healthySinceMs = new Map<string, number>();
  private sweep: Timer | null = null;
  private unsubscribe: () => void = () => {};

  constructor(
    private readonly scheduler: Scheduler,
    private readonly queue: CommandQueue,
    private readonly projection: Projection,
    private readonly ports: Ports,
  ) {}

  start(): void {
    for (const job of this.projection.state.jobs.values()) this.note(job.id);
    this.unsubscribe = this.projection.onProjected((events) => this.notice(events));
    this.sweep = this.ports.timers.every(sweepEveryMs, () => {
      for (const id of this.open) this.advance(id);
    });
  }

  stop(): void {
    this.unsubscribe();
    this.sweep?.cancel();
  }

  private notice(events: readonly StoredEvent[]): void {
    for (const { type, stream } of events) {
      if (type === 'JobUpdated') this.note(stream.slice('jobs/'.length));
    }
  }

  private note(id: string): void {
    const job = this.projection.state.jobs.get(id);
    const status = job?.status === 'deleting' ? undefined : job?.rollout?.status;
    if (status === 'progressing' || status === 'rollingBack') this.open.add(id);
    else if (this.open.delete(id)) this.forget(id);
  }

  private advance(id: string): void {
    this.note(id);
    const job = this.projection.state.jobs.get(id);
    if (job === undefined || !this.open.has(id) || this.busy.has(id)) return;
    const instances = this.instancesOf(job);
    const outdated = instances.filter(
      (instance) => isReplaceable(instance) && !isUpdated(job, instance),
    );
    const missing = instances.filter((instance) => !this.isServing(job, instance)).length;
    const idle = outdated.filter(({ status }) => status !== 'running');
    const room = Math.max(0, job.policy.update.maxUnavailable - missing);
    const running = outdated.filter(({ status }) => status === 'running').slice(0, room);
    const next = [...idle, ...running];
    if (next.length > 0) this.replace(job, next.slice(0, maxAtOnce));
    else if (outdated.length === 0 && missing === 0) this.complete(job);
  }

  /** Those that count: wanted, and not run to their end. */
  private instancesOf({ id }: JobRecord): InstanceRecord[] {
    const { state } = this.projection;
    const instances: InstanceRecord[] = [];
    for (const key of state.instancesOfJob.of(id)) {
      const instance = state.instances.get(key);
      if (instance !== undefined && !instance.removing && instance.status !== 'completed') {
        instances.push(instance);
      }
    }
    return instances.sort((a, b) => a.number - b.number);
  }

  /** It runs, and has for long enough if it is one of the updated. */
  private isServing(job: JobRecord, instance: InstanceRecord): boolean {
    const key = `${instanceKey(job.id, instance.number)}/${instance.generation}`;
    if (instance.status !== 'running') {
      this.healthySinceMs.delete(key);
      return false;
    }
    if (!isUpdated(job, instance)) return true;
    const nowMs = this.ports.clock.monotonicMs();
    const sinceMs = this.healthySinceMs.get(key) ?? nowMs;
    this.healthySinceMs.set(key, sinceMs);
    return nowMs - sinceMs >= job.policy.update.healthyAfterMs;
  }

  private replace(job: JobRecord, instances: readonly InstanceRecord[]): void {
    const nowMs = this.ports.clock.monotonicMs();
    if ((this.notBeforeMs.get(job.id) ?? 0) > nowMs) return;
    this.notBeforeMs.delete(job.id);
    this.afterwards(job.id, this.askAndReplace(job, instances));
  }

  private async askAndReplace(job: JobRecord, instances: readonly InstanceRecord[]): Promise<void> {
    const { state, position } = this.projection;
    const jobs = instances.map((instance) => askSuccessor(state, job, instance, []));
    let answers: readonly ScheduleAnswer[];
    try {
      ({ answers } = await this.scheduler.schedule({ jobs, position }));
    } catch (error) {
      return this.wait(job, instances[0], { answer: null, refusal: awayRefusal(error) });
    }
    const reason = `updated to revision ${job.revision}`;
    const orders = instances.flatMap((instance, index) => {
      const order = replacementOf(job, instance, answers[index], reason);
      return order === null ? [] : [this.queue.submit<'ReplaceInstance'>(order)];
    });
    const refused = answers.findIndex(({ refusal }) => refusal !== null);
    const answer = answers[refused];
    const refusal = answer?.refusal ?? null;
    if (answer !== undefined && refusal !== null) {
      await this.wait(job, instances[refused], { answer, refusal });
    }
    await Promise.all(orders);
  }

  /** Its successor has no place: it goes on, and why nothing moves is on record. */
  private async wait(
    { id }: JobRecord,
    instance: InstanceRecord | undefined,
    { answer, refusal }: { answer: ScheduleAnswer | null; refusal: Waiting['refusal'] },
  ): Promise<void> {
    this.notBeforeMs.set(id, this.ports.clock.monotonicMs() + askAgainMs);
    if (instance === undefined) return;
    await this.queue.submit<'RefuseReplacement'>({
      ...({ type: 'RefuseReplacement', id, instance: instance.number, refusal } as const),
      basis: answer === null ? null : basisOf(answer),
    });
  }

  private complete({ id, revision }: JobRecord): void {
    this.forget(id);
    const order = { type: 'CompleteRollout', id, revision } as const;
    this.afterwards(id, this.queue.submit<'CompleteRollout'>(order));
  }

  /** Nothing is kept of a job once its rollout is over, however it ended. */
  private forget(id: string): void {
    this.notBeforeMs.delete(id);
    for (const key of this.healthySinceMs.keys()) {
      if (key.startsWith(`${id}/`)) this.healthySinceMs.delete(key);
    }
  }

  private afterwards(id: string, work: Promise<unknown>): void {
    this.busy.add(id);
    work
      .catch(() => {
        // The log is away or we are stopping: the next sweep sees the same.
      })
      .finally(() => this.busy.delete(id));
  }
}

type Waiting = Extract<Command, { type: 'RefuseReplacement' }>;

function awayRefusal(error: unknown): Waiting['refusal'] {
  const code = error instanceof OakringError ? error.code : 'internal';
  const detail = error instanceof Error ? error.message : String(error);
  return { code, detail, filtered: {}, nearest: null, wouldFit: null };
}

import type { StoredEvent } from '@oakring/events';
import type { Ports, Timer } from '@oakring/ports';
import type { CommandQueue } from '../commands/command.js';
import { instanceKey } from '../views/cluster-state.js';
import type { Projection } from '../views/projection.js';
import type { InstanceRecord, JobRecord } from '../views/records.js';
import { isUpdated } from '../views/revisions.js';

const sweepEveryMs = 250;

/**
 * Carries a new revision of a job out: at most `maxUnavailable` instances are missing at once on its
 * account, and each updated one must have run for `healthyAfterMs` before the next is stopped. What
 * does not run is replaced at once. Going back works alike; deciders say when (a failed instance).
 */
export class RolloutLoop {
  private readonly open = new Set<string>();
  /** Jobs of which a command is on its way. */
  private readonly busy = new Set<string>();
  /** Since when we see each updated instance run, monotonic, by `<job>/<number>/<generation>`. */
  private readonly healthySinceMs = new Map<string, number>();
  private sweep: Timer | null = null;
  private unsubscribe: () => void = () => {};

  constructor(
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
    const outdated = instances.filter((instance) => isThere(instance) && !isUpdated(job, instance));
    const missing = instances.filter((instance) => !this.isServing(job, instance)).length;
    const idle = outdated.filter(({ status }) => status !== 'running');
    const room = Math.max(0, job.policy.update.maxUnavailable - missing);
    const running = outdated.filter(({ status }) => status === 'running').slice(0, room);
    const next = [...idle, ...running];
    if (next.length > 0) this.withdraw(job, next);
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

  private withdraw(job: JobRecord, instances: readonly InstanceRecord[]): void {
    const reason = `updated to revision ${job.revision}`;
    const orders = instances.map(({ number: instance, generation }) =>
      this.queue.submit<'WithdrawInstance'>({
        ...{ type: 'WithdrawInstance', id: job.id, instance, generation, reason },
        elsewhere: false,
      }),
    );
    this.afterwards(job.id, Promise.all(orders));
  }

  private complete({ id, revision }: JobRecord): void {
    this.forget(id);
    const order = { type: 'CompleteRollout', id, revision } as const;
    this.afterwards(id, this.queue.submit<'CompleteRollout'>(order));
  }

  /** Nothing is kept of a job once its rollout is over, however it ended. */
  private forget(id: string): void {
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

/** It holds a node: nothing of it is replaced by itself. */
function isThere({ status, moving }: InstanceRecord): boolean {
  if (moving !== null) return false;
  return status === 'placed' || status === 'starting' || status === 'running';
}

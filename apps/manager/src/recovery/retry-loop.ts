import type { StoredEvent } from '@oakring/events';
import type { Ports, Timer } from '@oakring/ports';
import type { CommandQueue } from '../commands/command.js';
import type { Projection } from '../views/projection.js';
import type { InstanceRecord } from '../views/records.js';
import { fullJitterMs } from './backoff.js';

const sweepEveryMs = 100;
const againAfterMs = 1_000;

/**
 * Failed instances wait, each a random part of a time that doubles with its failures, and are then to
 * be placed again. After a start every wait begins anew: what is in memory here is only the waiting.
 */
export class RetryLoop {
  /** When each failed instance is due, monotonic milliseconds, by `<job>/<number>`. */
  private readonly dueMs = new Map<string, number>();
  private sweep: Timer | null = null;
  private unsubscribe: () => void = () => {};

  constructor(
    private readonly queue: CommandQueue,
    private readonly projection: Projection,
    private readonly ports: Ports,
  ) {}

  start(): void {
    this.unsubscribe = this.projection.onProjected((events) => this.notice(events));
    for (const [key, instance] of this.projection.state.instances.entries()) {
      this.schedule(key, instance);
    }
    this.sweep = this.ports.timers.every(sweepEveryMs, () => this.look());
  }

  stop(): void {
    this.unsubscribe();
    this.sweep?.cancel();
  }

  private notice(events: readonly StoredEvent[]): void {
    const { state } = this.projection;
    for (const event of events) {
      switch (event.type) {
        case 'CommandFailed':
        case 'CommandExpired':
        case 'InstanceReported':
        case 'JobUpdated': {
          const job = event.stream.slice('jobs/'.length);
          for (const key of keysOf(event, job, state)) {
            const instance = state.instances.get(key);
            if (instance !== undefined) this.schedule(key, instance);
          }
          break;
        }
        default:
          break;
      }
    }
  }

  private schedule(key: string, instance: InstanceRecord): void {
    if (instance.status !== 'failed' || instance.givenUp || this.dueMs.has(key)) return;
    const restart = this.projection.state.jobs.get(instance.job)?.policy.restart;
    if (restart === undefined) return;
    const waitMs = fullJitterMs(instance.failures, restart, this.ports.randomness);
    this.dueMs.set(key, this.ports.clock.monotonicMs() + waitMs);
  }

  private look(): void {
    const nowMs = this.ports.clock.monotonicMs();
    for (const [key, atMs] of this.dueMs) {
      if (atMs > nowMs) continue;
      const instance = this.projection.state.instances.get(key);
      if (instance?.status !== 'failed' || instance.givenUp) {
        this.dueMs.delete(key);
        continue;
      }
      this.dueMs.set(key, nowMs + againAfterMs);
      this.retry(key, instance);
    }
  }

  private retry(key: string, { job: id, number: instance, generation }: InstanceRecord): void {
    this.queue
      .submit<'RetryInstance'>({ type: 'RetryInstance', id, instance, generation })
      .then(() => {
        const now = this.projection.state.instances.get(key);
        if (now?.status !== 'failed') this.dueMs.delete(key);
      })
      .catch(() => {
        // The log is away or we are stopping: due again a second later.
      });
  }
}

function* keysOf(event: StoredEvent, job: string, state: Projection['state']): Generator<string> {
  if (event.type === 'InstanceReported') yield `${job}/${event.data.instance}`;
  else if (event.type === 'JobUpdated') yield* [...state.instancesOfJob.of(job)];
  else if (event.type === 'CommandFailed' || event.type === 'CommandExpired') {
    const command = state.commands.get(event.data.commandId);
    if (command !== undefined) yield `${job}/${command.instance}`;
  }
}

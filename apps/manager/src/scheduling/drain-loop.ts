import { OakringError, type ScheduleAnswer } from '@oakring/contracts';
import type { StoredEvent } from '@oakring/events';
import type { Ports, Timer } from '@oakring/ports';
import type { CommandQueue } from '../commands/command.js';
import { basisOf } from '../commands/decide/plans.js';
import { instanceKey } from '../views/cluster-state.js';
import type { Projection } from '../views/projection.js';
import type { InstanceRecord, JobRecord, NodeRecord, PlacementRecord } from '../views/records.js';
import { askSuccessor, replacementOf } from './ask-successor.js';
import type { Scheduler } from './scheduler.port.js';

const sweepEveryMs = 500;
/** An instance that fits nowhere else is asked about again after this long. */
const askAgainMs = 5_000;
/** Moves that one node has under way at once: its neighbours must not be flooded. */
const maxMovesPerNode = 10;
/** Instances that are named when a drain ends too early. */
const maxNamed = 5;

/**
 * Empties nodes that are being drained: each running instance is moved, make before break; what must
 * never run twice is stopped first; what runs to its end by itself is left to do so. Ends when nothing
 * is left, or at the deadline.
 */
export class DrainLoop {
  private readonly draining = new Set<string>();
  /** When each instance may be asked about again, monotonic, by `<job>/<number>`. */
  private readonly notBeforeMs = new Map<string, number>();
  private readonly busy = new Set<string>();
  /** Why an instance could not be moved when it was last tried, by `<job>/<number>`. */
  private readonly whyNot = new Map<string, string>();
  private sweep: Timer | null = null;
  private unsubscribe: () => void = () => {};

  constructor(
    private readonly scheduler: Scheduler,
    private readonly queue: CommandQueue,
    private readonly projection: Projection,
    private readonly ports: Ports,
  ) {}

  start(): void {
    for (const node of this.projection.state.nodes.values()) this.note(node.id);
    this.unsubscribe = this.projection.onProjected((events) => this.notice(events));
    this.sweep = this.ports.timers.every(sweepEveryMs, () => {
      for (const nodeId of this.draining) this.advance(nodeId);
    });
  }

  stop(): void {
    this.unsubscribe();
    this.sweep?.cancel();
  }

  private notice(events: readonly StoredEvent[]): void {
    for (const { type, stream } of events) {
      if (type === 'NodeDrainStarted') this.note(stream.slice('nodes/'.length));
    }
  }

  private note(nodeId: string): void {
    if (this.projection.state.nodes.get(nodeId)?.draining) this.draining.add(nodeId);
    else this.draining.delete(nodeId);
    if (this.draining.size > 0) return;
    this.notBeforeMs.clear();
    this.whyNot.clear();
  }

  private advance(nodeId: string): void {
    this.note(nodeId);
    const node = this.projection.state.nodes.get(nodeId);
    if (node?.draining === undefined || node.draining === null) return;
    const left = this.instancesOn(nodeId);
    const ending = this.endingOn(nodeId);
    if (left.length === 0 && ending.length === 0) {
      return this.end(node, 'done', 'every instance runs elsewhere or ended');
    }
    // The deadline is a time for people and survives a take-over: the wall clock is what it means.
    if (this.ports.clock.wallMs() >= node.draining.deadline) {
      return this.end(node, 'incomplete', this.whatIsLeft(node, [...left, ...ending]));
    }
    const moving = left.filter((instance) => instance.moving !== null).length;
    const due = left.filter((instance) => this.isDue(instance));
    const room = Math.max(0, maxMovesPerNode - moving);
    for (const instance of due.slice(0, room)) this.relocate(node, instance);
  }

  /** What is not wanted there any more, and has not said yet that it ended. */
  private endingOn(nodeId: string): PlacementRecord[] {
    const { state } = this.projection;
    const ending: PlacementRecord[] = [];
    for (const key of state.placementsOfNode.of(nodeId)) {
      const placement = state.placements.get(key);
      if (placement?.wanted === false) ending.push(placement);
    }
    return ending;
  }

  private whatIsLeft(
    { id, status, reason }: NodeRecord,
    left: readonly { readonly job: string; readonly number: number }[],
  ): string {
    const keys = left.map(({ job, number }) => instanceKey(job, number));
    const named = keys.slice(0, maxNamed).join(', ');
    const more = keys.length > maxNamed ? ` and ${keys.length - maxNamed} more` : '';
    const away = status === 'ready' ? undefined : `Node ${id} is ${status}: ${reason}.`;
    const why = keys.map((key) => this.whyNot.get(key)).find((told) => told !== undefined) ?? away;
    return `left at the deadline: ${named}${more}${why === undefined ? '' : `. ${why}`}`;
  }

  private instancesOn(nodeId: string): InstanceRecord[] {
    const { state } = this.projection;
    const instances: InstanceRecord[] = [];
    for (const key of state.placementsOfNode.of(nodeId)) {
      const placement = state.placements.get(key);
      if (placement?.wanted !== true) continue;
      const instance = state.instances.get(instanceKey(placement.job, placement.number));
      if (instance?.generation === placement.generation) instances.push(instance);
    }
    return instances;
  }

  /** What cannot be moved now must not stand in the way of what can. */
  private isDue(instance: InstanceRecord): boolean {
    const key = instanceKey(instance.job, instance.number);
    const job = this.projection.state.jobs.get(instance.job);
    if (job === undefined || job.policy.oneShot || this.busy.has(key)) return false;
    if (instance.status !== 'running' || instance.moving !== null) return false;
    return (this.notBeforeMs.get(key) ?? 0) <= this.ports.clock.monotonicMs();
  }

  private relocate(node: NodeRecord, instance: InstanceRecord): void {
    const key = instanceKey(instance.job, instance.number);
    const job = this.projection.state.jobs.get(instance.job);
    if (job === undefined) return;
    this.notBeforeMs.set(key, this.ports.clock.monotonicMs() + askAgainMs);
    this.busy.add(key);
    const work = this.moveOrReplace(node, job, instance);
    work
      .catch((error: unknown) => {
        // Scheduler or log are away, or it refuses to plan the job: asked again in a while.
        if (error instanceof OakringError) this.whyNot.set(key, error.message);
      })
      .finally(() => this.busy.delete(key));
  }

  /** What must never run twice is stopped first, but not before there is a place for it. */
  private async moveOrReplace(
    node: NodeRecord,
    job: JobRecord,
    instance: InstanceRecord,
  ): Promise<void> {
    const { state, position } = this.projection;
    const jobs = [askSuccessor(state, job, instance, [node.id])];
    const { answers } = await this.scheduler.schedule({ jobs, position });
    const [answer] = answers;
    const [target] = answer?.placements ?? [];
    const key = instanceKey(job.id, instance.number);
    if (answer?.refusal) this.whyNot.set(key, answer.refusal.detail);
    if (answer === undefined || target === undefined) return;
    this.whyNot.delete(key);
    const reason = `node ${node.id} is being drained, and it must never run twice`;
    const replacement = replacementOf(job, instance, answer, reason);
    if (!job.enforcesStop)
      await this.queue.submit<'MoveInstance'>(moveOf(instance, answer, target));
    else if (replacement !== null) await this.queue.submit<'ReplaceInstance'>(replacement);
    this.notBeforeMs.delete(key);
  }

  private end(node: NodeRecord, outcome: 'done' | 'incomplete', reason: string): void {
    if (this.busy.has(node.id)) return;
    this.busy.add(node.id);
    this.queue
      .submit<'EndDrain'>({ type: 'EndDrain', id: node.id, outcome, reason })
      .catch(() => {
        // The log is away or we are stopping: the next sweep sees the same.
      })
      .finally(() => this.busy.delete(node.id));
  }
}

function moveOf(
  { job: id, number: instance, generation }: InstanceRecord,
  answer: ScheduleAnswer,
  { nodeId, reason, total, scores }: ScheduleAnswer['placements'][number],
) {
  const target = { nodeId, reason, total, scores: { ...scores } };
  return {
    ...({ type: 'MoveInstance', id, instance, generation, target } as const),
    basis: basisOf(answer),
  };
}

import { OakringError, type ScheduleAnswer } from '@oakring/contracts';
import type { CommandQueue } from '../commands/command.js';
import { basisOf } from '../commands/decide/plans.js';
import { type Doing, nothing, type Outcome, type Process } from '../supervision/process.js';
import {
  type Changes,
  instanceKey,
  type ClusterState,
  type InstanceRecord,
  type NodeRecord,
  type PlacementRecord,
} from '@oakring/model';
import { askSuccessor, replacementOf } from './ask-successor.js';
import { inHalves } from './in-halves.js';
import type { Scheduler } from './scheduler.port.js';
import { byItself } from '../commands/origin.js';
import { nodeStream } from '@oakring/events';

/** Moves that one node has under way at once: its neighbours must not be flooded. */
const maxMovesPerNode = 10;
/** Instances that are asked about in one call: what cannot be moved must not hide what can. */
const maxAsked = 100;
/** Instances that are named when a drain ends too early. */
const maxNamed = 5;
/** The deadline is a time of the wall clock, which may be set meanwhile. */
const lookAtClockMs = 5_000;

type Step =
  | { readonly do: 'end'; readonly outcome: 'done' | 'incomplete'; readonly reason: string }
  | { readonly do: 'move'; readonly instances: readonly InstanceRecord[]; readonly room: number };

/**
 * Empties nodes that are being drained: each running instance is moved, make before break; what must
 * never run twice is stopped first; what runs to its end by itself is left to do so. Ends when nothing
 * is left, or at the deadline.
 */
export class Drains implements Process<Step> {
  readonly name = 'drains';
  readonly most = 1;
  readonly mostAtOnce = Number.POSITIVE_INFINITY;
  readonly restMs = 250;
  /** What fits nowhere else is asked about again after some seconds. */
  readonly backoff = { firstMs: 5_000, mostMs: 10_000 };
  /** For people: why instances of a node could not be moved when that was last tried, by node. */
  private readonly whyNot = new Map<string, string>();

  constructor(
    private readonly scheduler: Scheduler,
    private readonly queue: CommandQueue,
    private readonly state: () => ClusterState,
  ) {}

  *all({ nodes }: ClusterState): Generator<string> {
    for (const { id, draining } of nodes.values()) if (draining !== null) yield id;
  }

  *concerned(changes: Changes, state: ClusterState) {
    const { nodes, instances, placements } = changes;
    yield* nodes;
    for (const key of placements) {
      const nodeId = state.placements.get(key)?.nodeId;
      if (nodeId !== undefined) yield nodeId;
    }
    for (const key of instances) {
      const nodeId = state.instances.get(key)?.nodeId ?? null;
      if (nodeId !== null) yield nodeId;
    }
  }

  fact(nodeId: string, { nodes }: ClusterState): string | null {
    const draining = nodes.get(nodeId)?.draining ?? null;
    return draining === null ? null : `until ${draining.deadline}`;
  }

  forget(nodeId: string): void {
    this.whyNot.delete(nodeId);
  }

  look(nodeId: string, state: ClusterState, { nowMs, wallMs }: { nowMs: number; wallMs: number }) {
    const node = state.nodes.get(nodeId);
    const deadline = node?.draining?.deadline;
    if (node === undefined || deadline === undefined) return nothing;
    const { left, others } = whatIsOn(state, nodeId);
    if (left.length === 0 && others.length === 0) {
      return step({ outcome: 'done', reason: 'every instance runs elsewhere or ended' });
    }
    // The deadline is a time for people and survives a take-over: the wall clock is what it means.
    if (wallMs >= deadline) {
      const reason = whatIsLeft(node, [...left, ...others], this.whyNot.get(nodeId));
      return step({ outcome: 'incomplete', reason });
    }
    const againMs = nowMs + Math.min(deadline - wallMs, lookAtClockMs);
    const moving = left.filter((instance) => instance.moving !== null).length;
    const room = maxMovesPerNode - moving;
    const due = left.filter((instance) => isDue(state, instance));
    // From another one each time.
    const first = due.length > maxAsked ? Math.floor(nowMs) % due.length : 0;
    const instances = [...due.slice(first), ...due.slice(0, first)].slice(0, maxAsked);
    if (room <= 0 || instances.length === 0) return { step: null, againMs };
    return { step: { do: 'move', instances, room } as const, againMs };
  }

  async act([doing]: readonly Doing<Step>[]): Promise<Outcome> {
    if (doing === undefined) return 'done';
    const { key: id, step: next } = doing;
    if (next.do === 'move') return this.relocate(id, next);
    const { outcome, reason } = next;
    await this.queue.submit<'EndDrain'>(
      { type: 'EndDrain', id, outcome, reason },
      byItself(this.name),
    );
    return 'done';
  }

  private async relocate(nodeId: string, next: Extract<Step, { do: 'move' }>): Promise<Outcome> {
    const orders: Promise<unknown>[] = [];
    const ask = async (instances: readonly InstanceRecord[]): Promise<void> => {
      const answers = await this.ask(nodeId, instances);
      for (const [index, instance] of instances.entries()) {
        const answer = answers[index];
        if (answer?.refusal) this.whyNot.set(nodeId, answer.refusal.detail);
        if (answer === undefined || orders.length === next.room) continue;
        const order = this.orderFor(nodeId, instance, answer);
        if (order !== null) orders.push(order);
      }
    };
    try {
      await inHalves(next.instances, ask, async (_instance, { message }) => {
        this.whyNot.set(nodeId, message);
      });
    } catch (error) {
      if (error instanceof OakringError) this.whyNot.set(nodeId, error.message);
      throw error;
    }
    await Promise.all(orders);
    return orders.length > 0 ? 'done' : 'again';
  }

  private async ask(
    nodeId: string,
    instances: readonly InstanceRecord[],
  ): Promise<readonly (ScheduleAnswer | undefined)[]> {
    const state = this.state();
    const questions = instances.map(({ job }) => state.jobs.get(job));
    const jobs = instances.flatMap((instance, index) => {
      const job = questions[index];
      return job === undefined ? [] : [askSuccessor(state, job, instance, [nodeId])];
    });
    const { answers } = await this.scheduler.schedule({ jobs, position: state.head.position });
    const given = answers.values();
    return questions.map((job) => (job === undefined ? undefined : given.next().value));
  }

  /** What must never run twice is stopped first, but not before there is a place for it. */
  private orderFor(
    nodeId: string,
    instance: InstanceRecord,
    answer: ScheduleAnswer,
  ): Promise<unknown> | null {
    const job = this.state().jobs.get(instance.job);
    const [target] = answer.placements;
    if (job === undefined || target === undefined) return null;
    const origin = byItself(this.name, { stream: nodeStream(nodeId) });
    if (!job.enforcesStop) {
      return this.queue.submit<'MoveInstance'>(moveOf(instance, answer, target), origin);
    }
    const reason = `node ${nodeId} is being drained, and it must never run twice`;
    const replacement = replacementOf(job, instance, answer, reason);
    return replacement && this.queue.submit<'ReplaceInstance'>(replacement, origin);
  }
}

function step(end: { outcome: 'done' | 'incomplete'; reason: string }) {
  return { step: { do: 'end', ...end } as const, againMs: null };
}

/**
 * The instances that a node has, and what else is there: what is not wanted any more and has not said
 * yet that it ended, and targets of moves that are under way.
 */
export function whatIsOn(state: ClusterState, nodeId: string) {
  const left: InstanceRecord[] = [];
  const others: PlacementRecord[] = [];
  for (const key of state.placementsOfNode.of(nodeId)) {
    const placement = state.placements.get(key);
    if (placement === undefined) continue;
    const instance = state.instances.get(instanceKey(placement.job, placement.number));
    if (placement.wanted && instance?.generation === placement.generation) left.push(instance);
    else others.push(placement);
  }
  return { left, others };
}

export function isDue({ jobs }: ClusterState, { job, status, moving }: InstanceRecord): boolean {
  const isOneShot = jobs.get(job)?.policy.oneShot ?? true;
  return !isOneShot && status === 'running' && moving === null;
}

function whatIsLeft(
  { id, status, reason }: NodeRecord,
  left: readonly { readonly job: string; readonly number: number }[],
  whyNot: string | undefined,
): string {
  const keys = left.map(({ job, number }) => instanceKey(job, number));
  const named = keys.slice(0, maxNamed).join(', ');
  const more = keys.length > maxNamed ? ` and ${keys.length - maxNamed} more` : '';
  const away = status === 'ready' ? undefined : `Node ${id} is ${status}: ${reason}.`;
  const why = whyNot ?? away;
  return `left at the deadline: ${named}${more}${why === undefined ? '' : `. ${why}`}`;
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

import type { ReportedInstance } from '@oakring/contracts';
import { jobStream } from '@oakring/events';
import {
  awaitsHealth,
  instanceKey,
  placementKey,
  whyUnhealthy,
  type InstanceRecord,
  type PlacementRecord,
} from '@oakring/model';
import type { Command } from '../command.js';
import { type Decided, type Deciding } from './deciding.js';
import { concludeEnd, failMoveTo, failRollout } from './failures.js';
import { completeMove } from './orders.js';

/** What a worker's checks say of what is wanted there. The same again is no news, unless it condemns anew. */
export function noteHealth(deciding: Deciding, seen: ReportedInstance): void {
  const { job, instance, generation, health = null } = seen;
  const placement = deciding.state.placements.get(placementKey(job, instance, generation));
  if (health === null || seen.status !== 'running' || placement?.wanted !== true) return;
  const { status, reason, forMs } = health;
  const isSame = (placement.health?.status ?? 'starting') === status;
  const isStale = status === 'unhealthy' && whyUnhealthy(deciding.state, placement) === null;
  if (isSame && !isStale) return;
  const { nodeId } = placement;
  deciding.emit({
    stream: jobStream(job),
    type: 'InstanceHealthChanged',
    data: {
      ...{ instance, generation, nodeId, health: status },
      reason: reason ?? '',
      forMs: Math.min(forMs ?? 0, deciding.at),
    },
  });
  if (status === 'healthy') completeMove(deciding, { job, instance, generation }, true);
}

type Judge = Extract<Command, { type: 'JudgeHealth' }>;

/**
 * What is unhealthy by its worker's word counts as failed, and is stopped where it is: its worker goes on
 * with it until it is told so, whatever its checks say. The target of a move is given up instead; with one that an
 * update began the rollout has failed, and so it has with one that was not called healthy for as long as that may take.
 */
export function judgeHealth(deciding: Deciding, judge: Judge): Decided<null> {
  const { id: job, instance: number, generation, late } = judge;
  const { state } = deciding;
  const placement = state.placements.get(placementKey(job, number, generation));
  const instance = state.instances.get(instanceKey(job, number));
  if (instance === undefined || placement?.wanted !== true) return { answer: null };
  const reason = whyNot(deciding, placement, late);
  if (reason === null) return { answer: null };
  if (instance.moving?.generation === generation) {
    failMoveTo(deciding, { job, instance: number, generation }, reason);
  } else if (whyUnhealthy(state, placement) !== null)
    withdraw(deciding, instance, placement, reason);
  else if (instance.generation === generation) endRolloutOf(deciding, instance, reason);
  return { answer: null };
}

function whyNot(
  { state }: Deciding,
  placement: PlacementRecord,
  late: string | null,
): string | null {
  if (placement.runningSince === 0) return null;
  return whyUnhealthy(state, placement) ?? (awaitsHealth(state, placement) ? late : null);
}

function withdraw(
  deciding: Deciding,
  { moving, generation: current, status }: InstanceRecord,
  { job, number: instance, generation, nodeId }: PlacementRecord,
  reason: string,
): void {
  // While it is being moved the move mends it; should that be given up, it is judged again.
  if (generation !== current || moving !== null || status !== 'running') return;
  const data = { instance, generation, nodeId, reason };
  deciding.emit({ stream: jobStream(job), type: 'InstanceFailedChecks', data });
  concludeEnd(deciding, { job, instance }, nodeId);
}

function endRolloutOf(deciding: Deciding, instance: InstanceRecord, reason: string): void {
  const job = deciding.state.jobs.get(instance.job);
  if (job !== undefined) failRollout(deciding, job, instance, reason);
}

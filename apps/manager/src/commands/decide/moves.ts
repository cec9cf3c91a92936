import { jobStream } from '@oakring/events';
import type { Refusal } from '@oakring/contracts';
import {
  holdsNamesake,
  instanceKey,
  placementKey,
  nextGeneration,
  type InstanceRecord,
  type JobRecord,
  type PlacementRecord,
} from '@oakring/model';
import { testsFor } from '@oakring/planning';
import type { Answers, Command } from '../command.js';
import { refuse, type Decided, type Deciding } from './deciding.js';
import { abortMoveTo, announceMove, orderStarts } from './orders.js';
import { holds } from './plans.js';
import { whyWithoutSecret } from './secrets.js';

type Move = Extract<Command, { type: 'MoveInstance' }>;

/**
 * Make before break: the target is reserved and started under the next generation while the source
 * goes on running; the source is deleted once the target runs.
 */
export function moveInstance(deciding: Deciding, move: Move): Decided<Answers['MoveInstance']> {
  const job = deciding.state.jobs.get(move.id);
  if (job === undefined) return refuse('job-unknown', `There is no job ${move.id}.`, 'id', move.id);
  const instance = deciding.state.instances.get(instanceKey(move.id, move.instance));
  if (instance === undefined) {
    const detail = `Job ${move.id} has no instance ${move.instance}.`;
    return refuse('instance-unknown', detail, 'instance', move.instance);
  }
  const source = deciding.state.placements.get(
    placementKey(move.id, instance.number, instance.generation),
  );
  const refusal = refusalOf(deciding, job, instance, move);
  if (refusal !== null) return recordRefusal(deciding, move.id, refusal);
  if (source === undefined) {
    const detail = `Instance ${move.instance} of job ${move.id} holds no node.`;
    return recordRefusal(deciding, move.id, { code: 'instance-not-movable', detail });
  }
  return start(deciding, { job, instance, source }, move);
}

interface Movable {
  readonly job: JobRecord;
  readonly instance: InstanceRecord;
  readonly source: PlacementRecord;
}

function start(
  deciding: Deciding,
  { job, instance, source }: Movable,
  move: Move,
): Decided<Answers['MoveInstance']> {
  const decisionId = deciding.nextAddress();
  const generation = nextGeneration(deciding.state, instance);
  deciding.emit({
    stream: jobStream(job.id),
    type: 'MoveStarted',
    data: {
      decisionId,
      basis: move.basis,
      instance: instance.number,
      fromNodeId: source.nodeId,
      fromGeneration: instance.generation,
      placement: { ...move.target, instance: instance.number, generation },
    },
  });
  announceMove(deciding, source, move.target.nodeId);
  const target = deciding.state.placements.get(placementKey(job.id, instance.number, generation));
  if (target !== undefined) orderStarts(deciding, [target]);
  return {
    answer: {
      id: job.id,
      status: job.status,
      desired: job.desired,
      position: deciding.position,
      instance: instance.number,
      generation,
      nodeId: move.target.nodeId,
      decision: decisionId,
    },
  };
}

function refusalOf(
  deciding: Deciding,
  job: JobRecord,
  instance: InstanceRecord,
  move: Move,
): Refusal | null {
  const name = `Instance ${instance.number} of job ${job.id}`;
  const without = whyWithoutSecret(deciding.state, job.document);
  if (without !== null) return without;
  if (instance.removing || instance.status !== 'running') {
    return {
      code: 'instance-not-movable',
      detail: `${name} is ${instance.status}; only a running instance is moved.`,
    };
  }
  if (job.enforcesStop) {
    return {
      code: 'instance-not-movable',
      detail: `${name} must never run twice: drain its node, which stops it before it is placed elsewhere.`,
    };
  }
  if (instance.moving !== null) {
    return {
      code: 'instance-not-movable',
      detail: `${name} ${whereTo(instance.moving)}.`,
    };
  }
  if (instance.generation !== move.generation) {
    return {
      code: 'instance-not-movable',
      detail: `${name} is at generation ${instance.generation} now, not ${move.generation}.`,
    };
  }
  if (
    move.target.nodeId === instance.nodeId ||
    !holds(deciding.state, testsFor(job), move.target.nodeId) ||
    holdsNamesake(deciding.state, job, move.target.nodeId)
  ) {
    return {
      code: 'worker-does-not-fit',
      detail: `${name} does not fit on ${move.target.nodeId} any more.`,
      field: 'worker',
      value: move.target.nodeId,
    };
  }
  return null;
}

export function whereTo({ nodeId, surge }: NonNullable<InstanceRecord['moving']>): string {
  return surge === true
    ? `is being updated, and its new one is on ${nodeId}`
    : `is moving to ${nodeId} already`;
}

/** The original stays; what was started at the target is stopped. */
export function cancelMove(
  deciding: Deciding,
  id: string,
  number: number,
): Decided<Answers['CancelMove']> {
  const job = deciding.state.jobs.get(id);
  if (job === undefined) return refuse('job-unknown', `There is no job ${id}.`, 'id', id);
  const instance = deciding.state.instances.get(instanceKey(id, number));
  if (instance === undefined) {
    const detail = `Job ${id} has no instance ${number}.`;
    return refuse('instance-unknown', detail, 'instance', number);
  }
  if (instance.moving !== null) {
    const { generation } = instance.moving;
    abortMoveTo(deciding, { job: id, instance: number, generation }, 'cancelled');
  }
  const { status, desired, position } = deciding.state.jobs.get(id) ?? job;
  return { answer: { id, status, desired, position, instance: number } };
}

/** A move that found no target is refused on record. */
export function refuseMove(deciding: Deciding, id: string, refusal: Refusal): Decided<null> {
  if (deciding.state.jobs.get(id) === undefined) return { answer: null };
  return recordRefusal(deciding, id, refusal);
}

function recordRefusal(deciding: Deciding, id: string, refusal: Refusal): { refusal: Refusal } {
  deciding.emit({
    stream: jobStream(id),
    type: 'MoveRefused',
    data: { code: refusal.code, detail: refusal.detail },
  });
  return { refusal };
}

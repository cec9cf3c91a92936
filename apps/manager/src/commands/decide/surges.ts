import { jobStream } from '@oakring/events';
import {
  holdsNamesake,
  instanceKey,
  isRolledOut,
  isUpdated,
  missingSecret,
  nextGeneration,
  placementKey,
  type ClusterState,
  type InstanceRecord,
  type JobRecord,
} from '@oakring/model';
import { testsFor } from '@oakring/planning';
import type { Command } from '../command.js';
import { type Decided, type Deciding } from './deciding.js';
import { completeMove, isConfirmed, orderStarts, serves } from './orders.js';
import { holds } from './plans.js';

/**
 * Updates with room to spare: a new one is started beside the old one (`update.surge` at most of a job), takes over
 * once it serves, and only then the old one stops. It is a move, be it to the same node, that a rollout began: what
 * becomes of it when either of the two fails or is lost, when the job goes, and when another revision comes is
 * decided where those are.
 */

type Surge = Extract<Command, { type: 'SurgeInstance' }>;

/** Nothing happens if the instance or its job has moved on, or the place is taken: it is asked about again. */
export function surgeInstance(deciding: Deciding, surge: Surge): Decided<null> {
  const { id, instance: number, generation, revision, target } = surge;
  const { state } = deciding;
  const job = state.jobs.get(id);
  const instance = state.instances.get(instanceKey(id, number));
  if (job?.status !== 'active' || job.revision !== revision || !isRolledOut(job)) {
    return { answer: null };
  }
  if (surgesOf(state, id) >= job.policy.update.surge) return { answer: null };
  if (instance?.generation !== generation || !maySurge(state, job, instance)) {
    return { answer: null };
  }
  if (!mayRunBeside(state, instance, target.nodeId)) return { answer: null };
  if (missingSecret(state, job.document) !== null) return { answer: null };
  if (!holds(state, testsFor(job), target.nodeId) || holdsNamesake(state, job, target.nodeId)) {
    return { answer: null };
  }
  begin(deciding, instance, surge);
  return { answer: null };
}

function begin(deciding: Deciding, instance: InstanceRecord, { id, target, basis }: Surge): void {
  const { number, generation: fromGeneration, nodeId } = instance;
  if (nodeId === null) return;
  const { state } = deciding;
  const generation = nextGeneration(state, instance);
  deciding.emit({
    stream: jobStream(id),
    type: 'MoveStarted',
    data: {
      ...{ decisionId: deciding.nextAddress(), basis },
      ...{ instance: number, fromNodeId: nodeId, fromGeneration },
      placement: { ...target, instance: number, generation },
      surge: true,
    },
  });
  const placement = state.placements.get(placementKey(id, number, generation));
  if (placement !== undefined) orderStarts(deciding, [placement]);
}

/** It runs a former revision, and may run beside the newest: what must never run twice is stopped first. */
export function maySurge(state: ClusterState, job: JobRecord, instance: InstanceRecord): boolean {
  const { number, generation, status, moving, removing } = instance;
  if (status !== 'running' || moving !== null || removing || isUpdated(job, instance)) return false;
  const source = state.placements.get(placementKey(job.id, number, generation));
  return source?.leaseMs === null && !job.enforcesStop;
}

/** Of a job: instances that an update has begun a new one beside. */
export function surgesOf({ instancesOfJob, instances }: ClusterState, job: string): number {
  let count = 0;
  for (const key of instancesOfJob.of(job)) {
    if (instances.get(key)?.moving?.surge === true) count += 1;
  }
  return count;
}

/** Who does not acknowledge is not known to tell two of one number apart. */
function mayRunBeside(state: ClusterState, instance: InstanceRecord, nodeId: string): boolean {
  return !nodesOfOneEach(state, instance).includes(nodeId);
}

/** Nodes that have something of an instance, and could take another one of it for the same. */
export function nodesOfOneEach(
  { placementsOfInstance, placements, nodes }: ClusterState,
  { job, number }: InstanceRecord,
): string[] {
  const there = new Set<string>();
  for (const key of placementsOfInstance.of(instanceKey(job, number))) {
    const nodeId = placements.get(key)?.nodeId;
    if (nodeId !== undefined && nodes.get(nodeId)?.acknowledges !== true) there.add(nodeId);
  }
  return [...there].sort();
}

/** The new one serves, or runs and is all that there is: it takes over. What has checks does so once it is healthy. */
export function completeSurge(
  deciding: Deciding,
  { id, instance: number, generation }: Extract<Command, { type: 'CompleteSurge' }>,
): Decided<null> {
  const { state } = deciding;
  const instance = state.instances.get(instanceKey(id, number));
  const target = state.placements.get(placementKey(id, number, generation));
  if (instance?.moving?.surge !== true || instance.moving.generation !== generation) {
    return { answer: null };
  }
  if (target === undefined || !serves(state, target)) return { answer: null };
  const address = { job: id, instance: number, generation };
  completeMove(deciding, address, isConfirmed(state, target));
  return { answer: null };
}

import { jobStream } from '@oakring/events';
import { least, noResources, plus, type FreedThere, type Resources } from '@oakring/contracts';
import {
  isRolledOut,
  holdsNamesake,
  instanceKey,
  missingSecret,
  placementKey,
  type ClusterState,
  nextGeneration,
  type InstanceRecord,
  type JobRecord,
} from '@oakring/model';
import { testsFor } from '@oakring/planning';
import type { Command } from '../command.js';
import { type Decided, type Deciding } from './deciding.js';
import { holds, orderStarted } from './plans.js';
import { maySurge } from './surges.js';

type Replacement = Extract<Command, { type: 'ReplaceInstance' }>;

/**
 * An instance is stopped where it is once its successor has a place: both in one commit. What it holds
 * is its successor's to take; where there is no room for both, the successor reserves what it needs
 * beyond that, gets the rest with the end of the one before it, and is started then. Nothing happens
 * if the instance or its job has moved on, or the place is taken: it is asked about again.
 */
export function replaceInstance(deciding: Deciding, replacement: Replacement): Decided<null> {
  const { id, instance: number, generation, target } = replacement;
  const { state } = deciding;
  const job = state.jobs.get(id);
  const instance = state.instances.get(instanceKey(id, number));
  if (job?.status !== 'active' || job.revision !== replacement.revision) return { answer: null };
  if (instance?.generation !== generation || !isReplaceable(instance)) return { answer: null };
  // It did not run when that was asked, and may not be missing now that it does: its successor comes beside it.
  const mayBeMissed = job.policy.update.maxUnavailable > 0 || !maySurge(state, job, instance);
  if (!mayBeMissed) return { answer: null };
  // It goes on: its successor could not be started.
  if (missingSecret(state, job.document) !== null) return { answer: null };
  const held = heldOn(state, instance, target.nodeId);
  const tests = testsFor(job);
  if (!holds(state, tests, target.nodeId, { freed: held })) return { answer: null };
  if (holdsNamesake(state, job, target.nodeId)) return { answer: null };
  const takesOver = holds(state, tests, target.nodeId)
    ? null
    : least(job.resources, held.resources);
  exchange(deciding, { job, instance, takesOver }, replacement);
  return { answer: null };
}

function exchange(
  deciding: Deciding,
  {
    job,
    instance,
    takesOver,
  }: { job: JobRecord; instance: InstanceRecord; takesOver: Resources | null },
  { target, basis, reason }: Replacement,
): void {
  const { number, generation, nodeId } = instance;
  if (nodeId === null) return;
  const stream = jobStream(job.id);
  deciding.emit({
    stream,
    type: 'InstanceWithdrawn',
    data: { instance: number, generation, nodeId, reason, elsewhere: false },
  });
  const next = nextGeneration(deciding.state, instance);
  const handover = `; it starts once generation ${generation} has ended there`;
  const placed = {
    ...{ ...target, instance: number, generation: next },
    ...(takesOver === null ? {} : { reason: `${target.reason}${handover}`, takesOver }),
  };
  deciding.emit({
    stream,
    type: 'InstancesPlaced',
    data: { decisionId: deciding.nextAddress(), basis, placements: [placed] },
  });
  orderStarted(deciding, [placementKey(job.id, number, next)]);
}

/** It holds a node, and nothing of it is replaced by itself. */
export function isReplaceable({ status, moving, removing, nodeId }: InstanceRecord): boolean {
  if (moving !== null || removing || nodeId === null) return false;
  return status === 'placed' || status === 'starting' || status === 'running';
}

/** What an instance has on a node that its successor may count on: its place, and what ends there. */
export function heldOn(
  state: ClusterState,
  { job, number, generation }: InstanceRecord,
  nodeId: string,
): Omit<FreedThere, 'node'> {
  let resources = noResources;
  const ports: string[] = [];
  for (const key of state.placementsOfInstance.of(instanceKey(job, number))) {
    const placement = state.placements.get(key);
    if (placement?.nodeId !== nodeId || placement.lost) continue;
    if (placement.wanted && placement.generation !== generation) continue;
    resources = plus(resources, placement.resources);
    ports.push(...placement.ports);
  }
  return ports.length === 0 ? { resources } : { resources, ports };
}

/** Its successor has no place: the instance goes on, the rollout waits. The same again is no news. */
export function refuseReplacement(
  deciding: Deciding,
  { id, instance, refusal, basis }: Extract<Command, { type: 'RefuseReplacement' }>,
): Decided<null> {
  const job = deciding.state.jobs.get(id);
  const record = deciding.state.instances.get(instanceKey(id, instance));
  if (job?.status !== 'active' || !isRolledOut(job) || record === undefined)
    return { answer: null };
  if (!isReplaceable(record) || job.rollout?.waits === refusal.detail) return { answer: null };
  const { code, detail, filtered, nearest, wouldFit } = refusal;
  deciding.emit({
    stream: jobStream(id),
    type: 'PlacementRefused',
    data: {
      ...{ decisionId: deciding.nextAddress(), basis, instances: [instance] },
      ...{ code, detail, filtered, nearest, wouldFit },
    },
  });
  return { answer: null };
}

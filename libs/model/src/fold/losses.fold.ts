import type { EventData, StoredEvent } from '@oakring/events';
import { instanceKey, placementKey, type ClusterState } from '../cluster-state.js';
import type { InstanceRecord, JobRecord } from '../records.js';
import { markRunning, type Address } from './ends.fold.js';
import { touchJob, updateInstance } from './jobs.fold.js';
import { releasePlacement } from './placements.fold.js';
import { highestGeneration, putPlacement } from './records.fold.js';

/** What becomes of placements whose node was not heard of for too long. */

/** The placement stays, and what it reserves: its worker may run it or not. */
export function instanceLost(
  state: ClusterState,
  event: StoredEvent,
  job: JobRecord,
  data: EventData<'InstanceLost'>,
): void {
  const { instance: number, generation, replace, reason } = data;
  const key = placementKey(job.id, number, generation);
  const placement = state.placements.get(key);
  if (placement === undefined) return;
  if (!placement.wanted) {
    // It is to be stopped all the same, should its node ever come back.
    putPlacement(state, { ...placement, leaseOver: true });
    return touchJob(state, job.id, event);
  }
  putPlacement(state, {
    ...placement,
    wanted: false,
    lost: true,
    leaseOver: placement.leaseMs !== null,
    ended: data.ended === true,
    stopReason: null,
  });
  updateInstance(state, job.id, number, (instance) => {
    if (instance.generation !== generation) return instance;
    if (instance.moving !== null) return takenOver(state, instance, event, reason);
    const left = { ...instance, since: event.at, confirmed: false, reason };
    if (!replace) return { ...left, status: 'lost' };
    return { ...left, status: 'pending', nodeId: null, restarts: instance.restarts + 1 };
  });
  touchJob(state, job.id, event);
}

/** The source of a move is lost: the target goes on as the instance. */
function takenOver(
  state: ClusterState,
  instance: InstanceRecord,
  event: StoredEvent,
  reason: string,
): InstanceRecord {
  if (instance.moving === null) return instance;
  const key = placementKey(instance.job, instance.number, instance.moving.generation);
  // It may run already, and be waited for until it is healthy.
  const runs = (state.placements.get(key)?.runningSince ?? 0) > 0;
  return {
    ...instance,
    lastGeneration: highestGeneration(instance),
    generation: instance.moving.generation,
    nodeId: instance.moving.nodeId,
    status: runs ? 'running' : 'starting',
    since: event.at,
    confirmed: runs,
    reason: `${instance.moving.surge === true ? 'the new one' : 'the move'} goes on without its source: ${reason}`,
    moving: null,
    revision: revisionOf(state, instance),
    givenUp: false,
  };
}

/** What the target of a move runs: the job may have been updated since it was begun. */
function revisionOf(
  state: ClusterState,
  { job, number, moving, revision }: InstanceRecord,
): number {
  if (moving === null) return revision;
  return state.placements.get(placementKey(job, number, moving.generation))?.revision ?? revision;
}

export function instanceRecovered(
  state: ClusterState,
  event: StoredEvent,
  job: JobRecord,
  data: EventData<'InstanceRecovered'>,
): void {
  const { instance: number, generation, nodeId, reason, dropped, running } = data;
  const placement = state.placements.get(placementKey(job.id, number, generation));
  if (placement === undefined) return;
  putPlacement(state, {
    ...placement,
    wanted: true,
    lost: false,
    leaseOver: false,
    ended: false,
    stopReason: null,
  });
  dropReplacements(state, { job: job.id, instance: number, generation }, dropped);
  updateInstance(state, job.id, number, (instance) => ({
    ...instance,
    lastGeneration: highestGeneration(instance),
    generation,
    nodeId,
    status: 'starting',
    since: event.at,
    confirmed: true,
    reason,
    moving: null,
    revision: placement.revision,
    givenUp: false,
  }));
  if (running) markRunning(state, event, { job: job.id, ...data }, true);
  touchJob(state, job.id, event);
}

/** What was placed in stead of one that goes on: the one that ran, and those that were lost as well. */
function dropReplacements(
  state: ClusterState,
  { job, instance, generation }: Address,
  dropped: number,
): void {
  const stopReason = `the original of generation ${generation} goes on`;
  for (const key of state.placementsOfInstance.inOrder(instanceKey(job, instance))) {
    const other = state.placements.get(key);
    const isLater = other?.lost === true && other.generation > generation;
    if (other === undefined || (!isLater && other.generation !== dropped)) continue;
    releasePlacement(state, { job, instance, generation: other.generation }, stopReason);
  }
}

export function originalDropped(
  state: ClusterState,
  job: JobRecord,
  { instance, generation, reason }: EventData<'OriginalDropped'>,
): void {
  releasePlacement(state, { job: job.id, instance, generation }, reason);
}

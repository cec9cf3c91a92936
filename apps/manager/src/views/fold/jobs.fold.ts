import type { Constraint, Technology } from '@oakring/contracts';
import type { EventData, PlacedInstance, StoredEvent } from '@oakring/events';
import { instanceKey, placementKey, type ClusterState } from '../cluster-state.js';
import type { InstanceRecord, JobRecord } from '../records.js';
import {
  addPlacement,
  highestGeneration,
  lastGenerationOf,
  putInstance,
  putPlacement,
  removeInstance,
} from './records.fold.js';

/** Reason of an instance that nothing was decided about yet. */
export const waitingReason = 'waiting for a decision';

export function jobSubmitted(
  state: ClusterState,
  event: StoredEvent,
  data: EventData<'JobSubmitted'>,
): void {
  state.jobs.set(data.id, {
    id: data.id,
    document: data.document,
    // The inbox validated both before the event was written.
    technology: data.technology as Technology,
    constraints: data.constraints as unknown as readonly Constraint[],
    resources: data.resources,
    labels: data.labels,
    bodyHash: data.bodyHash,
    status: 'active',
    desired: data.desired,
    submittedDesired: data.desired,
    submittedPosition: event.position,
    deletionPosition: 0,
    position: event.position,
  });
  for (let number = 0; number < data.desired; number += 1) addInstance(state, data.id, number);
}

export function jobScaled(
  state: ClusterState,
  job: JobRecord,
  data: EventData<'JobScaled'>,
  position: number,
): void {
  state.jobs.set(job.id, { ...job, desired: data.desired, position });
  for (const number of data.added) addInstance(state, job.id, number);
  for (const number of data.removed) dropInstance(state, instanceKey(job.id, number));
}

export function jobDeletionOrdered(state: ClusterState, job: JobRecord, position: number): void {
  state.jobs.set(job.id, {
    ...job,
    status: 'deleting',
    desired: 0,
    deletionPosition: position,
    position,
  });
  for (const key of [...state.instancesOfJob.of(job.id)]) dropInstance(state, key);
}

function addInstance(state: ClusterState, job: string, number: number): void {
  putInstance(state, {
    job,
    number,
    generation: 0,
    lastGeneration: lastGenerationOf(state, job, number),
    status: 'pending',
    nodeId: null,
    confirmed: false,
    reason: waitingReason,
    decision: null,
    removing: false,
    moving: null,
  });
}

/** No longer wanted: gone at once without a placement, else with the end of its last one. */
function dropInstance(state: ClusterState, key: string): void {
  const instance = state.instances.get(key);
  if (instance === undefined) return;
  const placements = state.placementsOfInstance.of(key);
  if (placements.size === 0) return removeInstance(state, instance);
  putInstance(state, {
    ...instance,
    lastGeneration: highestGeneration(instance),
    status: 'stopping',
    removing: true,
    moving: null,
  });
  for (const placementId of [...placements]) {
    const placement = state.placements.get(placementId);
    if (placement !== undefined) putPlacement(state, { ...placement, wanted: false });
  }
}

export function instancesPlaced(
  state: ClusterState,
  job: JobRecord,
  data: EventData<'InstancesPlaced'>,
  position: number,
): void {
  for (const placed of data.placements) {
    reserveFor(state, job, placed, position);
    updateInstance(state, job.id, placed.instance, (instance) => ({
      ...instance,
      generation: placed.generation,
      lastGeneration: highestGeneration(instance),
      status: 'placed',
      nodeId: placed.nodeId,
      confirmed: false,
      reason: placed.reason,
      decision: data.decisionId,
    }));
  }
  touchJob(state, job.id, position);
}

export function placementRefused(
  state: ClusterState,
  job: JobRecord,
  data: EventData<'PlacementRefused'>,
  position: number,
): void {
  for (const number of data.instances) {
    updateInstance(state, job.id, number, (instance) => ({
      ...instance,
      reason: data.detail,
      decision: data.decisionId,
    }));
  }
  touchJob(state, job.id, position);
}

export function moveStarted(
  state: ClusterState,
  job: JobRecord,
  data: EventData<'MoveStarted'>,
  position: number,
): void {
  const { placement } = data;
  reserveFor(state, job, placement, position);
  updateInstance(state, job.id, data.instance, (instance) => ({
    ...instance,
    moving: { nodeId: placement.nodeId, generation: placement.generation },
    decision: data.decisionId,
  }));
  touchJob(state, job.id, position);
}

export function moveCompleted(
  state: ClusterState,
  job: JobRecord,
  data: EventData<'MoveCompleted'>,
  position: number,
): void {
  updateInstance(state, job.id, data.instance, (instance) => {
    releasePlacement(state, job.id, data.instance, instance.generation);
    return {
      ...instance,
      lastGeneration: highestGeneration(instance),
      generation: data.generation,
      nodeId: instance.moving?.nodeId ?? instance.nodeId,
      status: 'running',
      confirmed: data.confirmed,
      reason: 'moved here',
      moving: null,
    };
  });
  touchJob(state, job.id, position);
}

export function moveAborted(
  state: ClusterState,
  job: JobRecord,
  data: EventData<'MoveAborted'>,
  position: number,
): void {
  releasePlacement(state, job.id, data.instance, data.generation);
  updateInstance(state, job.id, data.instance, (instance) => ({
    ...instance,
    lastGeneration: highestGeneration(instance),
    reason: `the move was given up: ${data.reason}`,
    moving: null,
  }));
  touchJob(state, job.id, position);
}

function releasePlacement(
  state: ClusterState,
  job: string,
  number: number,
  generation: number,
): void {
  const placement = state.placements.get(placementKey(job, number, generation));
  if (placement !== undefined) putPlacement(state, { ...placement, wanted: false });
}

function reserveFor(
  state: ClusterState,
  job: JobRecord,
  placed: PlacedInstance,
  position: number,
): void {
  addPlacement(
    state,
    {
      job: job.id,
      number: placed.instance,
      generation: placed.generation,
      nodeId: placed.nodeId,
      resources: job.resources,
      wanted: true,
      commandId: null,
    },
    position,
  );
}

export function updateInstance(
  state: ClusterState,
  job: string,
  number: number,
  change: (instance: InstanceRecord) => InstanceRecord,
): void {
  const instance = state.instances.get(instanceKey(job, number));
  if (instance !== undefined) putInstance(state, change(instance));
}

export function touchJob(state: ClusterState, id: string, position: number): void {
  const job = state.jobs.get(id);
  if (job !== undefined && job.position !== position) state.jobs.set(id, { ...job, position });
}

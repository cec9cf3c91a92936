import type { EventData, StoredEvent } from '@oakring/events';
import { placementKey, type ClusterState } from '../cluster-state.js';
import type { JobRecord } from '../records.js';
import { touchJob, updateInstance } from './jobs.fold.js';
import { releasePlacement, reserveFor } from './placements.fold.js';
import { highestGeneration } from './records.fold.js';

/** Make before break: the target is reserved and started while the source goes on. */

export function moveStarted(
  state: ClusterState,
  event: StoredEvent,
  job: JobRecord,
  data: EventData<'MoveStarted'>,
): void {
  const { placement } = data;
  reserveFor(state, event, job, placement);
  updateInstance(state, job.id, data.instance, (instance) => ({
    ...instance,
    moving: {
      nodeId: placement.nodeId,
      generation: placement.generation,
      commandId: null,
      reason: placement.reason,
    },
    decision: data.decisionId,
  }));
  touchJob(state, job.id, event);
}

export function moveCompleted(
  state: ClusterState,
  event: StoredEvent,
  job: JobRecord,
  data: EventData<'MoveCompleted'>,
): void {
  updateInstance(state, job.id, data.instance, (instance) => {
    const nodeId = instance.moving?.nodeId ?? instance.nodeId;
    // The job may have been updated since the move began.
    const target = state.placements.get(placementKey(job.id, data.instance, data.generation));
    const address = { job: job.id, instance: data.instance, generation: instance.generation };
    releasePlacement(state, address, `moved to ${nodeId}`);
    return {
      ...instance,
      lastGeneration: highestGeneration(instance),
      generation: data.generation,
      nodeId,
      status: 'running',
      since: event.at,
      confirmed: data.confirmed,
      reason: `moved here: ${instance.moving?.reason ?? 'as ordered'}`,
      moving: null,
      revision: target?.revision ?? job.revision,
      givenUp: false,
    };
  });
  touchJob(state, job.id, event);
}

export function moveAborted(
  state: ClusterState,
  event: StoredEvent,
  job: JobRecord,
  data: EventData<'MoveAborted'>,
): void {
  releasePlacement(state, { job: job.id, ...data }, `the move here was given up: ${data.reason}`);
  updateInstance(state, job.id, data.instance, (instance) => ({
    ...instance,
    lastGeneration: highestGeneration(instance),
    reason: `the move was given up: ${data.reason}`,
    moving: null,
  }));
  touchJob(state, job.id, event);
}

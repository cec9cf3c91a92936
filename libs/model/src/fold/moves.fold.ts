import type { EventData, StoredEvent } from '@oakring/events';
import { instanceKey, placementKey, type ClusterState } from '../cluster-state.js';
import type { JobRecord } from '../records.js';
import { touchJob, updateInstance } from './jobs.fold.js';
import { releasePlacement, reserveFor, rolloutWaits } from './placements.fold.js';
import { highestGeneration } from './records.fold.js';

/** Make before break: the target is reserved and started while the source goes on. So is an update with room to spare. */

export function moveStarted(
  state: ClusterState,
  event: StoredEvent,
  job: JobRecord,
  data: EventData<'MoveStarted'>,
): void {
  const { placement } = data;
  const { surge } = data;
  const before = state.instances.get(instanceKey(job.id, data.instance));
  // One that came to nothing and is begun again has found no place to start at yet.
  const isAgain = before !== undefined && highestGeneration(before) > before.generation;
  reserveFor(state, event, job, placement);
  updateInstance(state, job.id, data.instance, (instance) => ({
    ...instance,
    moving: {
      nodeId: placement.nodeId,
      generation: placement.generation,
      commandId: null,
      reason: placement.reason,
      ...(surge === true && { surge }),
    },
    decision: data.decisionId,
  }));
  if (surge === true && !isAgain) rolloutWaits(state, job, null);
  touchJob(state, job.id, event);
}

export function moveCompleted(
  state: ClusterState,
  event: StoredEvent,
  job: JobRecord,
  data: EventData<'MoveCompleted'>,
): void {
  if (state.instances.get(instanceKey(job.id, data.instance))?.moving?.surge === true) {
    rolloutWaits(state, job, null);
  }
  updateInstance(state, job.id, data.instance, (instance) => {
    const nodeId = instance.moving?.nodeId ?? instance.nodeId;
    // The job may have been updated since the move began.
    const target = state.placements.get(placementKey(job.id, data.instance, data.generation));
    const address = { job: job.id, instance: data.instance, generation: instance.generation };
    const isSurge = instance.moving?.surge === true;
    const revision = target?.revision ?? job.revision;
    const reason = instance.moving?.reason ?? 'as ordered';
    releasePlacement(
      state,
      address,
      isSurge ? `updated to revision ${revision}` : `moved to ${nodeId}`,
    );
    return {
      ...instance,
      lastGeneration: highestGeneration(instance),
      generation: data.generation,
      nodeId,
      status: 'running',
      since: event.at,
      confirmed: data.confirmed,
      reason: isSurge ? reason : `moved here: ${reason}`,
      moving: null,
      revision,
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
  const { moving = null } = state.instances.get(instanceKey(job.id, data.instance)) ?? {};
  const isSurge = moving?.surge === true;
  const target = state.placements.get(placementKey(job.id, data.instance, data.generation));
  const isMeant = job.rollout?.status === 'progressing' && target?.revision === job.revision;
  if (isSurge && isMeant) {
    rolloutWaits(state, job, `the new one on ${target.nodeId} came to nothing: ${data.reason}`);
  }
  const [what, here] = isSurge ? ['the new one', 'it'] : ['the move', 'the move here'];
  releasePlacement(state, { job: job.id, ...data }, `${here} was given up: ${data.reason}`);
  updateInstance(state, job.id, data.instance, (instance) => ({
    ...instance,
    lastGeneration: highestGeneration(instance),
    reason: `${what} was given up: ${data.reason}`,
    moving: null,
  }));
  touchJob(state, job.id, event);
}

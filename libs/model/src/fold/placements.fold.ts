import { minus, noResources, portsOf } from '@oakring/contracts';
import type { EventData, PlacedInstance, StoredEvent } from '@oakring/events';
import { instanceKey, placementKey, type ClusterState } from '../cluster-state.js';
import type { JobRecord } from '../records.js';
import { touchJob, updateInstance } from './jobs.fold.js';
import { addPlacement, highestGeneration, putPlacement } from './records.fold.js';

/** Where instances are placed, and how they lose and change their place. */

/** What a decision names as its policy where nothing was decided: it was there. */
export const takenOverPolicy = 'taken-over';
/** The same, of what a restored ledger had forgotten. */
export const adoptedPolicy = 'adopted';

export function instancesPlaced(
  state: ClusterState,
  event: StoredEvent,
  job: JobRecord,
  data: EventData<'InstancesPlaced'>,
): void {
  for (const placed of data.placements) {
    reserveFor(state, event, job, placed);
    if (data.basis?.policy === takenOverPolicy) noteTakenOver(state, job, placed);
    updateInstance(state, job.id, placed.instance, (instance) => ({
      ...instance,
      generation: placed.generation,
      lastGeneration: highestGeneration(instance),
      status: 'placed',
      since: event.at,
      nodeId: placed.nodeId,
      confirmed: false,
      reason: placed.reason,
      decision: data.decisionId,
      revision: job.revision,
    }));
  }
  rolloutWaits(state, job, null);
  touchJob(state, job.id, event);
}

function noteTakenOver(
  { placements }: ClusterState,
  { id }: JobRecord,
  { instance, generation }: PlacedInstance,
): void {
  const key = placementKey(id, instance, generation);
  const placement = placements.get(key);
  if (placement !== undefined) placements.set(key, { ...placement, takenOver: true });
}

export function placementRefused(
  state: ClusterState,
  event: StoredEvent,
  job: JobRecord,
  data: EventData<'PlacementRefused'>,
): void {
  for (const number of data.instances) {
    const isPending = state.instances.get(instanceKey(job.id, number))?.status === 'pending';
    // One that runs goes on, with why it is where it is: what has no place is its successor.
    if (!isPending) rolloutWaits(state, job, data.detail);
    else {
      updateInstance(state, job.id, number, (instance) => ({
        ...instance,
        reason: data.detail,
        decision: data.decisionId,
        refused: { code: data.code, detail: data.detail },
      }));
    }
  }
  touchJob(state, job.id, event);
}

/** Why the next one of a rollout has no place; null: one has. */
export function rolloutWaits(state: ClusterState, { id }: JobRecord, waits: string | null): void {
  const job = state.jobs.get(id);
  if (job === undefined || job.rollout === null || job.rollout.waits === waits) return;
  state.jobs.set(id, { ...job, rollout: { ...job.rollout, waits } });
}

export function instanceWithdrawn(
  state: ClusterState,
  event: StoredEvent,
  job: JobRecord,
  data: EventData<'InstanceWithdrawn'>,
): void {
  const { instance: number, generation, nodeId, reason, elsewhere } = data;
  releasePlacement(state, { job: job.id, instance: number, generation }, reason);
  updateInstance(state, job.id, number, (instance) => ({
    ...instance,
    status: 'pending',
    nodeId: null,
    since: event.at,
    confirmed: false,
    reason,
    moving: null,
    avoid: elsewhere ? nodeId : null,
  }));
  touchJob(state, job.id, event);
}

export function instanceRetried(
  state: ClusterState,
  event: StoredEvent,
  job: JobRecord,
  { instance: number, reason }: EventData<'InstanceRetried'>,
): void {
  updateInstance(state, job.id, number, (instance) => ({
    ...instance,
    status: 'pending',
    nodeId: null,
    since: event.at,
    confirmed: false,
    givenUp: false,
    restarts: instance.restarts + 1,
    reason,
  }));
  touchJob(state, job.id, event);
}

export function instanceGivenUp(
  state: ClusterState,
  event: StoredEvent,
  job: JobRecord,
  { instance: number, reason }: EventData<'InstanceGivenUp'>,
): void {
  updateInstance(state, job.id, number, (instance) => ({ ...instance, givenUp: true, reason }));
  touchJob(state, job.id, event);
}

/** It holds nothing, since its end freed what it held; it is there to be deleted. */
export function unexpectedFound(
  state: ClusterState,
  event: StoredEvent,
  job: string,
  data: EventData<'UnexpectedInstanceFound'>,
): void {
  const { instance: number, generation, nodeId, reason } = data;
  addPlacement(
    state,
    {
      ...{ job, number, generation, nodeId, revision: 0, commandId: null },
      // Nothing there is granted to go on, and nothing of it starts elsewhere, before it is gone.
      leaseMs: 0,
      resources: noResources,
      ports: [],
      takesOver: null,
      wanted: false,
      lost: false,
      leaseOver: false,
      ended: false,
      stopReason: reason,
      runningSince: 0,
      runningIncarnation: 0,
    },
    event,
  );
}

interface Address {
  readonly job: string;
  readonly instance: number;
  readonly generation: number;
}

export function releasePlacement(
  state: ClusterState,
  { job, instance, generation }: Address,
  stopReason: string,
): void {
  const placement = state.placements.get(placementKey(job, instance, generation));
  if (placement === undefined) return;
  putPlacement(state, { ...placement, wanted: false, lost: false, stopReason });
}

export function reserveFor(
  state: ClusterState,
  event: StoredEvent,
  job: JobRecord,
  placed: PlacedInstance,
): void {
  const { takesOver = null } = placed;
  addPlacement(
    state,
    {
      job: job.id,
      number: placed.instance,
      generation: placed.generation,
      nodeId: placed.nodeId,
      resources: takesOver === null ? job.resources : minus(job.resources, takesOver),
      ports: portsOf(job),
      takesOver,
      wanted: true,
      stopReason: null,
      lost: false,
      leaseOver: false,
      ended: false,
      revision: job.revision,
      leaseMs: job.policy.onDisconnect.stopOnWorkerAfterMs,
      commandId: null,
      runningSince: 0,
      runningIncarnation: 0,
    },
    event,
  );
}

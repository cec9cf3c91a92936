import type { EventData, StoredEvent } from '@oakring/events';
import { placementKey, type ClusterState } from '../cluster-state.js';
import type { JobRecord } from '../records.js';
import { failCurrent } from './ends.fold.js';
import { touchJob } from './jobs.fold.js';
import { putPlacement } from './records.fold.js';

/** What workers' checks say of placements, and what follows from it. */

export function instanceHealthChanged(
  state: ClusterState,
  event: StoredEvent,
  job: JobRecord,
  { instance, generation, health: status, reason, forMs }: EventData<'InstanceHealthChanged'>,
): void {
  const placement = state.placements.get(placementKey(job.id, instance, generation));
  if (placement === undefined) return;
  const { incarnation = 0 } = state.nodes.get(placement.nodeId) ?? {};
  const health = { status, reason, since: event.at - forMs, incarnation };
  putPlacement(state, { ...placement, health });
  touchJob(state, job.id, event);
}

/** The reservation stays until its end is acknowledged. */
export function instanceFailedChecks(
  state: ClusterState,
  event: StoredEvent,
  job: JobRecord,
  { instance, generation, reason }: EventData<'InstanceFailedChecks'>,
): void {
  const placement = state.placements.get(placementKey(job.id, instance, generation));
  if (placement === undefined) return;
  putPlacement(state, { ...placement, wanted: false, lost: false, stopReason: reason });
  failCurrent(state, event, placement, { reason, isBlamed: true });
}

import { instanceKey, type ClusterState } from './cluster-state.js';
import { awaitedNamesake } from './namesakes.js';
import type { JobRecord, PlacementRecord } from './records.js';
import { whyNumberUnusable } from './unusable.js';

/**
 * What must never run twice waits for the end of its placements; one that was lost has no grant left.
 * What a root named like another job of it waits for that one's end.
 */
export function mayStart(
  state: ClusterState,
  job: JobRecord,
  key: string,
  beside?: PlacementRecord,
): boolean {
  if (awaitedNamesake(state, job) !== null) return false;
  if (isUnusable(state, job, key)) return false;
  if (!job.enforcesStop) return true;
  for (const placementId of state.placementsOfInstance.of(key)) {
    const placement = state.placements.get(placementId);
    if (placement?.generation === beside?.generation) continue;
    if (placement?.leaseOver === false) return false;
  }
  return true;
}

/** Its number is none that its worker could take. */
function isUnusable(state: ClusterState, job: JobRecord, key: string): boolean {
  if (job.numbering !== 'given') return false;
  const instance = state.instances.get(key);
  return instance !== undefined && whyNumberUnusable(job, instance.number) !== null;
}

/** Whether a placement that was not ordered to start may be: what it waits for has ended. */
export function mayBegin(state: ClusterState, placement: PlacementRecord): boolean {
  const job = state.jobs.get(placement.job);
  const key = instanceKey(placement.job, placement.number);
  return job !== undefined && placement.takesOver === null && mayStart(state, job, key, placement);
}

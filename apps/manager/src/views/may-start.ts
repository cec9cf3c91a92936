import type { ClusterState } from './cluster-state.js';
import type { JobRecord } from './records.js';

/** What must never run twice waits for the end of its placements; one that was lost has no grant left. */
export function mayStart(state: ClusterState, job: JobRecord, key: string): boolean {
  if (!job.enforcesStop) return true;
  for (const placementId of state.placementsOfInstance.of(key)) {
    if (state.placements.get(placementId)?.leaseOver === false) return false;
  }
  return true;
}

import type { ClusterState } from '../views/cluster-state.js';
import { mayStart } from '../views/may-start.js';
import type { JobRecord } from '../views/records.js';

/** Pending instances that can be asked about together: they avoid the same node, if any. */
export function nextGroup(
  state: ClusterState,
  job: JobRecord,
  most: number,
): { readonly avoid: string | null; readonly instances: number } {
  let avoid: string | null | undefined;
  let instances = 0;
  for (const key of state.pendingOfJob.of(job.id)) {
    if (instances === most) break;
    const instance = state.instances.get(key);
    if (instance === undefined || !mayStart(state, job, key)) continue;
    avoid = avoid === undefined ? instance.avoid : avoid;
    if (instance.avoid === avoid) instances += 1;
  }
  return { avoid: avoid ?? null, instances };
}

import type { ClusterState } from '../views/cluster-state.js';

/** How many instances of a job each node has. */
export function presentNodes(state: ClusterState, job: string): Record<string, number> {
  const present: Record<string, number> = {};
  for (const key of state.instancesOfJob.of(job)) {
    const { nodeId, status } = state.instances.get(key) ?? {};
    const isThere = status === 'placed' || status === 'starting' || status === 'running';
    if (isThere && nodeId) present[nodeId] = (present[nodeId] ?? 0) + 1;
  }
  return present;
}

import type { ClusterState } from '@oakring/model';

/**
 * How many instances of a job each node has, one of them left out where it is asked for another
 * place. Counted in a map: an id may be a name that every plain object has (`constructor`).
 */
export function presentNodes(
  state: ClusterState,
  job: string,
  except?: number,
): Readonly<Record<string, number>> {
  const present = new Map<string, number>();
  for (const key of state.instancesOfJob.of(job)) {
    const { nodeId, status, number } = state.instances.get(key) ?? {};
    const isThere = status === 'placed' || status === 'starting' || status === 'running';
    if (!isThere || !nodeId || number === except) continue;
    present.set(nodeId, (present.get(nodeId) ?? 0) + 1);
  }
  return Object.fromEntries(present);
}

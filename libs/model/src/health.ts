import { healthCheckOf, type HealthCheck } from '@oakring/contracts';
import { placementKey, type ClusterState } from './cluster-state.js';
import { orderedDocument } from './ordered-document.js';
import type { HealthRecord, InstanceRecord, PlacementRecord } from './records.js';

/** The checks of what a placement runs; null: it has none, or its worker would not tell. */
export function checkOf(state: ClusterState, placement: PlacementRecord): HealthCheck | null {
  const { job, number: instance, generation, nodeId } = placement;
  const check = healthCheckOf(orderedDocument(state, { job, instance, generation }) ?? {});
  if (check === null) return null;
  // One of before takes the field for something that it need not know.
  const technology = state.jobs.get(job)?.technology ?? '';
  const { features = [] } = state.nodes.get(nodeId) ?? {};
  return features.includes(`${technology}:health`) ? check : null;
}

/** It has checks, and was not found healthy: whoever waits for it to serve waits on. */
export function awaitsHealth(state: ClusterState, placement: PlacementRecord): boolean {
  return placement.health?.status !== 'healthy' && checkOf(state, placement) !== null;
}

/**
 * Why it counts as failed: its worker's present start found it unhealthy. Null: it does not. What was found before
 * a worker's start is no ground to end anything: it is looked at anew, and may be well by now.
 */
export function whyUnhealthy(state: ClusterState, placement: PlacementRecord): string | null {
  const { health } = placement;
  if (health?.status !== 'unhealthy') return null;
  const { incarnation } = state.nodes.get(placement.nodeId) ?? {};
  return health.incarnation === incarnation ? health.reason || 'it is unhealthy' : null;
}

/** How an instance that runs does; null: it does not, or has no checks. */
export function healthOf(
  state: ClusterState,
  { job, number, generation, status, since }: InstanceRecord,
): Omit<HealthRecord, 'incarnation'> | null {
  const placement = state.placements.get(placementKey(job, number, generation));
  if (status !== 'running' || placement === undefined) return null;
  if (placement.health !== undefined) return placement.health;
  return checkOf(state, placement) === null ? null : { status: 'starting', reason: '', since };
}

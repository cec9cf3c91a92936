import { healthCheckOf, type HealthCheck } from '@oakring/contracts';
import { placementKey, type ClusterState } from './cluster-state.js';
import { orderedDocument } from './ordered-document.js';
import type { HealthRecord, InstanceRecord, PlacementRecord } from './records.js';

/** The checks of what a placement runs; null: it has none, or its worker would not tell. */
export function checkOf(state: ClusterState, placement: PlacementRecord): HealthCheck | null {
  const { job, number: instance, generation, nodeId } = placement;
  if (state.nodes.get(nodeId)?.acknowledges !== true) return null;
  return healthCheckOf(orderedDocument(state, { job, instance, generation }) ?? {});
}

/** It has checks, and was not found healthy: whoever waits for it to serve waits on. */
export function awaitsHealth(state: ClusterState, placement: PlacementRecord): boolean {
  return placement.health?.status !== 'healthy' && checkOf(state, placement) !== null;
}

/** How an instance that runs does; null: it does not, or has no checks. */
export function healthOf(
  state: ClusterState,
  { job, number, generation, status, since }: InstanceRecord,
): HealthRecord | null {
  const placement = state.placements.get(placementKey(job, number, generation));
  if (status !== 'running' || placement === undefined) return null;
  if (placement.health !== undefined) return placement.health;
  return checkOf(state, placement) === null ? null : { status: 'starting', reason: '', since };
}

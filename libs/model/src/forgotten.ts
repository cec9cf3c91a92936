import { clusterKey, type ClusterState } from './cluster-state.js';
import type { JobRecord } from './records.js';

/** A root ordered it that has lost its memory since: it runs on, and nobody elsewhere knows of it. */
export function isForgotten(state: ClusterState, { root }: JobRecord): boolean {
  return root !== null && root !== (state.cluster.get(clusterKey)?.root ?? null);
}

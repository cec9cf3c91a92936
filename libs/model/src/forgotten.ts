import { clusterKey, type ClusterState } from './cluster-state.js';
import type { JobRecord } from './records.js';

/** What the root knows us by; null: none has taken us in yet. */
export function currentRoot({ cluster }: ClusterState): string | null {
  return cluster.get(clusterKey)?.root ?? null;
}

/** A root ordered it that has lost its memory since: it runs on, and nobody elsewhere knows of it. */
export function isForgotten(state: ClusterState, { root }: JobRecord): boolean {
  return root !== null && root !== currentRoot(state);
}

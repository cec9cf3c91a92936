import { clusterKey, type ClusterState } from './cluster-state.js';
import type { JobRecord, PartedRecord } from './records.js';

/** What the root knows us by; null: none has taken us in yet. */
export function currentRoot({ cluster }: ClusterState): string | null {
  return cluster.get(clusterKey)?.root ?? null;
}

/** A root ordered it that has lost its memory since: it runs on, and nobody elsewhere knows of it. */
export function isForgotten(state: ClusterState, { root }: JobRecord): boolean {
  return root !== null && root !== currentRoot(state);
}

/** It has ended here, and its root did not ask for it and is to be told. Null: it is there, or nobody is to be told. */
export function partedOf(state: ClusterState, key: string): PartedRecord | null {
  if (state.instances.get(key) !== undefined) return null;
  return state.parted.get(key) ?? null;
}

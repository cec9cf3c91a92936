import type { StoredEvent } from '@oakring/events';
import { clusterKey, type ClusterState } from '../cluster-state.js';
import { nameOf } from '../namesakes.js';
import type { JobRecord } from '../records.js';

/**
 * The end of these instances is ordered, and not by the root that had ordered them, or will be found to have once it
 * takes us in. Before they go.
 */
export function part(
  state: ClusterState,
  event: StoredEvent,
  job: JobRecord,
  keys: readonly string[],
): void {
  const cluster = state.cluster.get(clusterKey);
  // What it dismissed it asked for itself.
  if (cluster === undefined || job.numbering !== 'given' || job.dismissed) return;
  if (job.root !== cluster.root) return;
  for (const key of keys) {
    const { number, removing = true } = state.instances.get(key) ?? {};
    if (number === undefined || removing) continue;
    state.parted.set(key, { key, job: job.id, name: nameOf(job), number, at: event.at });
  }
}

/** Their root was told, or ordered them anew. */
export function forgetParted(state: ClusterState, keys: Iterable<string>): void {
  for (const key of keys) if (state.parted.get(key) !== undefined) state.parted.delete(key);
}

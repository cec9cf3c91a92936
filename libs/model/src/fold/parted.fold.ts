import type { StoredEvent } from '@oakring/events';
import { clusterKey, type ClusterState } from '../cluster-state.js';
import { nameOf } from '../namesakes.js';
import type { JobRecord, PartedRecord } from '../records.js';

/** Many more than an operator ends before a root is told of them; the oldest are forgotten. */
const maxParted = 1_000;

/** The end of these instances is ordered, and not by the root that had ordered them. Before they go. */
export function part(
  state: ClusterState,
  event: StoredEvent,
  job: JobRecord,
  keys: readonly string[],
): void {
  const cluster = state.cluster.get(clusterKey);
  // What it dismissed it asked for itself.
  if (cluster === undefined || job.root === null || job.root !== cluster.root || job.dismissed)
    return;
  const parted: PartedRecord[] = [];
  for (const key of keys) {
    const { number, removing = true } = state.instances.get(key) ?? {};
    if (number === undefined || removing) continue;
    parted.push({ key, job: job.id, name: nameOf(job), number, at: event.at });
  }
  if (parted.length === 0) return;
  state.cluster.set(clusterKey, {
    ...cluster,
    parted: [...cluster.parted, ...parted].slice(-maxParted),
  });
}

/** Their root was told, or ordered them anew. */
export function forgetParted(state: ClusterState, keys: readonly string[]): void {
  const cluster = state.cluster.get(clusterKey);
  if (cluster === undefined || cluster.parted.length === 0) return;
  const gone = new Set(keys);
  const parted = cluster.parted.filter(({ key }) => !gone.has(key));
  if (parted.length < cluster.parted.length) state.cluster.set(clusterKey, { ...cluster, parted });
}

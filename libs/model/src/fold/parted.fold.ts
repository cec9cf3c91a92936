import type { StoredEvent } from '@oakring/events';
import { clusterKey, type ClusterState } from '../cluster-state.js';
import { nameOf } from '../namesakes.js';
import type { JobRecord, PartedRecord } from '../records.js';

/** Ends that wait for a root to be told; where none ever takes us in they would only grow. */
const maxParted = 10_000;

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
    if (state.parted.size > maxParted) forgetOldest(state);
  }
}

/** The same one in a state that was restored, in whatever order that has them. */
function forgetOldest({ parted }: ClusterState): void {
  let oldest: PartedRecord | undefined;
  for (const record of parted.values()) {
    if (oldest === undefined || isBefore(record, oldest)) oldest = record;
  }
  if (oldest !== undefined) parted.delete(oldest.key);
}

function isBefore(one: PartedRecord, other: PartedRecord): boolean {
  return one.at < other.at || (one.at === other.at && one.key < other.key);
}

/** Their root was told, or ordered them anew. */
export function forgetParted(state: ClusterState, keys: Iterable<string>): void {
  for (const key of keys) if (state.parted.get(key) !== undefined) state.parted.delete(key);
}

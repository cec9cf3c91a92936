import { instanceKey, placementKey, type ClusterState } from './cluster-state.js';
import { highestGeneration } from './fold/records.fold.js';
import type { InstanceRecord } from './records.js';
import { restoredOf } from './restored.js';

/** What a worker has, by its name. */
interface Found {
  readonly job: string;
  readonly number: number;
  readonly generation: number;
}

/**
 * Whether what is found and is no placement was ours and has ended by the ledger: a generation that was given.
 * In a restored ledger it may have been given in what is lost, and be all that there is of its instance, until
 * that runs by one that was given since, or is gone.
 */
export function isLeftOver(state: ClusterState, { job, number, generation }: Found): boolean {
  if (state.placements.get(placementKey(job, number, generation)) !== undefined) return false;
  const key = instanceKey(job, number);
  const known = state.instances.get(key);
  if (known === undefined) return generation <= (state.retired.get(key)?.generation ?? 0);
  const highest = highestGeneration(known);
  if (generation > highest) return false;
  const above = restoredOf(state)?.generationsAbove ?? 0;
  return generation > above || highest <= above || runsAbove(state, known, above);
}

function runsAbove(state: ClusterState, instance: InstanceRecord, above: number): boolean {
  const { generation, status, confirmed, nodeId } = instance;
  if (generation <= above || status !== 'running') return false;
  // Of a worker that does not acknowledge it is never known better.
  return confirmed || state.nodes.get(nodeId ?? '')?.acknowledges === false;
}

/** `<job>/<number>/<generation>` in parts. */
export function foundOf(key: string): Found {
  const [, job = '', number = '', generation = ''] = /^(.*)\/(\d+)\/(\d+)$/.exec(key) ?? [];
  return { job, number: Number(number), generation: Number(generation) };
}

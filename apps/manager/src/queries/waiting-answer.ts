import {
  instanceKey,
  placementKey,
  type ClusterState,
  mayBegin,
  mayStart,
  type InstanceRecord,
  type PlacementRecord,
} from '@oakring/model';
import { heldReason } from './held-answer.js';

/** What must end before an instance can go on, or go. */
export interface WaitsFor {
  readonly nodeId: string;
  readonly generation: number;
  /** What is waited for, and what one can do. */
  readonly reason: string;
}

/**
 * The old placement that an instance waits for: one that is not wanted goes with the last of them, one
 * that must never run twice, or takes a place over, starts after them. Null: it waits for none.
 */
export function waitsFor(state: ClusterState, instance: InstanceRecord): WaitsFor | null {
  const left = unendedOf(state, instance);
  // The one that may never end by itself says what can be done.
  const first = left.find(({ nodeId }) => isGone(state, nodeId)) ?? left[0];
  if (first === undefined || !isHeldUp(state, instance)) return null;
  const { nodeId, generation } = first;
  const more = left.length > 1 ? ` (and of ${left.length - 1} more)` : '';
  const node = state.nodes.get(nodeId);
  const why = first.stopReason === null ? '' : `${first.stopReason}; `;
  const held = heldReason(state, first.commandId);
  const unsent = held === null ? '' : `; ${held}`;
  const end = `${why}waits for the end of generation ${generation} on ${nodeId}${more}${unsent}`;
  if (node === undefined || !isGone(state, nodeId)) return { nodeId, generation, reason: end };
  const known = `${end}, which is ${node.status}: ${node.reason}`;
  const remedy = `if it will not come back: oakring node forget ${nodeId}`;
  return { nodeId, generation, reason: `${known}; ${remedy}` };
}

function isHeldUp(state: ClusterState, instance: InstanceRecord): boolean {
  const { job: id, number, generation, removing, status } = instance;
  if (removing) return true;
  const job = state.jobs.get(id);
  const key = instanceKey(id, number);
  if (status === 'pending') return job !== undefined && !mayStart(state, job, key);
  const placed = placementKey(id, number, generation);
  const placement = state.placements.get(placed);
  if (placement === undefined || !state.unorderedStarts.has(placed)) return false;
  return !mayBegin(state, placement);
}

function unendedOf(
  state: ClusterState,
  { job, number, removing }: InstanceRecord,
): readonly PlacementRecord[] {
  const unended: PlacementRecord[] = [];
  for (const key of state.placementsOfInstance.of(instanceKey(job, number))) {
    const placement = state.placements.get(key);
    // One that is granted nothing any more has ended, but its job goes only with its word.
    const isOver = placement?.leaseOver === true && !removing;
    if (placement?.wanted === false && !isOver) unended.push(placement);
  }
  return unended;
}

function isGone(state: ClusterState, nodeId: string): boolean {
  const status = state.nodes.get(nodeId)?.status;
  return status === 'disconnected' || status === 'lost';
}

import { leaseRanOut, type Fault } from '@oakring/contracts';
import type { StoredEvent } from '@oakring/events';
import { instanceKey, placementKey, type ClusterState } from '../cluster-state.js';
import { placeOf } from '../event-place.js';
import type { InstanceRecord, NodeRecord, PlacementRecord } from '../records.js';
import {
  putInstance,
  putNode,
  putPlacement,
  removeInstance,
  removePlacement,
} from './records.fold.js';
import { touchJob, updateInstance } from './jobs.fold.js';

/** How placements begin to run and come to an end, and what that makes of their instance. */

export interface Address {
  readonly job: string;
  readonly instance: number;
  readonly generation: number;
}

/** How a placement ended by itself; null: it was deleted, or is proved not to be there. */
export type End = {
  readonly status: 'failed' | 'completed';
  readonly reason: string;
  /** Whose failure it is, where the worker knows. */
  readonly fault?: Fault | null;
} | null;

/** Failures of an instance and of a node that are remembered. */
const maxAttempts = 10;
const maxNodeFailures = 20;
/** Failures of an instance whose last lines are known to be in the ledger. */
export const mostLastLines = 3;

/** A placement runs; `confirmed`: its worker says so. */
export function markRunning(
  state: ClusterState,
  event: StoredEvent,
  address: Address,
  confirmed: boolean,
): void {
  const { job, instance: number, generation } = address;
  const placement = state.placements.get(placementKey(job, number, generation));
  if (placement !== undefined && placement.runningSince === 0) {
    const runningIncarnation = state.nodes.get(placement.nodeId)?.incarnation ?? 0;
    putPlacement(state, { ...placement, runningSince: event.at, runningIncarnation });
  }
  updateInstance(state, job, number, (instance) => {
    if (!holdsPlace(instance, generation)) return instance;
    const since = instance.status === 'running' ? instance.since : event.at;
    return { ...instance, status: 'running', since, confirmed };
  });
  const reconcile = state.jobs.get(job)?.policy.onDisconnect.reconcile;
  if (reconcile === 'keepReplacement' || placement?.leaseMs !== null) {
    dropOriginals(state, { job, instance: number, generation });
  }
  touchJob(state, job, event);
}

/** Whether this placement is where the instance is: not one that it was withdrawn from, or lost. */
export function holdsPlace(instance: InstanceRecord, generation: number): boolean {
  const { removing, status } = instance;
  if (removing || instance.generation !== generation) return false;
  return status === 'placed' || status === 'starting' || status === 'running';
}

/**
 * The replacement runs, or has run to its end: a lost original is not wanted any more, and is deleted
 * as soon as its node is back. Where the original may be kept, its node's report is waited for.
 */
function dropOriginals(state: ClusterState, { job, instance: number, generation }: Address): void {
  const current = state.instances.get(instanceKey(job, number));
  if (current?.generation !== generation) return;
  for (const key of state.placementsOfInstance.inOrder(instanceKey(job, number))) {
    const placement = state.placements.get(key);
    if (placement?.lost !== true || placement.generation === generation) continue;
    const stopReason = `generation ${generation} replaced it while its node was lost`;
    putPlacement(state, { ...placement, lost: false, wanted: false, stopReason });
  }
}

/**
 * A placement has ended: its reservation is freed; an instance that nobody wants goes with its last
 * placement; the instance's own end, if it is one, is shown.
 */
export function endPlacement(
  state: ClusterState,
  event: StoredEvent,
  address: Address,
  end: End,
): void {
  const { job, instance: number, generation } = address;
  const placement = state.placements.get(placementKey(job, number, generation));
  if (placement === undefined) return;
  removePlacement(state, placement, event);
  const key = instanceKey(job, number);
  const instance = state.instances.get(key);
  if (instance === undefined) return;
  if (instance.removing) {
    if (state.placementsOfInstance.of(key).size === 0) removeInstance(state, instance);
  } else if (end !== null) {
    putInstance(state, afterEnd(state, event, { instance, placement, end }));
    if (!isFailure(state, job, end)) dropOriginals(state, address);
    else if (!end.reason.startsWith(leaseRanOut)) {
      rememberFailure(state, event, placement, end.fault ?? null);
    }
  } else if (instance.status === 'lost' && instance.generation === generation) {
    // It was to wait for its node; there is nothing left to wait for.
    const reason = 'it is not on its node any more';
    const restarts = instance.restarts + 1;
    const again = { status: 'pending', nodeId: null, since: event.at, reason, restarts } as const;
    putInstance(state, { ...instance, ...again });
  }
  touchJob(state, job, event);
}

/** An instance whose order expired has failed, although what it asked for may still be there. */
export function failCurrent(
  state: ClusterState,
  event: StoredEvent,
  placement: PlacementRecord,
  { reason, isBlamed }: { readonly reason: string; readonly isBlamed: boolean },
): void {
  const end = { status: 'failed', reason } as const;
  updateInstance(state, placement.job, placement.number, (instance) => {
    if (instance.removing) return instance;
    const { failures, attempts } = instance;
    const after = afterEnd(state, event, { instance, placement, end });
    return isBlamed ? after : { ...after, failures, attempts };
  });
  if (isBlamed) rememberFailure(state, event, placement, null);
  touchJob(state, placement.job, event);
}

function afterEnd(
  state: ClusterState,
  event: StoredEvent,
  {
    instance,
    placement,
    end,
  }: { instance: InstanceRecord; placement: PlacementRecord; end: NonNullable<End> },
): InstanceRecord {
  const isThere = instance.status !== 'pending' || placement.lost;
  const isCurrent = placement.generation === instance.generation && isThere;
  if (!isCurrent) return instance;
  const { at } = event;
  if (!isFailure(state, placement.job, end)) {
    return { ...instance, status: 'completed', since: at, reason: end.reason, confirmed: true };
  }
  const reason = end.status === 'completed' ? `it ended by itself: ${end.reason}` : end.reason;
  const { generation, nodeId, runningSince } = placement;
  const resetAfterMs = state.jobs.get(placement.job)?.policy.restart.resetAfterMs ?? 0;
  // Nobody's fault but the line's: it is not held against the instance.
  if (reason.startsWith(leaseRanOut)) {
    return { ...instance, status: 'failed', since: at, reason, confirmed: true };
  }
  const ranWell = runningSince > 0 && at - runningSince >= resetAfterMs;
  const before = ranWell ? [] : instance.attempts;
  return {
    ...instance,
    status: 'failed',
    since: at,
    reason,
    confirmed: true,
    failures: (ranWell ? 0 : instance.failures) + 1,
    attempts: [...before, { generation, nodeId, at, reason }].slice(-maxAttempts),
    avoid: nodeId,
  };
}

/** Where the ledger has what it printed last; the lines themselves are read there when somebody asks. */
export function noteLastLines(
  state: ClusterState,
  event: StoredEvent,
  { job, instance: number, generation }: Address,
  lines: readonly string[] = [],
): void {
  if (lines.length === 0) return;
  updateInstance(state, job, number, (instance) => {
    const noted = { ...placeOf(event), at: event.at, generation };
    return { ...instance, lastLines: [...instance.lastLines, noted].slice(-mostLastLines) };
  });
}

/** What is to run for ever has failed however it ended. */
export function isFailure(state: ClusterState, job: string, end: NonNullable<End>): boolean {
  return end.status === 'failed' || state.jobs.get(job)?.policy.oneShot === false;
}

function rememberFailure(
  state: ClusterState,
  event: StoredEvent,
  { job, nodeId }: PlacementRecord,
  fault: Fault | null,
): void {
  const node: NodeRecord | undefined = state.nodes.get(nodeId);
  // What is the job's own says nothing about the node.
  if (node === undefined || fault === 'job') return;
  const failure = { job, at: event.at, own: fault === 'node' };
  const failures = [...node.failures, failure].slice(-maxNodeFailures);
  putNode(state, { ...node, failures, ...placeOf(event) });
}

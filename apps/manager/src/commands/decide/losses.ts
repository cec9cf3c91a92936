import { jobStream, clusterStream } from '@oakring/events';
import {
  instanceKey,
  type ClusterState,
  clusterKey,
  placementKey,
  type InstanceRecord,
  type JobRecord,
  type PlacementRecord,
  isUpdated,
} from '@oakring/model';
import type { ReportedInstance } from '@oakring/contracts';
import type { Command } from '../command.js';
import { type Decided, type Deciding } from './deciding.js';
import { abortMoveTo, reopen, serves, supersede } from './orders.js';

/**
 * Instances whose node was not heard of for as long as their job allows. Nothing happens to one whose
 * node is heard again, or that was judged before. Its placement stays, and what it reserves: it may
 * run or not.
 */
export function declareLost(
  deciding: Deciding,
  { nodeId, placements, reason }: Extract<Command, { type: 'DeclareLost' }>,
): Decided<null> {
  const status = deciding.state.nodes.get(nodeId)?.status;
  if (status !== 'suspect' && status !== 'disconnected' && status !== 'lost') {
    return { answer: null };
  }
  for (const key of placements) {
    const placement = deciding.state.placements.get(key);
    if (placement?.nodeId === nodeId) losePlacement(deciding, placement, reason);
  }
  return { answer: null };
}

/** One placement is counted on no longer; a replacement is planned if its job says so. */
export function losePlacement(
  deciding: Deciding,
  placement: PlacementRecord,
  reason: string,
  ended = false,
): void {
  const { job: id, number, generation, nodeId } = placement;
  const job = deciding.state.jobs.get(id);
  const instance = deciding.state.instances.get(instanceKey(id, number));
  if (placement.lost || job === undefined) return;
  if (!placement.wanted) return endLease(deciding, placement, reason);
  if (instance === undefined) return;
  supersede(deciding, placement.commandId, reason);
  if (instance.moving?.generation === generation) {
    abortMoveTo(deciding, { job: id, instance: number, generation }, `the target: ${reason}`);
    return;
  }
  if (instance.moving?.surge === true && instance.moving.nodeId === nodeId) {
    // Both are lost: it is the one that has run that may come back.
    const target = { job: id, instance: number, generation: instance.moving.generation };
    abortMoveTo(deciding, target, `both were there: ${reason}`);
  } else if (instance.moving !== null) {
    supersede(deciding, instance.moving.commandId, 'the source of the move is lost');
  }
  const { replace } = job.policy.onDisconnect;
  deciding.emit({
    stream: jobStream(id),
    type: 'InstanceLost',
    data: { instance: number, generation, nodeId, reason, replace, ...(ended && { ended }) },
  });
}

/** What is not wanted any more, lives on grants and cannot be told so: nothing of it runs any longer. */
function endLease(
  deciding: Deciding,
  { job: id, number: instance, generation, nodeId, leaseMs, leaseOver }: PlacementRecord,
  reason: string,
): void {
  if (leaseMs === null || leaseOver) return;
  deciding.emit({
    stream: jobStream(id),
    type: 'InstanceLost',
    data: { instance, generation, nodeId, reason, replace: false },
  });
}

/**
 * A lost placement is there after all. Without a replacement that is placed the original goes on;
 * else the job's policy says which one does. What must never run twice keeps its replacement.
 */
export function resolveLost(
  deciding: Deciding,
  placement: PlacementRecord,
  seen: ReportedInstance,
): void {
  const { state } = deciding;
  const job = state.jobs.get(placement.job);
  const instance = state.instances.get(instanceKey(placement.job, placement.number));
  if (job === undefined || instance === undefined || instance.removing) return;
  // It is on its way out, and its end will be told.
  if (seen.status === 'stopping') return;
  const replacement = replacementOf(state, instance, placement);
  if (replacement === null) {
    const isFree = placement.leaseMs === null || isAlone(state, placement);
    if (isFree) recover(deciding, instance, placement, { dropped: 0, seen });
    return;
  }
  if (placement.leaseMs !== null) {
    // It may not go on beside the other; and while it is there its node is granted nothing.
    return dropOriginal(deciding, placement, 'it must never run twice, and was replaced');
  }
  if (!isUpdated(job, placement)) {
    // It goes on where its successor comes to nothing: its node's next report asks again. One that never reports is asked once.
    // On one node it may be in its successor's way, which then would never serve.
    const isAskedAgain =
      replacement.nodeId !== placement.nodeId &&
      state.nodes.get(placement.nodeId)?.acknowledges === true;
    if (isAskedAgain && !serves(state, replacement)) return;
    dropOriginal(deciding, placement, `it is of revision ${placement.revision}, which was updated`);
  } else if (!hasRun(placement, seen) && replacement.runningSince > 0) {
    const reason = `it never ran, and its replacement, generation ${replacement.generation}, runs`;
    dropOriginal(deciding, placement, reason);
  } else if (originalGoesOn(deciding, { job, placement, replacement, seen })) {
    const { generation: dropped } = replacement;
    recover(deciding, instance, placement, { dropped, seen });
  } else if (job.policy.onDisconnect.reconcile === 'longestRunning') {
    const reason = `its replacement, generation ${replacement.generation}, has run for longer`;
    dropOriginal(deciding, placement, reason);
  }
}

function hasRun({ runningSince }: PlacementRecord, { status }: ReportedInstance): boolean {
  return runningSince > 0 || status === 'running';
}

function dropOriginal(deciding: Deciding, placement: PlacementRecord, reason: string): void {
  const { job, number: instance, generation, nodeId } = placement;
  const data = { instance, generation, nodeId, reason };
  deciding.emit({ stream: jobStream(job), type: 'OriginalDropped', data });
}

/** What was placed in its stead and has not come to an end. */
function replacementOf(
  state: ClusterState,
  instance: InstanceRecord,
  original: PlacementRecord,
): PlacementRecord | null {
  if (instance.generation === original.generation) return null;
  const { job, number, generation } = instance;
  const placement = state.placements.get(placementKey(job, number, generation));
  return placement?.wanted === true ? placement : null;
}

/** No other placement of the instance may be running: those that are lost have no grant any more. */
function isAlone(state: ClusterState, { job, number, generation }: PlacementRecord): boolean {
  for (const key of state.placementsOfInstance.of(instanceKey(job, number))) {
    const other = state.placements.get(key);
    if (other !== undefined && other.generation !== generation && !other.leaseOver) return false;
  }
  return true;
}

interface Rivals {
  readonly job: JobRecord;
  readonly placement: PlacementRecord;
  readonly replacement: PlacementRecord;
  readonly seen: ReportedInstance;
}

function originalGoesOn(
  { state, at }: Deciding,
  { job, placement, replacement, seen }: Rivals,
): boolean {
  // Where the one is, the other need not be started.
  if (replacement.nodeId === placement.nodeId && replacement.runningSince === 0) return true;
  switch (job.policy.onDisconnect.reconcile) {
    case 'keepOriginal':
      return true;
    case 'keepReplacement':
      return false;
    case 'longestRunning': {
      if (replacement.runningSince === 0) return true;
      const { incarnation = 0 } = state.nodes.get(placement.nodeId) ?? {};
      const sameStart = incarnation === placement.runningIncarnation;
      const originalMs = seen.runningMs ?? (sameStart ? at - placement.runningSince : 0);
      return originalMs >= at - replacement.runningSince;
    }
  }
}

function recover(
  deciding: Deciding,
  instance: InstanceRecord,
  placement: PlacementRecord,
  { dropped, seen }: { readonly dropped: number; readonly seen: ReportedInstance },
): void {
  const { job, number, generation, nodeId } = placement;
  const { status, reason } = seen;
  const why = reason === null ? '' : ` (${reason})`;
  if (instance.moving !== null) {
    const target = { job, instance: number, generation: instance.moving.generation };
    abortMoveTo(deciding, target, 'the original came back');
  }
  const what = dropped > 0 ? `goes on; generation ${dropped} is given up` : 'goes on';
  deciding.emit({
    stream: jobStream(job),
    type: 'InstanceRecovered',
    data: {
      ...{ instance: number, generation, nodeId, dropped },
      reason: `found ${status} on ${nodeId} again${why}: it ${what}`,
      running: status === 'running',
    },
  });
  // The order that started it was taken back: under this one its worker says how the start ends.
  const there = deciding.state.placements.get(placementKey(job, number, generation));
  if (status !== 'running' && there !== undefined) reopen(deciding, there, 'it is being started');
}

/** Many nodes silent at once, or again not: on record, and shown as an alarm while it lasts. */
export function observeStorm(
  deciding: Deciding,
  { seen, silent, ready, reason }: Extract<Command, { type: 'ObserveStorm' }>,
): Decided<null> {
  const isStorm = deciding.state.cluster.get(clusterKey)?.storm !== null;
  if (seen === 'begun' && !isStorm) {
    const data = { silent, ready, reason };
    deciding.emit({ stream: clusterStream, type: 'StormBegan', data });
  }
  if (seen === 'over' && isStorm) {
    const data = { stillSilent: silent, reason };
    deciding.emit({ stream: clusterStream, type: 'StormEnded', data });
  }
  return { answer: null };
}

/** Whoever leads next counts the outage from its beginning, and not from the last commit. */
export function observeLink(
  deciding: Deciding,
  { lostSince }: Extract<Command, { type: 'ObserveLink' }>,
): Decided<null> {
  const isUnheard = (deciding.state.cluster.get(clusterKey)?.unheardSince ?? null) !== null;
  if (lostSince !== null && !isUnheard) {
    const data = { since: lostSince };
    deciding.emit({ stream: clusterStream, type: 'BrokerLinkLost', data });
  }
  if (lostSince === null && isUnheard) {
    deciding.emit({ stream: clusterStream, type: 'LateReturnsOver', data: {} });
  }
  return { answer: null };
}

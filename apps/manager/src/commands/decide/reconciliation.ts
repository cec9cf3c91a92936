import { jobStream, nodeStream } from '@oakring/events';
import type { DiskFull, ReportedInstance } from '@oakring/contracts';
import {
  instanceKey,
  placementKey,
  isLeftOver,
  isStranger,
  type CommandRecord,
  type NodeRecord,
  type PlacementRecord,
} from '@oakring/model';
import type { Command } from '../command.js';
import { adopt } from './adoption.js';
import { type Decided, type Deciding } from './deciding.js';
import { speakingNode } from './node-presence.js';
import { concludeEnd, failMoveTo } from './failures.js';
import { noteHealth } from './health.js';
import { linesOfFailure } from './last-lines.js';
import { losePlacement, resolveLost } from './losses.js';
import { concludeDeletion, reopen } from './orders.js';
import { succeed } from './worker-answers.js';

/**
 * A worker's complete state against what is wanted there. A report proves presence; it proves
 * absence only where it is known to be younger than the last order (docs/native-protocol.md, state).
 */
export function reconcileNode(
  deciding: Deciding,
  {
    nodeId,
    state,
    provesAbsence,
    unreadable = (state.unreadable ?? 0) > 0 ? ['?/?'] : [],
  }: Omit<Extract<Command, { type: 'ReconcileNode' }>, 'type'>,
): Decided<null> {
  const speaker = speakingNode(deciding, nodeId, state.incarnation);
  if ('refusal' in speaker) return speaker;
  const { node } = speaker;
  const reported = new Map<string, ReportedInstance>();
  const drift: Drift = { missing: [], outdated: [], unexpected: [], unreadable };
  for (const instance of state.instances) {
    const key = placementKey(instance.job, instance.instance, instance.generation);
    // It has the name of one of ours, and is not it: the order to run ours makes it go.
    if (!isStranger(deciding.state, key, instance)) reported.set(key, instance);
    else if (!isOver(instance)) drift.unexpected.push(key);
  }
  // What could not be read may be any of those that are not listed.
  const isComplete = (state.unreadable ?? 0) === 0;
  for (const key of [...deciding.state.placementsOfNode.of(nodeId)]) {
    const placement = deciding.state.placements.get(key);
    if (placement === undefined) continue;
    const seen = reported.get(key);
    if (seen === undefined) {
      if (!isComplete) continue;
      if (state.final === true) concludeStopped(deciding, placement);
      else reconcileAbsent(deciding, { node, placement, provesAbsence, drift });
    } else if (placement.lost) reconcileFound(deciding, placement, seen);
    else if (placement.wanted) reconcilePresent(deciding, placement, seen);
    else reconcileUnwanted(deciding, { node, placement, provesAbsence, drift }, seen);
    if (seen !== undefined) noteHealth(deciding, seen);
  }
  for (const [key, seen] of reported) {
    if (deciding.state.placements.get(key)?.nodeId !== nodeId && !isOver(seen)) {
      reconcileUnexpected(deciding, nodeId, seen, drift);
    }
  }
  recordDrift(deciding, node, drift);
  recordRoom(deciding, nodeId, state.diskFull ?? null);
  if (node.status !== 'ready') {
    const { length } = state.instances;
    deciding.emit({
      stream: nodeStream(nodeId),
      type: 'NodeBecameReady',
      data: { reason: `reconciled: reports ${length} instance${length === 1 ? '' : 's'}` },
    });
  }
  return { answer: null };
}

/** What is not as it should be, as `<job>/<instance>/<generation>`. */
interface Drift {
  readonly missing: string[];
  readonly outdated: string[];
  readonly unexpected: string[];
  /** As `<job>/<instance>`. */
  readonly unreadable: readonly string[];
}

/** Keys of a report that are put on record. */
const maxDrift = 100;

function recordDrift(deciding: Deciding, node: NodeRecord, drift: Drift): void {
  const unexpected = drift.unexpected.sort().slice(0, maxDrift);
  const unreadable = drift.unreadable.slice(0, maxDrift);
  const isSame =
    unexpected.join() === node.unexpected.join() && unreadable.join() === node.unreadable.join();
  if (drift.missing.length === 0 && drift.outdated.length === 0 && isSame) return;
  deciding.emit({
    stream: nodeStream(node.id),
    type: 'DriftDetected',
    data: {
      missing: drift.missing.slice(0, maxDrift),
      outdated: drift.outdated.slice(0, maxDrift),
      unexpected,
      ...(unreadable.length > 0 && { unreadable }),
    },
  });
}

/** Once for each time that it is full, or another amount must be free: how much is left changes all the time. */
function recordRoom(deciding: Deciding, nodeId: string, full: DiskFull | null): void {
  const { diskFull: before = null } = deciding.state.nodes.get(nodeId) ?? {};
  const stream = nodeStream(nodeId);
  if (full !== null && full.leastMiB !== before?.leastMiB) {
    deciding.emit({ stream, type: 'NodeDiskFilled', data: { ...full } });
  }
  if (full === null && before !== null) {
    deciding.emit({ stream, type: 'NodeDiskFreed', data: {} });
  }
}

function isOver({ status }: ReportedInstance): boolean {
  return status === 'completed' || status === 'failed';
}

/** A lost placement is there after all, running or as what is left of it. */
function reconcileFound(
  deciding: Deciding,
  placement: PlacementRecord,
  seen: ReportedInstance,
): void {
  if (!isOver(seen)) return resolveLost(deciding, placement, seen);
  const { job: id, number, generation, nodeId } = placement;
  const instance = deciding.state.instances.get(instanceKey(id, number));
  const isCurrent = instance?.generation === generation;
  const isOneShot = deciding.state.jobs.get(id)?.policy.oneShot === true;
  if (seen.status === 'completed' && isOneShot && isCurrent) {
    // It ran to its end where nobody heard of it: that is what was wanted.
    reportInstance(deciding, placement, 'completed', seen.reason ?? 'it has completed');
    return concludeEnd(deciding, { job: id, instance: number }, nodeId);
  }
  const why = seen.reason ?? 'no reason';
  reportInstance(deciding, placement, 'gone', `it ended while its node was lost: ${why}`);
}

/** It was told to stop, said that it heard so, and has it all the same: told again. */
function reconcileUnwanted(
  deciding: Deciding,
  { node, placement, provesAbsence: isYounger }: Absence,
  seen: ReportedInstance,
): void {
  const command = commandOf(deciding, placement);
  if (command?.kind !== 'delete' || command.status !== 'received') return;
  if (seen.status === 'stopping') return;
  if (!isYounger && node.incarnation <= command.incarnation) return;
  reopen(deciding, placement, 'it is there still');
}

/**
 * Nobody ordered it there, as far as the ledger knows. It is deleted only where the ledger proves that
 * it was ours and has ended: a generation that we gave, of which no placement is left.
 */
function reconcileUnexpected(
  deciding: Deciding,
  nodeId: string,
  seen: ReportedInstance,
  drift: Drift,
): void {
  const { state } = deciding;
  const { job, instance: number, generation } = seen;
  const key = placementKey(job, number, generation);
  if (!isLeftOver(state, { job, number, generation })) {
    if (!adopt(deciding, nodeId, seen)) drift.unexpected.push(key);
    return;
  }
  drift.outdated.push(key);
  deciding.emit({
    stream: jobStream(job),
    type: 'UnexpectedInstanceFound',
    data: {
      instance: number,
      generation,
      nodeId,
      reason: 'it was ours and has ended by the ledger, and is there all the same',
    },
  });
}

function reportInstance(
  deciding: Deciding,
  { job, number: instance, generation, nodeId }: PlacementRecord,
  status: string,
  why: string | { readonly reason: string; readonly lastLines?: string[] },
): void {
  const told = typeof why === 'string' ? { reason: why } : why;
  deciding.emit({
    stream: jobStream(job),
    type: 'InstanceReported',
    data: { instance, generation, nodeId, status, ...told },
  });
  concludeDeletion(deciding, job);
}

function reconcilePresent(
  deciding: Deciding,
  placement: PlacementRecord,
  seen: ReportedInstance,
): void {
  const command = commandOf(deciding, placement);
  // A lost acknowledgement is repaired by the report.
  if (seen.status === 'running' && command !== null && command.status !== 'ended') {
    succeed(deciding, command, false);
  }
  const instance = deciding.state.instances.get(instanceKey(placement.job, placement.number));
  const isCurrent = instance?.generation === placement.generation;
  const isNews = isCurrent
    ? instance.status !== seen.status || !instance.confirmed
    : seen.status === 'completed' || seen.status === 'failed';
  // While an order is open, its own acknowledgements tell how the start goes.
  if (!isNews || seen.status === 'stopping' || (seen.status === 'starting' && command !== null)) {
    return;
  }
  const { nodeId, job, number, generation } = placement;
  reportInstance(deciding, placement, seen.status, {
    reason: seen.reason ?? `the worker reports ${seen.status}`,
    ...linesOfFailure(deciding, { job, instance: number }, seen),
  });
  if (isOver(seen)) {
    const why = seen.reason === null ? '' : `: ${seen.reason}`;
    const address = { job, instance: number, generation };
    failMoveTo(deciding, address, `the target ${seen.status}${why}`);
    concludeEnd(deciding, { job, instance: number }, nodeId);
  }
}

/** Its worker stops on purpose and does not have it: it has ended, and may come back with its worker. */
function concludeStopped(deciding: Deciding, placement: PlacementRecord): void {
  const command = commandOf(deciding, placement);
  const word = 'its worker said that it stops, and has ended it';
  if (placement.wanted) losePlacement(deciding, placement, word, true);
  else if (command?.kind === 'delete' && command.status !== 'ended') {
    succeed(deciding, command, false);
  } else if (!placement.ended) {
    reportInstance(deciding, placement, 'gone', word);
  }
}

interface Absence {
  readonly node: NodeRecord;
  readonly placement: PlacementRecord;
  readonly provesAbsence: boolean;
  readonly drift: Drift;
}

function reconcileAbsent(
  deciding: Deciding,
  { node, placement, provesAbsence, drift }: Absence,
): void {
  const command = commandOf(deciding, placement);
  const restartedSince = node.incarnation > (command?.incarnation ?? node.incarnation);
  if (!provesAbsence && !restartedSince) return;
  if (placement.lost)
    return reportInstance(deciding, placement, 'gone', 'the worker does not have it');
  if (placement.wanted) {
    const { job, number, generation } = placement;
    if (placement.runningSince > 0) drift.missing.push(placementKey(job, number, generation));
    reopen(deciding, placement, 'the worker does not have it');
  } else if (command?.kind === 'delete' && command.status !== 'ended') {
    succeed(deciding, command, false);
  } else if (command?.status !== 'issued') {
    reportInstance(deciding, placement, 'gone', 'the worker does not have it');
  }
}

function commandOf(deciding: Deciding, placement: PlacementRecord): CommandRecord | null {
  const { commandId } = placement;
  return commandId === null ? null : (deciding.state.commands.get(commandId) ?? null);
}

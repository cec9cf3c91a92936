import type { ReportedInstance, WorkerState } from '@oakring/contracts';
import { instanceKey, placementKey } from '../../views/cluster-state.js';
import type { CommandRecord, NodeRecord, PlacementRecord } from '../../views/records.js';
import { jobStream, nodeStream, type Decided, type Deciding } from './deciding.js';
import { speakingNode } from './node-presence.js';
import { abortMoveTo, concludeDeletion, reopen } from './orders.js';
import { succeed } from './worker-answers.js';

/**
 * A worker's complete state against what is wanted there. A report proves presence; it proves
 * absence only where it is known to be younger than the last order (design §5).
 */
export function reconcileNode(
  deciding: Deciding,
  nodeId: string,
  state: WorkerState,
  provesAbsence: boolean,
): Decided<null> {
  const speaker = speakingNode(deciding, nodeId, state.incarnation);
  if ('refusal' in speaker) return speaker;
  const { node } = speaker;
  const reported = new Map<string, ReportedInstance>();
  for (const instance of state.instances) {
    reported.set(placementKey(instance.job, instance.instance, instance.generation), instance);
  }
  for (const key of [...deciding.state.placementsOfNode.of(nodeId)]) {
    const placement = deciding.state.placements.get(key);
    if (placement === undefined) continue;
    const seen = reported.get(key);
    if (seen === undefined) reconcileAbsent(deciding, node, placement, provesAbsence);
    else if (placement.wanted) reconcilePresent(deciding, placement, seen);
  }
  if (node.status !== 'ready') {
    deciding.emit({
      stream: nodeStream(nodeId),
      type: 'NodeBecameReady',
      data: { reason: `reconciled: reports ${state.instances.length} instances` },
    });
  }
  return { answer: null };
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
  deciding.emit({
    stream: jobStream(placement.job),
    type: 'InstanceReported',
    data: {
      instance: placement.number,
      generation: placement.generation,
      nodeId: placement.nodeId,
      status: seen.status,
      reason: seen.reason ?? `the worker reports ${seen.status}`,
    },
  });
  if (seen.status === 'completed' || seen.status === 'failed') {
    abortMoveTo(
      deciding,
      { job: placement.job, instance: placement.number, generation: placement.generation },
      `the target ${seen.status}`,
    );
    concludeDeletion(deciding, placement.job);
  }
}

function reconcileAbsent(
  deciding: Deciding,
  node: NodeRecord,
  placement: PlacementRecord,
  provesAbsence: boolean,
): void {
  const command = commandOf(deciding, placement);
  const restartedSince = node.incarnation > (command?.incarnation ?? node.incarnation);
  if (!provesAbsence && !restartedSince) return;
  if (placement.wanted) reopen(deciding, placement, 'the worker does not have it');
  else if (command?.kind === 'delete' && command.status !== 'ended') {
    succeed(deciding, command, false);
  }
}

function commandOf(deciding: Deciding, placement: PlacementRecord): CommandRecord | null {
  const { commandId } = placement;
  return commandId === null ? null : (deciding.state.commands.get(commandId) ?? null);
}

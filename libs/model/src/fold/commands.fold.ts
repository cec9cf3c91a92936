import { subjectOf, type EventData, type StoredEvent } from '@oakring/events';
import { placementKey, type ClusterState } from '../cluster-state.js';
import type { CommandRecord, InstanceRecord } from '../records.js';
import { endPlacement, failCurrent, holdsPlace, markRunning, noteLastLines } from './ends.fold.js';
import { touchJob, updateInstance } from './jobs.fold.js';
import { endCommand, putCommand, putPlacement } from './records.fold.js';

export function commandIssued(
  state: ClusterState,
  event: StoredEvent,
  data: EventData<'CommandIssued'>,
): void {
  const job = subjectOf(event);
  const { targetNodeId = null, reason = null } = data;
  putCommand(state, { ...commandOf(event, data), targetNodeId, reason });
  if (data.kind === 'move') {
    // It only tells the source that it is being taken over; the placement keeps its own order.
    updateInstance(state, job, data.instance, (instance) =>
      instance.moving === null
        ? instance
        : { ...instance, moving: { ...instance.moving, commandId: data.commandId } },
    );
    return;
  }
  const placement = state.placements.get(placementKey(job, data.instance, data.generation));
  if (placement === undefined) return;
  const { commandId, digest, secrets } = data;
  putPlacement(state, {
    ...{ ...placement, commandId },
    ...(digest === undefined ? {} : { digest }),
    ...(secrets === undefined ? {} : { secrets }),
  });
}

export function commandReopened(
  state: ClusterState,
  event: StoredEvent,
  data: EventData<'CommandReopened'>,
): void {
  const job = subjectOf(event);
  const known = state.commands.get(data.commandId);
  const isUnderWay = known?.status === 'issued' || known?.status === 'received';
  const denials = isUnderWay ? known.denials + 1 : 0;
  putCommand(state, { ...commandOf(event, data), reason: known?.reason ?? null, denials });
  const key = placementKey(job, data.instance, data.generation);
  const placement = state.placements.get(key);
  if (placement !== undefined && data.kind !== 'delete') {
    // It is started anew: how it did before says nothing.
    const { health: _health, ...before } = placement;
    putPlacement(state, { ...before, runningSince: 0, runningIncarnation: 0 });
  }
  updateCurrent(state, job, data, (instance) => ({
    ...instance,
    status: 'placed',
    since: event.at,
    confirmed: false,
    reason: data.reason,
  }));
  touchJob(state, job, event);
}

export function commandDispatched(
  state: ClusterState,
  { commandId, attempt }: EventData<'CommandDispatched'>,
): void {
  const command = state.commands.get(commandId);
  if (command !== undefined && command.status !== 'ended') {
    putCommand(state, { ...command, attempt });
  }
}

export function commandHeld(
  state: ClusterState,
  { at }: StoredEvent,
  { commandId, reason }: EventData<'CommandHeld'>,
): void {
  const command = state.commands.get(commandId);
  if (command?.status === 'issued') putCommand(state, { ...command, held: { reason, at } });
}

export function commandDelivered(state: ClusterState, event: StoredEvent, id: string): void {
  const command = state.commands.get(id);
  if (command === undefined || command.status !== 'issued') return;
  putCommand(state, { ...command, status: 'delivered' });
  if (isStart(command)) markRunning(state, event, command, false);
}

export function commandReceived(state: ClusterState, event: StoredEvent, id: string): void {
  const command = state.commands.get(id);
  if (command === undefined || command.status === 'ended') return;
  putCommand(state, { ...command, status: 'received' });
  if (!isStart(command)) return;
  updateCurrent(state, command.job, command, (instance) =>
    instance.status === 'placed' ? { ...instance, status: 'starting', since: event.at } : instance,
  );
  touchJob(state, command.job, event);
}

export function commandSucceeded(
  state: ClusterState,
  event: StoredEvent,
  data: EventData<'CommandSucceeded'>,
): void {
  const command = state.commands.get(data.commandId);
  if (command === undefined || command.status === 'ended') return;
  endCommand(state, command);
  if (isStart(command)) markRunning(state, event, command, !data.assumed);
  if (command.kind === 'delete') endPlacement(state, event, command, null);
}

export function commandFailed(
  state: ClusterState,
  event: StoredEvent,
  data: EventData<'CommandFailed'>,
): void {
  const command = state.commands.get(data.commandId);
  if (command === undefined || command.status === 'ended') return;
  endCommand(state, command);
  if (isStart(command)) {
    const { reason, fault = null } = data;
    endPlacement(state, event, command, { status: 'failed', reason, fault });
    noteLastLines(state, event, command, data.lastLines);
  }
}

/**
 * The reservation stays: the order may still be carried out until its `delete` is acknowledged. One
 * that was never received says nothing about the job: it is not held against the instance.
 */
export function commandExpired(
  state: ClusterState,
  event: StoredEvent,
  { commandId, reason }: EventData<'CommandExpired'>,
): void {
  const command = state.commands.get(commandId);
  if (command === undefined || command.status === 'ended') return;
  endCommand(state, command);
  const { job, instance, generation } = command;
  const placement = state.placements.get(placementKey(job, instance, generation));
  if (placement === undefined || !isStart(command)) return;
  putPlacement(state, { ...placement, wanted: false, lost: false, stopReason: reason });
  failCurrent(state, event, placement, { reason, isBlamed: command.status === 'received' });
}

export function commandSuperseded(state: ClusterState, id: string): void {
  const command = state.commands.get(id);
  if (command !== undefined && command.status !== 'ended') endCommand(state, command);
}

export function instanceReported(
  state: ClusterState,
  event: StoredEvent,
  data: EventData<'InstanceReported'>,
): void {
  const job = subjectOf(event);
  switch (data.status) {
    case 'completed':
    case 'failed': {
      const { status, reason } = data;
      endPlacement(state, event, { job, ...data }, { status, reason });
      noteLastLines(state, event, { job, ...data }, data.lastLines);
      break;
    }
    // It is proved not to be there, and was not wanted there.
    case 'gone':
      endPlacement(state, event, { job, ...data }, null);
      break;
    case 'running':
      markRunning(state, event, { job, ...data }, true);
      break;
    case 'starting':
      updateCurrent(state, job, data, (instance) => ({
        ...instance,
        status: 'starting',
        since: event.at,
        confirmed: true,
      }));
      touchJob(state, job, event);
      break;
  }
}

function commandOf(
  event: StoredEvent,
  data: EventData<'CommandIssued'> | EventData<'CommandReopened'>,
): CommandRecord {
  return {
    id: data.commandId,
    kind: data.kind,
    nodeId: data.nodeId,
    job: subjectOf(event),
    instance: data.instance,
    generation: data.generation,
    targetNodeId: null,
    status: 'issued',
    attempt: 1,
    reason: null,
    issuedAt: event.at,
    incarnation: data.incarnation,
    denials: 0,
    ended: 0,
  };
}

/** An order to start something. */
export function isStart({ kind }: Pick<CommandRecord, 'kind'>): boolean {
  return kind === 'deploy' || kind === 'replicate';
}

function updateCurrent(
  state: ClusterState,
  job: string,
  address: { instance: number; generation: number },
  change: (instance: InstanceRecord) => InstanceRecord,
): void {
  updateInstance(state, job, address.instance, (instance) =>
    holdsPlace(instance, address.generation) ? change(instance) : instance,
  );
}

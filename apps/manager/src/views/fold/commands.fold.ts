import type { EventData, StoredEvent } from '@oakring/events';
import { instanceKey, placementKey, type ClusterState } from '../cluster-state.js';
import type { CommandRecord, InstanceRecord, PlacementRecord } from '../records.js';
import { touchJob, updateInstance } from './jobs.fold.js';
import {
  endCommand,
  putCommand,
  putInstance,
  putPlacement,
  removeInstance,
  removePlacement,
} from './records.fold.js';

export function commandIssued(
  state: ClusterState,
  event: StoredEvent,
  data: EventData<'CommandIssued'>,
): void {
  const job = jobOf(event);
  putCommand(state, {
    id: data.commandId,
    kind: data.kind,
    nodeId: data.nodeId,
    job,
    instance: data.instance,
    generation: data.generation,
    targetNodeId: data.targetNodeId ?? null,
    status: 'issued',
    issuedAt: event.at,
    incarnation: data.incarnation,
    ended: 0,
  });
  // `move` only tells the source that it is being taken over; the placement keeps its own order.
  if (data.kind === 'move') return;
  const placement = state.placements.get(placementKey(job, data.instance, data.generation));
  if (placement !== undefined) putPlacement(state, { ...placement, commandId: data.commandId });
}

export function commandReopened(
  state: ClusterState,
  event: StoredEvent,
  data: EventData<'CommandReopened'>,
): void {
  const job = jobOf(event);
  putCommand(state, {
    id: data.commandId,
    kind: data.kind,
    nodeId: data.nodeId,
    job,
    instance: data.instance,
    generation: data.generation,
    targetNodeId: null,
    status: 'issued',
    issuedAt: event.at,
    incarnation: data.incarnation,
    ended: 0,
  });
  updateCurrent(state, job, data, (instance) =>
    instance.removing
      ? instance
      : { ...instance, status: 'placed', confirmed: false, reason: data.reason },
  );
  touchJob(state, job, event.position);
}

export function commandDelivered(state: ClusterState, event: StoredEvent, id: string): void {
  const command = state.commands.get(id);
  if (command === undefined || command.status !== 'issued') return;
  putCommand(state, { ...command, status: 'delivered' });
  if (starts(command)) markRunning(state, command, false, event.position);
}

export function commandReceived(state: ClusterState, event: StoredEvent, id: string): void {
  const command = state.commands.get(id);
  if (command === undefined || command.status === 'ended') return;
  putCommand(state, { ...command, status: 'received' });
  if (!starts(command)) return;
  updateCurrent(state, command.job, command, (instance) =>
    instance.status === 'placed' ? { ...instance, status: 'starting' } : instance,
  );
  touchJob(state, command.job, event.position);
}

export function commandSucceeded(
  state: ClusterState,
  event: StoredEvent,
  data: EventData<'CommandSucceeded'>,
): void {
  const command = state.commands.get(data.commandId);
  if (command === undefined || command.status === 'ended') return;
  endCommand(state, command);
  if (starts(command)) markRunning(state, command, !data.assumed, event.position);
  if (command.kind === 'delete') endPlacement(state, command, event.position, null);
}

export function commandFailed(
  state: ClusterState,
  event: StoredEvent,
  data: EventData<'CommandFailed'>,
): void {
  const command = state.commands.get(data.commandId);
  if (command === undefined || command.status === 'ended') return;
  endCommand(state, command);
  if (starts(command)) {
    endPlacement(state, command, event.position, { status: 'failed', reason: data.reason });
  }
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
  const job = jobOf(event);
  switch (data.status) {
    case 'completed':
    case 'failed':
      endPlacement(state, { job, ...data }, event.position, {
        status: data.status,
        reason: data.reason,
      });
      break;
    case 'running':
    case 'starting': {
      const { status } = data;
      updateCurrent(state, job, data, (instance) =>
        instance.removing ? instance : { ...instance, status, confirmed: true },
      );
      touchJob(state, job, event.position);
      break;
    }
  }
}

interface Address {
  readonly job: string;
  readonly instance: number;
  readonly generation: number;
}

function starts(command: CommandRecord): boolean {
  return command.kind === 'deploy' || command.kind === 'replicate';
}

function markRunning(
  state: ClusterState,
  command: CommandRecord,
  confirmed: boolean,
  position: number,
): void {
  updateCurrent(state, command.job, command, (instance) =>
    instance.removing
      ? instance
      : { ...instance, status: 'running', confirmed, reason: instance.reason },
  );
  touchJob(state, command.job, position);
}

/**
 * A placement has ended: its reservation is freed; an instance that nobody wants goes with its last
 * placement; the instance's own end, if it is one, is shown.
 */
function endPlacement(
  state: ClusterState,
  address: Address,
  position: number,
  end: { status: 'failed' | 'completed'; reason: string } | null,
): void {
  const { job, instance: number, generation } = address;
  const placement = state.placements.get(placementKey(job, number, generation));
  if (placement === undefined) return;
  removePlacement(state, placement, position);
  const key = instanceKey(job, number);
  const instance = state.instances.get(key);
  if (instance === undefined) return;
  if (instance.removing) {
    if (state.placementsOfInstance.of(key).size === 0) removeInstance(state, instance);
  } else {
    putInstance(state, afterEnd(instance, placement, end));
  }
  touchJob(state, job, position);
}

function afterEnd(
  instance: InstanceRecord,
  placement: PlacementRecord,
  end: { status: 'failed' | 'completed'; reason: string } | null,
): InstanceRecord {
  if (end === null || placement.generation !== instance.generation) return instance;
  return { ...instance, status: end.status, reason: end.reason, confirmed: true };
}

function updateCurrent(
  state: ClusterState,
  job: string,
  address: { instance: number; generation: number },
  change: (instance: InstanceRecord) => InstanceRecord,
): void {
  updateInstance(state, job, address.instance, (instance) =>
    instance.generation === address.generation ? change(instance) : instance,
  );
}

function jobOf(event: StoredEvent): string {
  return event.stream.slice('jobs/'.length);
}

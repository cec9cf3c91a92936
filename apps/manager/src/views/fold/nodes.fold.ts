import type { NodeStatus } from '@oakring/contracts';
import type { EventData, StoredEvent } from '@oakring/events';
import type { ClusterState } from '../cluster-state.js';
import { putNode } from './records.fold.js';

export function nodeRegistered(
  state: ClusterState,
  event: StoredEvent,
  data: EventData<'NodeRegistered'>,
): void {
  const known = state.nodes.get(data.id);
  const restarted = known !== undefined && data.incarnation > known.incarnation;
  const keepsStatus = known?.status === 'ready' && data.acknowledges && !restarted;
  putNode(state, {
    ...data,
    status: data.acknowledges && !keepsStatus ? 'registered' : 'ready',
    since: keepsStatus ? known.since : event.at,
    reason: known === undefined ? 'registered' : 'registered again',
    reserved: known?.reserved ?? { cpuMillis: 0, memoryMiB: 0 },
    placements: known?.placements ?? 0,
    position: event.position,
  });
}

export function nodeStepped(
  state: ClusterState,
  event: StoredEvent,
  status: NodeStatus,
  reason: string,
): void {
  const node = state.nodes.get(event.stream.slice('nodes/'.length));
  if (node === undefined) return;
  putNode(state, { ...node, status, since: event.at, reason, position: event.position });
}

import { noResources, type NodeStatus } from '@oakring/contracts';
import { subjectOf, type EventData, type StoredEvent } from '@oakring/events';
import type { ClusterState } from '../cluster-state.js';
import { placeOf } from '../event-place.js';
import type { NodeRecord } from '../records.js';
import { forgetCredential } from './credentials.fold.js';
import { endPlacement } from './ends.fold.js';
import { putNode } from './records.fold.js';

/** Of nodes whose registration says none. */
export const usualDialect = 'native';

export function nodeRegistered(
  state: ClusterState,
  event: StoredEvent,
  data: EventData<'NodeRegistered'>,
): void {
  const known = state.nodes.get(data.id);
  const restarted = known !== undefined && data.incarnation > known.incarnation;
  const keepsStatus = known?.status === 'ready' && data.acknowledges && !restarted;
  putNode(state, {
    ...(known ?? fresh),
    ...data,
    startId: data.startId ?? null,
    dialect: data.dialect ?? usualDialect,
    addons: data.addons ?? [],
    drivers: data.drivers ?? [],
    gpuDrivers: data.gpuDrivers ?? [],
    features: data.features ?? [],
    hostPaths: data.hostPaths ?? [],
    registries: data.registries ?? [],
    ...(restarted ? { rival: null, tookOverAt: known.status === 'ready' ? event.at : null } : {}),
    // Another start of it may say nothing of its disk.
    diskFull: restarted ? null : (known?.diskFull ?? null),
    status: data.acknowledges && !keepsStatus ? 'registered' : 'ready',
    since: keepsStatus ? known.since : event.at,
    silentSince: null,
    reason: known === undefined ? 'registered' : 'registered again',
    stopped: false,
    ...placeOf(event),
  });
}

const fresh = {
  tookOverAt: null,
  givenLabels: null,
  rival: null,
  reserved: noResources,
  placements: 0,
  ports: [],
  cordoned: null,
  draining: null,
  quarantined: null,
  diskFull: null,
  failures: [],
  unexpected: [],
  unreadable: [],
  historyUpTo: 0,
} as const;

export function nodeStepped(
  state: ClusterState,
  event: StoredEvent,
  status: NodeStatus,
  reason: string,
): void {
  const isBack = status === 'ready';
  const silentSince = isBack ? null : silenceOf(state, event);
  const stopped = isBack && { stopped: false };
  updateNode(state, event, { status, since: event.at, silentSince, reason, ...stopped });
}

/** It is not heard of any more, and nobody wonders why: the reason says so. */
export function nodeStopped(
  state: ClusterState,
  event: StoredEvent,
  { reason }: EventData<'NodeStopped'>,
): void {
  const isLost = state.nodes.get(subjectOf(event))?.status === 'lost';
  const status = isLost ? 'lost' : 'disconnected';
  const silentSince = silenceOf(state, event);
  updateNode(state, event, { status, since: event.at, silentSince, reason, stopped: true });
}

function silenceOf({ nodes }: ClusterState, event: StoredEvent): number {
  return nodes.get(subjectOf(event))?.silentSince ?? event.at;
}

const nodeOrderTypes = [
  'NodeCordoned',
  'NodeUncordoned',
  'NodeDrainStarted',
  'NodeDrainEnded',
  'NodeQuarantined',
  'NodeReleased',
  'NodeLabelled',
  'NodeDiskFilled',
  'NodeDiskFreed',
  'NodeForgotten',
  'NodeClaimedTwice',
  'DriftDetected',
  'WorkerHistoryRecorded',
] as const;
const known: ReadonlySet<string> = new Set(nodeOrderTypes);

type NodeOrderEvent = Extract<StoredEvent, { type: (typeof nodeOrderTypes)[number] }>;

export function isNodeOrderEvent(event: StoredEvent): event is NodeOrderEvent {
  return known.has(event.type);
}

/** What people, its record, or its worker on its own, say about a node. */
export function nodeOrdered(state: ClusterState, event: NodeOrderEvent): void {
  const { at } = event;
  switch (event.type) {
    case 'NodeCordoned':
      updateNode(state, event, { cordoned: { at, reason: event.data.reason } });
      break;
    case 'NodeUncordoned':
      updateNode(state, event, { cordoned: null, draining: null });
      break;
    case 'NodeDrainStarted': {
      const cordoned = { at, reason: 'it is being drained' };
      updateNode(state, event, { draining: { ...event.data }, cordoned });
      break;
    }
    case 'NodeDrainEnded': {
      const { outcome, reason } = event.data;
      const told = outcome === 'done' ? `drained: ${reason}` : `its drain ended: ${reason}`;
      updateNode(state, event, { draining: null, cordoned: { at, reason: told } });
      break;
    }
    case 'NodeQuarantined':
      updateNode(state, event, { quarantined: { at, ...event.data } });
      break;
    case 'NodeReleased':
      updateNode(state, event, { quarantined: null, failures: [] });
      break;
    case 'NodeLabelled': {
      const { labels } = event.data;
      const isAny = Object.keys(labels).length > 0;
      updateNode(state, event, { givenLabels: isAny ? labels : null });
      break;
    }
    case 'NodeDiskFilled':
      updateNode(state, event, { diskFull: { at, ...event.data } });
      break;
    case 'NodeDiskFreed':
      updateNode(state, event, { diskFull: null });
      break;
    case 'NodeForgotten':
      forget(state, event);
      break;
    case 'NodeClaimedTwice': {
      const { incarnation, reason } = event.data;
      updateNode(state, event, { rival: { at, incarnation, reason } });
      break;
    }
    case 'DriftDetected': {
      const { unexpected, unreadable = [] } = event.data;
      updateNode(state, event, { unexpected, unreadable });
      break;
    }
    case 'WorkerHistoryRecorded':
      updateNode(state, event, { historyUpTo: event.data.upTo });
      break;
  }
}

/** What was reserved there is gone with it. */
function forget(state: ClusterState, event: StoredEvent): void {
  const nodeId = subjectOf(event);
  for (const key of state.placementsOfNode.inOrder(nodeId)) {
    const placement = state.placements.get(key);
    if (placement === undefined) continue;
    const { job, number: instance, generation } = placement;
    endPlacement(state, event, { job, instance, generation }, null);
  }
  forgetCredential(state, nodeId);
  state.nodes.delete(nodeId);
}

function updateNode(state: ClusterState, event: StoredEvent, change: Partial<NodeRecord>): void {
  const node = state.nodes.get(subjectOf(event));
  if (node !== undefined) putNode(state, { ...node, ...change, ...placeOf(event) });
}

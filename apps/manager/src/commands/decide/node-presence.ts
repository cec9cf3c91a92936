import { nodeStream } from '@oakring/events';
import type { WorkerStatus } from '@oakring/contracts';
import type { NodeRecord } from '@oakring/model';
import type { Command } from '../command.js';
import { refuse, type Decided, type Deciding } from './deciding.js';
import { endIfStopped } from './orders.js';
import { seenAlive } from './node-registration.js';
import { claimedTwice } from './node-rivals.js';

/**
 * The node a message came from, if it may be believed: known, and of the current incarnation
 * (absent means the current one).
 */
export function speakingNode(
  deciding: Deciding,
  nodeId: string,
  incarnation: number | null,
): { node: NodeRecord } | ReturnType<typeof refuse> {
  const node = deciding.state.nodes.get(nodeId);
  if (node === undefined) return refuse('node-unknown', `Node ${nodeId} is not registered.`);
  if (incarnation === null || incarnation === node.incarnation) return { node };
  const relation = incarnation < node.incarnation ? 'older' : 'not registered yet';
  return refuse(
    'incarnation-stale',
    `Node ${nodeId} is at incarnation ${node.incarnation}; ${incarnation} is ${relation}.`,
    'incarnation',
    incarnation,
  );
}

/** `nodes/<id>/status`. A message delivered with the retain flag is never a sign of life. */
export function recordWorkerStatus(
  deciding: Deciding,
  nodeId: string,
  status: WorkerStatus,
  retained: boolean,
): Decided<null> {
  const speaker = speakingNode(deciding, nodeId, status.incarnation);
  if ('refusal' in speaker) {
    if (status.superseded !== true || retained) return speaker;
    return recordEndOfOlder(deciding, nodeId, status.incarnation);
  }
  const { node } = speaker;
  if (status.status === 'online') {
    if (!retained) seenAlive(deciding, node, 'online');
  } else if (status.stopped === true && !retained) {
    recordStop(deciding, node);
  } else if (node.status === 'ready' || (node.status === 'registered' && !retained)) {
    deciding.emit({
      stream: nodeStream(nodeId),
      type: 'NodeSuspected',
      data: { reason: retained ? 'a retained "offline"' : 'said "offline", or its last will did' },
    });
  }
  return { answer: null };
}

/** It ran beside the start that is the node now, until it heard of that. */
function recordEndOfOlder(
  deciding: Deciding,
  nodeId: string,
  incarnation: number | null,
): Decided<null> {
  const node = deciding.state.nodes.get(nodeId);
  if (node !== undefined && incarnation !== null && incarnation < node.incarnation) {
    const reason = `an older start still ran when start ${node.incarnation} came; it has ended`;
    claimedTwice(deciding, node, { incarnation, reason });
  }
  return { answer: null };
}

/**
 * A worker stops on purpose: it is not heard of from now on, and nobody need wonder. Its last `state`
 * came before, and has said what goes on without it; the rest has ended by its worker's own word.
 */
function recordStop(deciding: Deciding, node: NodeRecord): void {
  if (node.stopped) return;
  const data = { reason: 'its worker said that it stops' };
  deciding.emit({ stream: nodeStream(node.id), type: 'NodeStopped', data });
  for (const key of [...deciding.state.placementsOfNode.of(node.id)]) {
    const placement = deciding.state.placements.get(key);
    if (placement !== undefined) endIfStopped(deciding, placement);
  }
}

/** What the watch over silence found. Nothing happens if the node has moved on meanwhile. */
export function observeNode(
  deciding: Deciding,
  command: Extract<Command, { type: 'ObserveNode' }>,
): Decided<null> {
  const node = deciding.state.nodes.get(command.nodeId);
  if (node === undefined || node.incarnation !== command.incarnation) return { answer: null };
  const stream = nodeStream(node.id);
  const data = { reason: command.reason };
  switch (command.seen) {
    case 'alive':
      seenAlive(deciding, node, command.reason);
      break;
    case 'silent':
      if (node.status === 'ready' || node.status === 'registered') {
        deciding.emit({ stream, type: 'NodeSuspected', data });
      }
      break;
    case 'disconnected':
      if (node.status === 'suspect') deciding.emit({ stream, type: 'NodeDisconnected', data });
      break;
    case 'lost':
      if (node.status === 'disconnected') deciding.emit({ stream, type: 'NodeLost', data });
      break;
  }
  return { answer: null };
}

/** The worker says that it has exactly what we believe. */
export function confirmState(
  deciding: Deciding,
  nodeId: string,
  incarnation: number | null,
): Decided<null> {
  const speaker = speakingNode(deciding, nodeId, incarnation);
  if ('refusal' in speaker) return speaker;
  if (speaker.node.status !== 'ready') {
    const data = { reason: 'reconciled: it has exactly what is wanted there' };
    deciding.emit({ stream: nodeStream(nodeId), type: 'NodeBecameReady', data });
  }
  return { answer: null };
}

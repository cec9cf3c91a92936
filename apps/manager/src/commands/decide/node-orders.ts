import { canonicalJson, jobStream, nodeStream } from '@oakring/events';
import { instanceKey, placementKey, type NodeRecord } from '@oakring/model';
import type { Answers, Command } from '../command.js';
import type { NodeOrder } from '../node-order.js';
import { refuse, type Decided, type Deciding } from './deciding.js';
import { losePlacement } from './losses.js';
import { abortMoveTo, completeMove, concludeDeletion, isConfirmed, serves } from './orders.js';

/** What people order about a node; an order that changes nothing is accepted without an event. */
export function orderNode(
  deciding: Deciding,
  id: string,
  order: NodeOrder,
): Decided<Answers['OrderNode']> {
  if (order.do === 'revoke') return revokeCredential(deciding, id, order.reason);
  const node = deciding.state.nodes.get(id);
  if (node === undefined) return forgetJoined(deciding, id, order);
  const refusal = order.do === 'forget' ? forget(deciding, node, order) : null;
  if (refusal !== null) return refusal;
  if (order.do !== 'forget') change(deciding, node, order);
  return { answer: { id, position: deciding.state.nodes.get(id)?.position ?? deciding.position } };
}

function change(deciding: Deciding, node: NodeRecord, order: NodeOrder): void {
  const stream = nodeStream(node.id);
  switch (order.do) {
    case 'cordon':
      if (node.cordoned !== null) return;
      return deciding.emit({ stream, type: 'NodeCordoned', data: { reason: order.reason } });
    case 'uncordon':
      if (node.cordoned === null) return;
      endOpenDrain(deciding, node, 'uncordoned');
      return deciding.emit({ stream, type: 'NodeUncordoned', data: { reason: 'ordered' } });
    case 'drain': {
      const deadline = deciding.at + order.withinMs;
      const data = { deadline, force: order.force };
      return deciding.emit({ stream, type: 'NodeDrainStarted', data });
    }
    case 'cancel-drain':
      return endOpenDrain(deciding, node, 'cancelled; the node stays cordoned');
    case 'quarantine': {
      if (node.quarantined !== null) return;
      const data = { reason: order.reason, byRecord: false };
      return deciding.emit({ stream, type: 'NodeQuarantined', data });
    }
    case 'release':
      if (node.quarantined === null) return;
      return deciding.emit({ stream, type: 'NodeReleased', data: { reason: 'ordered' } });
    case 'label': {
      const labels = { ...order.labels };
      if (canonicalJson(labels) === canonicalJson(node.givenLabels ?? {})) return;
      return deciding.emit({ stream, type: 'NodeLabelled', data: { labels } });
    }
    case 'forget':
    case 'revoke':
      return;
  }
}

/** Whoever is the node by its secret is it no more; revoked again it is the same answer. */
function revokeCredential(
  deciding: Deciding,
  id: string,
  reason: string,
): Decided<Answers['OrderNode']> {
  const credential = deciding.state.credentials.get(id);
  if (credential === undefined) {
    return deciding.state.nodes.get(id) === undefined
      ? refuse('node-unknown', `There is no node ${id}, and none has joined as it.`, 'id', id)
      : refuse('credential-unknown', `Node ${id} has no credential of its own.`, 'id', id);
  }
  if (credential.revoked !== null) return { answer: { id, position: credential.position } };
  deciding.emit({ stream: nodeStream(id), type: 'NodeCredentialRevoked', data: { reason } });
  return { answer: { id, position: deciding.position } };
}

/** A node that has joined and never registered can be forgotten, and nothing else be ordered about. */
function forgetJoined(
  deciding: Deciding,
  id: string,
  order: NodeOrder,
): Decided<Answers['OrderNode']> {
  if (order.do !== 'forget' || deciding.state.credentials.get(id) === undefined) {
    return refuse('node-unknown', `There is no node ${id}.`, 'id', id);
  }
  const { reason } = order;
  deciding.emit({ stream: nodeStream(id), type: 'NodeForgotten', data: { reason } });
  return { answer: { id, position: deciding.position } };
}

function endOpenDrain(deciding: Deciding, node: NodeRecord, reason: string): void {
  if (node.draining === null) return;
  const data = { outcome: 'cancelled', left: node.placements, reason } as const;
  deciding.emit({ stream: nodeStream(node.id), type: 'NodeDrainEnded', data });
}

/**
 * A node that will not come back: its instances are lost, and its reservations go with it. Refused
 * while it speaks (unless by force: its worker has to register anew), and while something there may
 * run that must never run twice.
 */
function forget(
  deciding: Deciding,
  node: NodeRecord,
  { reason, force }: Extract<NodeOrder, { do: 'forget' }>,
): ReturnType<typeof refuse> | null {
  const refusal = whyNotForgotten(deciding, node, force === true);
  if (refusal !== null) {
    const data = { code: 'node-in-use', detail: refusal };
    deciding.emit({ stream: nodeStream(node.id), type: 'NodeOrderRefused', data });
    return refuse('node-in-use', refusal, 'id', node.id);
  }
  for (const key of [...deciding.state.placementsOfNode.of(node.id)]) {
    const placement = deciding.state.placements.get(key);
    if (placement !== undefined) losePlacement(deciding, placement, `node forgotten: ${reason}`);
  }
  const jobs = new Set<string>();
  for (const key of deciding.state.placementsOfNode.of(node.id)) {
    const placement = deciding.state.placements.get(key);
    if (placement !== undefined) jobs.add(placement.job);
  }
  deciding.emit({ stream: nodeStream(node.id), type: 'NodeForgotten', data: { reason } });
  for (const job of jobs) concludeDeletion(deciding, job);
  return null;
}

function whyNotForgotten({ state }: Deciding, node: NodeRecord, force: boolean): string | null {
  if (node.status !== 'disconnected' && node.status !== 'lost' && !force) {
    return (
      `Node ${node.id} is ${node.status}: only one that is disconnected or lost is forgotten. ` +
      'By force: its worker has to register anew, and what it runs is placed elsewhere at once.'
    );
  }
  for (const key of state.leasedOfNode.of(node.id)) {
    const placement = state.placements.get(key);
    // What is left of a job that has ended is started nowhere else.
    const isAlive = state.jobs.get(placement?.job ?? '') !== undefined;
    if (isAlive && placement?.leaseOver === false) {
      return `Node ${node.id} may still run ${key}, which must never run twice: wait until it is lost.`;
    }
  }
  return null;
}

/** A drain has come to its end. With `force`, what is left is stopped and placed elsewhere. */
export function endDrain(
  deciding: Deciding,
  { id, outcome, reason }: Extract<Command, { type: 'EndDrain' }>,
): Decided<null> {
  const node = deciding.state.nodes.get(id);
  if (node === undefined || node.draining === null) return { answer: null };
  // It is done with the acknowledged end of the last one there, and no sooner.
  if (outcome === 'done' && node.placements > 0) return { answer: null };
  if (outcome === 'incomplete' && node.draining.force) withdrawAll(deciding, id);
  deciding.emit({
    stream: nodeStream(id),
    type: 'NodeDrainEnded',
    data: { outcome, left: node.placements, reason },
  });
  return { answer: null };
}

function withdrawAll(deciding: Deciding, nodeId: string): void {
  const { state } = deciding;
  for (const key of [...state.placementsOfNode.of(nodeId)]) {
    const placement = state.placements.get(key);
    if (placement?.wanted !== true) continue;
    const { job, number, generation } = placement;
    const reason = `node ${nodeId} was drained by force at its deadline`;
    const { moving = null } = state.instances.get(instanceKey(job, number)) ?? {};
    // What an update begins, here or beside what is here, takes over or ends: neither is left here.
    if (moving?.surge === true) {
      const target = state.placements.get(placementKey(job, number, moving.generation));
      const address = { job, instance: number, generation: moving.generation };
      if (target !== undefined && target.nodeId !== nodeId && serves(state, target)) {
        completeMove(deciding, address, isConfirmed(state, target));
      } else abortMoveTo(deciding, address, reason);
    }
    const instance = state.instances.get(instanceKey(job, number));
    if (instance?.generation !== generation || instance.moving !== null) continue;
    deciding.emit({
      stream: jobStream(job),
      type: 'InstanceWithdrawn',
      data: { instance: number, generation, nodeId, reason, elsewhere: true },
    });
  }
}

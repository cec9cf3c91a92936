import {
  isOpen,
  isUpdated,
  placementKey,
  type CommandRecord,
  type NodeRecord,
  type PlacementRecord,
} from '@oakring/model';
import type { Inferred } from '../commands/command.js';
import { endOf, isAbsent, isShown, type Evidence } from './evidence.js';
import { reasonOfCompletion, reasonOfEnd } from './reasons.js';
import type { Scene } from './scene.js';
import type { NodeSight } from './sight.js';
import { recallTakenUp, strangersOn } from './strangers.js';
import { Telling } from './telling.js';

/** An order to start that nothing was heard of may be a pull for so long. */
const pullPatienceMs = 600_000;

interface Subject {
  readonly placement: PlacementRecord;
  readonly instanceKey: string;
  readonly evidence: Evidence;
  /** The newest order about it; null: none, or it has ended. */
  readonly open: CommandRecord | null;
}

/** One list of each. */
export function runtimesOf({ technologies }: NodeRecord): number {
  return Math.max(1, technologies.length);
}

/** What follows from what was seen and heard (docs/state-machines.md, workers that do not acknowledge). */
export function conclusionsOn(scene: Scene): readonly Inferred[] {
  const { state, node, sight } = scene;
  const telling = new Telling(node, state);
  recallTakenUp(scene);
  for (const { key, instanceKey } of sight.placed(state, node)) {
    const placement = state.placements.get(key);
    if (placement === undefined || placement.commandId === null) continue;
    const command = state.commands.get(placement.commandId);
    const open = command === undefined || command.status === 'ended' ? null : command;
    const subject = { placement, instanceKey, evidence: sight.of(key), open };
    if (placement.lost) concludeLost(scene, subject, telling);
    else if (placement.wanted) concludeWanted(scene, subject, telling);
    else concludeUnwanted(scene, subject, telling);
  }
  sight.forgetStrangers(runtimesOf(node));
  strangersOn(scene, telling);
  const isBack = node.status !== 'ready' && node.status !== 'suspect';
  if (isBack && sight.pace.count >= runtimesOf(node)) telling.isDue = true;
  return telling.commands;
}

function concludeWanted(scene: Scene, subject: Subject, telling: Telling): void {
  const { state, wallMs, sight } = scene;
  const { placement, evidence, open } = subject;
  const end = endOf(evidence, sight.pace, runtimesOf(scene.node));
  if (end !== null) {
    if (end.says === 'failed' && open !== null) {
      return telling.acknowledge(open, 'failed', end.detail);
    }
    telling.isDue = true;
    if (end.says === 'completed') {
      const reason = reasonOfCompletion(placement, wallMs);
      return telling.report(placement, { status: 'completed', reason });
    }
    const what = end.says === 'failed' ? (end.detail ?? 'it failed') : 'it ended by itself';
    const reason = reasonOfEnd(what, placement, state, wallMs);
    return telling.report(placement, { status: 'failed', reason });
  }
  const isKnown = open === null || evidence.isAnswered;
  if (isKnown && isGone(scene, evidence)) {
    const what = `none of the lists of ${placement.nodeId} has had it for two periods`;
    const reason = reasonOfEnd(what, placement, state, wallMs);
    telling.isDue = true;
    return telling.report(placement, { status: 'failed', reason });
  }
  if (isShown(evidence, sight.pace)) concludeShown(scene, subject, telling);
  else if (open !== null) concludeUnseen(scene, { ...subject, open }, telling);
}

function concludeShown({ state, renew }: Scene, subject: Subject, telling: Telling): void {
  const { placement, evidence, open } = subject;
  const { generation } = placement;
  const status = evidence.shown?.status ?? 'running';
  telling.show(placement, status);
  if (open !== null) {
    if (status === 'running') return telling.acknowledge(open, 'succeeded', null);
    if (open.status === 'issued') telling.acknowledge(open, 'received', null);
    return renew(open.id);
  }
  const instance = state.instances.get(subject.instanceKey);
  if (status !== 'running' || instance?.generation !== generation || instance.removing) return;
  const isRunning = instance.status === 'running' && instance.confirmed;
  const holdsPlace = ['placed', 'starting', 'running'].includes(instance.status);
  if (holdsPlace && !isRunning) telling.isDue = true;
}

/** Ordered and not shown: it may be under way, its image may be pulled, or nobody got the order. */
function concludeUnseen(
  scene: Scene,
  { evidence, open }: Subject & { readonly open: CommandRecord },
  telling: Telling,
): void {
  const { sight, nowMs, sinceMs, renew } = scene;
  if (evidence.isSaidToRun) return telling.acknowledge(open, 'succeeded', null);
  if (open.status === 'issued') {
    const isReceived = evidence.createdMs !== null || isTaken(evidence, open, sight);
    if (isReceived) telling.acknowledge(open, 'received', null);
  } else if (nowMs - (evidence.startSentMs ?? sinceMs) < pullPatienceMs) {
    renew(open.id);
  }
}

function concludeUnwanted(scene: Scene, subject: Subject, telling: Telling): void {
  const { sight, state, node } = scene;
  const { placement, evidence, open } = subject;
  if (open?.kind !== 'delete') return;
  // Its start was never sent, and its end would be that of the one before it.
  if (!sight.isFirst(state, node, placement)) return telling.acknowledge(open, 'succeeded', null);
  if (endOf(evidence, sight.pace, runtimesOf(scene.node)) !== null) {
    return telling.acknowledge(open, 'succeeded', null);
  }
  if (!mayBePulled(scene, subject) && isGone(scene, evidence)) {
    return telling.acknowledge(open, 'succeeded', null);
  }
  const { shown, sent } = evidence;
  if (open.status === 'issued') {
    if (isTaken(evidence, open, sight)) telling.acknowledge(open, 'received', null);
  } else if (shown !== null && isShown(evidence, sight.pace)) {
    // What was told to end and is shown so long after is told again.
    const toldAgainMs = 2 * sight.pace.periodMs;
    if (shown.atMs - (sent?.atMs ?? shown.atMs - toldAgainMs) < toldAgainMs) return;
    evidence.sent = null;
    telling.repeat(placement);
  }
}

function concludeLost(scene: Scene, subject: Subject, telling: Telling): void {
  const { sight, node, wallMs, state } = scene;
  const { placement, evidence } = subject;
  const end = endOf(evidence, sight.pace, runtimesOf(node));
  if (end === null && isShown(evidence, sight.pace)) {
    telling.show(placement, evidence.shown?.status ?? 'running');
    telling.isDue = true;
  } else if (end !== null || isGone(scene, evidence)) {
    if (end === null && mayBePulled(scene, subject))
      return concludeUnproven(scene, subject, telling);
    const isDone = end?.says === 'completed';
    const reason = isDone
      ? reasonOfCompletion(placement, wallMs)
      : reasonOfEnd('it is not there any more', placement, state, wallMs);
    telling.report(placement, { status: isDone ? 'completed' : 'failed', reason });
    telling.isDue = true;
  }
}

/**
 * Its start was sent before its worker was lost: it may be a pull, or it never arrived. To order it again is
 * right in either case, where its instance has no place, or the next one is to begin there, and where the very same
 * might be placed there today; else it is waited for.
 */
function concludeUnproven({ state, node }: Scene, subject: Subject, telling: Telling): void {
  const { placement, instanceKey } = subject;
  const { job, number, nodeId } = placement;
  const { status, generation = 0 } = state.instances.get(instanceKey) ?? {};
  const current = state.placements.get(placementKey(job, number, generation));
  const isNextThere = current?.wanted === true && current.nodeId === nodeId;
  if (status !== 'pending' && status !== 'lost' && !isNextThere) return;
  const record = state.jobs.get(job);
  if (record === undefined || !isUpdated(record, placement) || !isOpen(node)) return;
  const reason = 'its start was sent: it may be pulled, or the order never came';
  telling.report(placement, { status: 'starting', reason });
  telling.isDue = true;
}

/** Its start was ordered, and its worker has said nothing of it yet: what is not listed may still come. */
function mayBePulled(scene: Scene, { placement, evidence, open }: Subject): boolean {
  const { job, number, generation, runningSince } = placement;
  if (evidence.isAnswered || runningSince > 0) return false;
  const { startSentMs } = evidence;
  if (startSentMs !== null) return scene.nowMs - startSentMs < pullPatienceMs;
  if (!scene.inherited.has(placementKey(job, number, generation))) return false;
  // Another sent it, if anybody did: before its end was ordered, or before this term.
  const sentMsAgo = open === null ? scene.nowMs - scene.sinceMs : scene.wallMs - open.issuedAt;
  return sentMsAgo < pullPatienceMs;
}

function isGone({ node, sight, nowMs }: Scene, evidence: Evidence): boolean {
  return isAbsent(evidence, sight.pace, { runtimes: runtimesOf(node), nowMs });
}

/**
 * Sent to a worker that was heard before and after, undisturbed: a period after, since a list that comes sooner may have
 * been on its way when the connection broke that the order was lost with.
 */
function isTaken({ sent }: Evidence, { id }: CommandRecord, { pace }: NodeSight): boolean {
  if (sent?.commandId !== id || sent.disturbance !== pace.disturbance) return false;
  return pace.isHeardSince(sent.atMs + pace.periodMs);
}

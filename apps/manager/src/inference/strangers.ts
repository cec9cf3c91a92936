import {
  highestGeneration,
  instanceKey,
  isStart,
  orderDigest,
  placementKey,
  restoredOf,
  type ClusterState,
  type CommandRecord,
  type InstanceRecord,
} from '@oakring/model';
import type { Scene } from './scene.js';
import { isSent, type Listed, type NodeSight, type Stranger } from './sight.js';
import type { Telling } from './telling.js';

/** What cannot be told is told so often at most: labels may change with each list. */
const unreadableEveryMs = 60_000;
/** Generations that are tried for a name. */
const maxTried = 64;

/**
 * What is there and was not ordered there, as far as the ledger knows. One that has ended by the ledger (a
 * pull that was given up too soon) is reported as a generation that is gone, and is deleted; what is not
 * ours is only shown; and so is what cannot be told. In a restored ledger what is wanted is taken up instead,
 * since it may be of a generation that is lost (ADR 29).
 */
export function strangersOn(scene: Scene, telling: Telling): void {
  const { state, node, sight } = scene;
  tellUnreadable(scene, telling);
  if (sight.strangers.size === 0 && node.unexpected.length === 0) return;
  const shown: string[] = [];
  for (const [key, stranger] of sight.strangers) {
    if (isPlaced(scene, stranger)) {
      sight.strangers.delete(key);
      continue;
    }
    if (!isEstablished(stranger, sight)) continue;
    const start = startOf(scene, stranger);
    if (start !== null) {
      telling.acknowledge(start, 'succeeded', null);
      continue;
    }
    const { digest, ...address } = addressOf(state, stranger);
    telling.report(address, { status: 'running', reason: null, digest });
    if (address.isOurs || digest !== undefined) telling.isDue = true;
    if (address.isOurs) continue;
    shown.push(placementKey(address.job, address.instance, address.generation));
  }
  if (shown.sort().join() !== node.unexpected.join()) telling.isDue = true;
}

/** What was listed as nobody's and taken up since has been shown: it is not gone for that no list had it before. */
export function recallTakenUp({ state, node, sight }: Scene): void {
  const { disturbance, count } = sight.pace;
  for (const stranger of sight.strangers.values()) {
    const { key } = sight.find(state, node, stranger) ?? {};
    if (key === undefined || (state.placements.get(key)?.runningSince ?? 0) === 0) continue;
    const evidence = sight.of(key);
    if (evidence.startSentMs !== null || evidence.shown !== null) continue;
    evidence.shown = { atMs: stranger.lastMs, disturbance, count, status: 'running' };
    evidence.isAnswered = true;
  }
}

function tellUnreadable({ node, sight, nowMs }: Scene, telling: Telling): void {
  const labels: string[] = [];
  for (const [label, listed] of sight.unreadable) {
    if (isEstablished(listed, sight)) labels.push(label);
  }
  telling.unreadable = labels.sort();
  if (labels.join() === node.unreadable.join()) return;
  if (nowMs - sight.unreadableToldMs < unreadableEveryMs) {
    telling.unreadable = node.unreadable;
    return;
  }
  telling.isDue = true;
  sight.unreadableToldMs = nowMs;
}

/** Listed for two periods it is there; a single list may be of a moment ago. */
function isEstablished({ sinceMs, lastMs }: Listed, { pace }: NodeSight): boolean {
  return lastMs - sinceMs >= 2 * pace.periodMs;
}

/** It was found, and is one of the node's placements since: it is none but that. */
function isPlaced({ state, node, sight, inherited }: Scene, stranger: Stranger): boolean {
  const key = sight.find(state, node, stranger)?.key;
  const placement = key === undefined ? undefined : state.placements.get(key);
  if (key === undefined || placement === undefined) return false;
  return isSent({ key, placement, evidence: sight.evidence.get(key) }, inherited);
}

/**
 * What is to be started there by a restored ledger, and is listed: an order would only be refused, and to end it
 * first would be to stop what runs. Null: nothing is.
 */
function startOf({ state, node, sight }: Scene, stranger: Stranger): CommandRecord | null {
  const { key } = sight.find(state, node, stranger) ?? {};
  if (key === undefined || restoredOf(state) === null) return null;
  const { commandId = null } = state.placements.get(key) ?? {};
  const start = commandId === null ? undefined : state.commands.get(commandId);
  return start !== undefined && start.status !== 'ended' && isStart(start) ? start : null;
}

interface Address {
  readonly job: string;
  readonly generation: number;
  /** Of what it is taken for, where it is to be taken up. */
  readonly digest?: string | undefined;
}

/** A generation that was given to it and of which nothing is left; else what nobody can have ordered. */
function addressOf(state: ClusterState, { name, instance }: Stranger) {
  let shown: Address = { job: name, generation: 1 };
  for (const job of [...state.givenOfName.inOrder(name), name]) {
    const key = instanceKey(job, instance);
    const known = state.instances.get(key);
    const highest =
      known === undefined ? (state.retired.get(key)?.generation ?? 0) : highestGeneration(known);
    const lowest = isTold(state, known, highest) ? Math.max(0, highest - maxTried) : highest;
    for (let generation = highest; generation > lowest; generation -= 1) {
      if (state.placements.get(placementKey(job, instance, generation)) !== undefined) continue;
      return { job, instance, generation, isOurs: true };
    }
    // One that was not given: it must be none of those that are placed.
    if (highest > 0) {
      shown = { job, generation: highest + 1, digest: digestOfWaiting(state, known) };
    }
  }
  return { ...shown, instance, isOurs: false };
}

/**
 * Whether what is left over is of a generation that the ledger knows. In a restored one it may have been given in
 * what is lost, and be all that there is of its instance, until that runs by a generation given since.
 */
function isTold(state: ClusterState, known: InstanceRecord | undefined, highest: number): boolean {
  const above = restoredOf(state)?.generationsAbove ?? 0;
  if (above === 0) return true;
  if (known === undefined) return highest > above;
  return known.generation > above && known.status === 'running' && known.confirmed;
}

/** Its instance has no place in a restored ledger: what was started in what is lost is taken for what is wanted. */
function digestOfWaiting(
  state: ClusterState,
  known: InstanceRecord | undefined,
): string | undefined {
  if (known === undefined || restoredOf(state) === null) return undefined;
  if (known.status !== 'pending' && known.status !== 'failed') return undefined;
  const job = state.jobs.get(known.job);
  return job === undefined ? undefined : orderDigest(state, job.document, []);
}

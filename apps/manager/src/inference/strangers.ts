import { instanceKey, placementKey, highestGeneration, type ClusterState } from '@oakring/model';
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
 * ours is only shown; and so is what cannot be told.
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
    const address = addressOf(state, stranger);
    telling.reportAs(address, { status: 'running', reason: null });
    if (address.isOurs) telling.isDue = true;
    else shown.push(placementKey(address.job, address.instance, address.generation));
  }
  if (shown.sort().join() !== node.unexpected.join()) telling.isDue = true;
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

/** A generation that was given to it and of which nothing is left; else what nobody can have ordered. */
function addressOf(state: ClusterState, { name, instance }: Stranger) {
  let shown = { job: name, generation: 1 };
  for (const job of [...state.givenOfName.inOrder(name), name]) {
    const key = instanceKey(job, instance);
    const known = state.instances.get(key);
    const highest =
      known === undefined ? (state.retired.get(key)?.generation ?? 0) : highestGeneration(known);
    for (let generation = highest; generation > Math.max(0, highest - maxTried); generation -= 1) {
      if (state.placements.get(placementKey(job, instance, generation)) !== undefined) continue;
      return { job, instance, generation, isOurs: true };
    }
    // One that was not given: it must be none of those that are placed.
    if (highest > 0) shown = { job, generation: highest + 1 };
  }
  return { ...shown, instance, isOurs: false };
}

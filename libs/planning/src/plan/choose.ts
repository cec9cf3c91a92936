import { Counts, type Candidates } from './candidates.js';
import type { Choice } from './choice.js';

/** Up to this many nodes all are looked at; of more, some are drawn. */
const sampleAbove = 64;
/** Draws per feasible node wanted: where fewer than one in four fits, the sample stays smaller. */
const drawsPerWanted = 4;
const smallestSample = 8;

/** As `Randomness` of the ports has it. */
export interface Chance {
  /** A uniform integer in `[0, bound)`. */
  integer(bound: number): number;
}

/** Rates a slot for one more instance: higher is better. */
export type Rank = (slot: number) => number;

/** The best of a sample, or of all nodes when there are few or the sample has none that fits. */
export function chooseBest(
  nodeCount: number,
  candidates: Candidates,
  rank: Rank,
  chance: Chance,
): Choice | null {
  const sampled =
    nodeCount > sampleAbove ? bestOfSample(nodeCount, candidates, rank, chance) : null;
  return sampled ?? bestOfAll(nodeCount, candidates, rank);
}

/** The node that the job names, if it fits. */
export function chooseNamed(slot: number, candidates: Candidates): Choice | null {
  if (slot === -1 || !candidates.fits(slot)) return null;
  return { slot, from: 'named', feasible: 1, filtered: {} };
}

/** The best of max(8, ⌈log2 n⌉) different feasible nodes drawn at random; null without any. */
function bestOfSample(
  nodeCount: number,
  candidates: Candidates,
  rank: Rank,
  chance: Chance,
): Choice | null {
  const wanted = Math.max(smallestSample, Math.ceil(Math.log2(nodeCount)));
  const drawn: number[] = [];
  const counts = new Counts();
  let best = -1;
  let bestRank = -1;
  let feasible = 0;
  for (let draw = 0; draw < drawsPerWanted * wanted && feasible < wanted; draw += 1) {
    const slot = chance.integer(nodeCount);
    if (drawn.includes(slot)) continue;
    drawn.push(slot);
    const failed = candidates.failure(slot);
    if (failed !== null) {
      counts.count(failed);
      continue;
    }
    feasible += 1;
    const rankHere = rank(slot);
    // Equal ranks are settled by id, whose order is that of the slots.
    if (rankHere > bestRank || (rankHere === bestRank && slot < best)) {
      best = slot;
      bestRank = rankHere;
    }
  }
  if (best === -1) return null;
  return { slot: best, from: 'sampled', feasible, filtered: counts.byName };
}

function bestOfAll(nodeCount: number, candidates: Candidates, rank: Rank): Choice | null {
  const counts = new Counts();
  let best = -1;
  let bestRank = -1;
  let feasible = 0;
  for (let slot = 0; slot < nodeCount; slot += 1) {
    const failed = candidates.failure(slot);
    if (failed !== null) {
      counts.count(failed);
      continue;
    }
    feasible += 1;
    const rankHere = rank(slot);
    // The first of equals stays: the lowest id.
    if (rankHere > bestRank) {
      best = slot;
      bestRank = rankHere;
    }
  }
  if (best === -1) return null;
  return { slot: best, from: 'all', feasible, filtered: counts.byName };
}

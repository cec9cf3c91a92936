import type {
  PlacementRefusal,
  ProposedPlacement,
  Requirement,
  FilterCounts,
} from '@oakring/contracts';
import { seededRandomness, type Randomness } from '@oakring/ports';
import { Candidates } from './filters/candidates.js';
import { explainRefusal } from './filters/refusal.js';
import type { NodeColumns } from './node-columns.js';
import { Replicas } from './replicas.js';
import { describePlacement } from './scores/reason.js';
import { scoreOf } from './scores/score.js';
import { Taken } from './taken.js';

/** Name and version of the rules in this folder, stored with every decision. */
export const policy = 'least-allocated-spread/1';

/** Fewer nodes than this are all looked at; more are sampled. */
const sampleAbove = 64;
/** From this many identical replicas on, one scan and a heap beat sampling. */
const heapFrom = 17;

export interface JobToPlan {
  readonly requirement: Requirement;
  readonly instances: number;
  readonly exclude: ReadonlySet<string>;
  /** Instances of this job that each node has already. */
  readonly present: ReadonlyMap<string, number>;
  readonly seed: number;
}

export interface JobPlan {
  readonly placements: readonly ProposedPlacement[];
  readonly refusal: PlacementRefusal | null;
  readonly considered: {
    readonly nodes: number;
    readonly feasible: number;
    readonly filtered: FilterCounts;
  };
}

/**
 * Plans jobs one after another: each sees what those before it have taken. Pure, and integers only:
 * the same columns, jobs and seeds give the same plans, byte for byte.
 */
export function planJobs(nodes: NodeColumns, jobs: readonly JobToPlan[]): JobPlan[] {
  const taken = new Taken(nodes.count);
  return jobs.map((job) => planJob(nodes, taken, job));
}

function planJob(nodes: NodeColumns, taken: Taken, job: JobToPlan): JobPlan {
  const candidates = new Candidates(nodes, taken, job.requirement, job.exclude);
  const present = presentBySlot(nodes, job.present);
  const placements: ProposedPlacement[] = [];
  const next = chooser(nodes, taken, candidates, job, present);
  while (placements.length < job.instances) {
    const choice = next();
    if (choice === null) break;
    const { slot, sampled } = choice;
    taken.add(slot, job.requirement.resources);
    placements.push(
      describePlacement(
        nodes,
        taken,
        slot,
        scoreOf(nodes, taken, slot, present.get(slot) ?? 0),
        sampled,
      ),
    );
    present.set(slot, (present.get(slot) ?? 0) + 1);
  }
  const missing = job.instances - placements.length;
  const survey = missing > 0 ? candidates.survey() : null;
  return {
    placements,
    refusal:
      survey === null ? null : explainRefusal(nodes, taken, job.requirement, survey, missing),
    considered: {
      nodes: nodes.count,
      feasible: survey?.feasible ?? candidates.feasibleSeen,
      filtered: survey?.filtered ?? {},
    },
  };
}

interface Choice {
  readonly slot: number;
  /** How many feasible nodes it was chosen from. */
  readonly sampled: number;
}

function chooser(
  nodes: NodeColumns,
  taken: Taken,
  candidates: Candidates,
  job: JobToPlan,
  present: ReadonlyMap<number, number>,
): () => Choice | null {
  const named = candidates.namedSlot();
  if (named !== null) {
    return () => (candidates.fits(named) ? { slot: named, sampled: 1 } : null);
  }
  const rank = (slot: number): number =>
    scoreOf(nodes, taken, slot, present.get(slot) ?? 0, job.requirement.resources).total;
  if (job.instances >= heapFrom) {
    const replicas = new Replicas(nodes, candidates, rank);
    return () => replicas.next();
  }
  const chance = seededRandomness(job.seed);
  return () =>
    (nodes.count > sampleAbove ? bestOfSample(nodes, candidates, rank, chance) : null) ??
    bestOfAll(nodes, candidates, rank);
}

/** The best of max(8, ⌈log2 n⌉) random feasible nodes; null when too few draws are feasible. */
function bestOfSample(
  nodes: NodeColumns,
  candidates: Candidates,
  rank: (slot: number) => number,
  chance: Randomness,
): Choice | null {
  const wanted = Math.max(8, Math.ceil(Math.log2(nodes.count)));
  let best = -1;
  let bestRank = -1;
  let feasible = 0;
  for (let draw = 0; draw < 4 * wanted && feasible < wanted; draw += 1) {
    const slot = chance.integer(nodes.count);
    if (!candidates.fits(slot)) continue;
    feasible += 1;
    const rankHere = rank(slot);
    if (rankHere > bestRank || (rankHere === bestRank && comesFirst(nodes, slot, best))) {
      best = slot;
      bestRank = rankHere;
    }
  }
  candidates.feasibleSeen = feasible;
  return best === -1 ? null : { slot: best, sampled: feasible };
}

function bestOfAll(
  nodes: NodeColumns,
  candidates: Candidates,
  rank: (slot: number) => number,
): Choice | null {
  let best = -1;
  let bestRank = -1;
  let feasible = 0;
  for (let slot = 0; slot < nodes.count; slot += 1) {
    if (!candidates.fits(slot)) continue;
    feasible += 1;
    const rankHere = rank(slot);
    if (rankHere > bestRank || (rankHere === bestRank && comesFirst(nodes, slot, best))) {
      best = slot;
      bestRank = rankHere;
    }
  }
  candidates.feasibleSeen = feasible;
  return best === -1 ? null : { slot: best, sampled: feasible };
}

/** Equal ranks are settled by id, so that the order of slots does not matter. */
function comesFirst(nodes: NodeColumns, slot: number, other: number): boolean {
  return (nodes.ids[slot] ?? '') < (nodes.ids[other] ?? '');
}

function presentBySlot(
  nodes: NodeColumns,
  present: ReadonlyMap<string, number>,
): Map<number, number> {
  const bySlot = new Map<number, number>();
  for (const [id, count] of present) {
    const slot = nodes.slotOf.get(id);
    if (slot !== undefined) bySlot.set(slot, count);
  }
  return bySlot;
}

import type {
  FilterCounts,
  PlacementRefusal,
  ProposedPlacement,
  Requirement,
  Resources,
} from '@oakring/contracts';
import { seededRandomness } from '@oakring/ports';
import type { Choice } from './choice.js';
import { chooseBest, chooseNamed } from './choose.js';
import { Candidates } from './filters/candidates.js';
import { explainRefusal } from './filters/refusal.js';
import type { NodeColumns } from './node-columns.js';
import { Replicas } from './replicas.js';
import { Room } from './room.js';
import { describePlacement } from './scores/reason.js';
import { scoreOf } from './scores/score.js';

/** Name and version of the rules in this folder, stored with every decision. */
export const policy = 'least-allocated-spread/1';

/** From this many identical replicas on, one scan and a heap beat sampling. */
const heapFrom = 17;

export interface JobToPlan {
  readonly requirement: Requirement;
  readonly instances: number;
  readonly exclude: ReadonlySet<string>;
  /** Instances of this job that each node has already. */
  readonly present: ReadonlyMap<string, number>;
  readonly freed: Freed | null;
  readonly seed: number;
}

/** What the instance to be replaced holds, and where. */
export interface Freed {
  readonly nodeId: string;
  readonly resources: Resources;
}

export interface JobPlan {
  readonly placements: readonly ProposedPlacement[];
  /** Set when fewer than `instances` could be placed: as many as fit are placed all the same. */
  readonly refusal: PlacementRefusal | null;
  /** What the first choice was made from; with a refusal, the nodes as it left them. */
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
  const room = new Room(nodes);
  return jobs.map((job) => {
    const slot = job.freed === null ? undefined : nodes.slotOf.get(job.freed.nodeId);
    if (job.freed === null || slot === undefined) return planJob(room, job);
    const takeBack = room.lend(slot, job.freed.resources);
    const plan = planJob(room, job);
    takeBack();
    return plan;
  });
}

function planJob(room: Room, job: JobToPlan): JobPlan {
  const { requirement } = job;
  const candidates = new Candidates(room, requirement, job.exclude);
  const present = presentBySlot(room.nodes, job.present);
  const placements: ProposedPlacement[] = [];
  const next = chooser(room, candidates, job, present);
  let first: Choice | null = null;
  while (placements.length < job.instances) {
    const choice = next();
    if (choice === null) break;
    first ??= choice;
    const { slot } = choice;
    const presentThere = present.get(slot) ?? 0;
    const score = scoreOf(room, slot, presentThere, requirement.resources);
    room.take(slot, requirement.resources);
    placements.push(describePlacement(room, choice, score));
    present.set(slot, presentThere + 1);
  }
  const missing = job.instances - placements.length;
  const survey = missing > 0 ? candidates.survey() : null;
  return {
    placements,
    refusal: survey === null ? null : explainRefusal(candidates, survey, missing),
    considered: {
      nodes: room.nodes.count,
      feasible: survey === null ? (first?.feasible ?? 0) : 0,
      filtered: survey?.filtered ?? first?.filtered ?? {},
    },
  };
}

function chooser(
  room: Room,
  candidates: Candidates,
  job: JobToPlan,
  present: ReadonlyMap<number, number>,
): () => Choice | null {
  const named = candidates.namedSlot();
  if (named !== null) return () => chooseNamed(named, candidates);
  const { resources } = job.requirement;
  const { count } = room.nodes;
  const rank = (slot: number): number =>
    scoreOf(room, slot, present.get(slot) ?? 0, resources).total;
  if (job.instances >= heapFrom) {
    const replicas = new Replicas(count, candidates, rank);
    return () => replicas.next();
  }
  const chance = seededRandomness(job.seed);
  return () => chooseBest(count, candidates, rank, chance);
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

import type {
  DecisionReads,
  FilterCounts,
  HeldPort,
  PlacementRefusal,
  ProposedPlacement,
  Resources,
} from '@oakring/contracts';
import type { Demand } from '../filters/filter.js';
import { amountsOf } from '../nodes/amounts.js';
import type { NodeColumns } from '../nodes/node-columns.js';
import { Room } from '../nodes/room.js';
import { policy, waysOf, type Policy } from '../policies.js';
import { rate } from '../scores/rate.js';
import { Candidates } from './candidates.js';
import type { Choice } from './choice.js';
import { chooseBest, chooseNamed, type Chance, type Rank } from './choose.js';
import { readsOf, type Lent } from './reads.js';
import { describePlacement } from './reason.js';
import { explainRefusal } from './refusal.js';
import { Replicas } from './replicas.js';

/** From this many identical replicas on, one scan and a heap beat sampling. */
const heapFrom = 17;
/** More placements than any node has: of equal totals the node with fewer of them goes first. */
const mostPlaced = 2 ** 20;

export interface JobToPlan extends Demand {
  readonly id: string;
  readonly instances: number;
  /** Instances of this job that each node has already. */
  readonly present: ReadonlyMap<string, number>;
  readonly freed: Freed | null;
  /** What jobs of the same call had taken before it, by node: where it is planned again without them. */
  readonly taken?: ReadonlyMap<string, Resources>;
  /** The same: how many placements of them reserve none of something. */
  readonly placed?: ReadonlyMap<string, number>;
  /** The same: the ports that they took, of those that this one asks for. */
  readonly ports?: ReadonlyMap<string, readonly HeldPort[]>;
  readonly seed: number;
}

/** What the instance to be replaced holds, and where. */
export interface Freed {
  readonly nodeId: string;
  readonly resources: Resources;
  /** Absent: none. */
  readonly ports?: readonly string[];
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
  readonly reads: DecisionReads | null;
}

/** Chance from a decision's seed. */
export type Seeded = (seed: number) => Chance;

/**
 * Plans jobs one after another: each sees what those before it have taken. Pure, and integers only:
 * the same columns, jobs and seeds give the same plans, byte for byte.
 */
export function planJobs(
  nodes: NodeColumns,
  jobs: readonly JobToPlan[],
  seeded: Seeded,
  by: Policy = policy,
): JobPlan[] {
  const room = new Room(nodes, waysOf[by]);
  return jobs.map((job) => {
    takeBefore(room, job);
    const slot = job.freed === null ? undefined : nodes.slotOf.get(job.freed.nodeId);
    if (job.freed === null || slot === undefined) return planJob(room, job, seeded);
    const lent = { slot, amounts: amountsOf(nodes.rules, job.freed.resources) };
    const takeBack = room.lend(slot, lent.amounts, job.freed.ports ?? []);
    const plan = planJob(room, job, seeded, lent);
    takeBack();
    return plan;
  });
}

function takeBefore(room: Room, { taken, placed, ports }: JobToPlan): void {
  const { rules, slotOf } = room.nodes;
  for (const [id, resources] of taken ?? []) {
    const slot = slotOf.get(id);
    if (slot !== undefined) room.take(slot, amountsOf(rules, resources));
  }
  for (const [id, placements] of placed ?? []) {
    const slot = slotOf.get(id);
    if (slot !== undefined) room.place(slot, placements);
  }
  for (const [id, held] of ports ?? []) {
    const slot = slotOf.get(id);
    if (slot !== undefined) room.takePorts(slot, held);
  }
}

function planJob(room: Room, job: JobToPlan, seeded: Seeded, lent?: Lent): JobPlan {
  const presentBefore = presentBySlot(room.nodes, job.present);
  room.begin(presentBefore.keys());
  const candidates = new Candidates(room, job);
  const { ports } = candidates;
  const held = ports.map((port) => ({ port, job: job.id }));
  const portsBefore = ports.length === 0 ? null : room.clashing(ports);
  const present = new Map(presentBefore);
  const rank = rankOf(candidates, present);
  const next = chooser(candidates, rank, job, seeded);
  const placements: ProposedPlacement[] = [];
  let first: Choice | null = null;
  while (placements.length < job.instances) {
    const choice = next();
    if (choice === null) break;
    first ??= choice;
    const { slot } = choice;
    const presentThere = present.get(slot) ?? 0;
    const rating = rate(candidates.counted, slot, presentThere, room.placedAt(slot));
    room.take(slot, candidates.asked);
    if (candidates.isUntold) room.place(slot, 1);
    room.takePorts(slot, held);
    placements.push(describePlacement(candidates, choice, rating));
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
    reads: readsOf(candidates, {
      ...{ present: presentBefore, presentNow: present, lent, ports: portsBefore },
    }),
  };
}

/** By the total; of equal ones those with fewer placements first, and then the lowest id. */
function rankOf({ counted, room }: Candidates, present: ReadonlyMap<number, number>): Rank {
  const { countsPlacements } = room.ways;
  return (slot) => {
    const there = room.placedAt(slot);
    const { total } = rate(counted, slot, present.get(slot) ?? 0, there);
    return countsPlacements ? (total + 1) * mostPlaced - there : total;
  };
}

function chooser(
  candidates: Candidates,
  rank: Rank,
  { instances, seed }: JobToPlan,
  seeded: Seeded,
): () => Choice | null {
  const named = candidates.namedSlot();
  if (named !== null) return () => chooseNamed(named, candidates);
  const { count } = candidates.room.nodes;
  if (instances >= heapFrom) {
    const replicas = new Replicas(count, candidates, rank);
    return () => replicas.next();
  }
  const chance = seeded(seed);
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

import type { FilterCounts, Requirement } from '@oakring/contracts';
import type { FilterName } from '@oakring/placement';
import type { NodeColumns, Shape } from '../node-columns.js';
import type { Taken } from '../taken.js';

export interface Survey {
  readonly feasible: number;
  readonly filtered: FilterCounts;
  /** The slot that only capacity keeps from fitting and that lacks least; -1 without one. */
  readonly nearest: number;
  /** Nodes that pass every filter but capacity. */
  readonly qualified: number;
}

/**
 * Which nodes can take one more instance of a job: `whyNot` of the placement library, on columns.
 * What depends on a node's make alone is decided once per shape and remembered.
 */
export class Candidates {
  /** Feasible nodes that the last choice was made from. */
  feasibleSeen = 0;
  private readonly verdicts: (FilterName | null | undefined)[] = [];
  private readonly direct: string | null;
  private readonly conflictingDirect: boolean;

  constructor(
    private readonly nodes: NodeColumns,
    private readonly taken: Taken,
    private readonly requirement: Requirement,
    private readonly excluded: ReadonlySet<string>,
  ) {
    const named = requirement.constraints.flatMap((c) => (c.type === 'direct' ? [c.node] : []));
    this.direct = named[0] ?? null;
    this.conflictingDirect = named.some((id) => id !== named[0]);
  }

  /** The slot of the one node that the job names, or -1 if it is not there; null without a name. */
  namedSlot(): number | null {
    return this.direct === null ? null : (this.nodes.slotOf.get(this.direct) ?? -1);
  }

  fits(slot: number): boolean {
    return slot >= 0 && this.whyNot(slot) === null;
  }

  whyNot(slot: number): FilterName | null {
    const { nodes } = this;
    const id = nodes.ids[slot] ?? '';
    if (this.excluded.size > 0 && this.excluded.has(id)) return 'excluded';
    if (nodes.ready[slot] !== 1) return 'status';
    const verdict = this.verdictOf(nodes.shape[slot] ?? 0);
    if (verdict !== null) return verdict;
    if (this.direct !== null && (this.direct !== id || this.conflictingDirect)) return 'direct';
    const { cpuMillis, memoryMiB } = this.requirement.resources;
    if (this.cpuFree(slot) < cpuMillis) return 'capacity-cpu';
    if (this.memoryFree(slot) < memoryMiB) return 'capacity-memory';
    return null;
  }

  private cpuFree(slot: number): number {
    return (this.nodes.cpuFree[slot] ?? 0) - (this.taken.cpu[slot] ?? 0);
  }

  private memoryFree(slot: number): number {
    return (this.nodes.memoryFree[slot] ?? 0) - (this.taken.memory[slot] ?? 0);
  }

  private verdictOf(shape: number): FilterName | null {
    const known = this.verdicts[shape];
    if (known !== undefined) return known;
    const verdict = judgeShape(this.nodes.shapes[shape], this.requirement);
    this.verdicts[shape] = verdict;
    return verdict;
  }

  /** Looks at every node: the bounded full scan before a "no". */
  survey(): Survey {
    const filtered: Record<string, number> = {};
    let feasible = 0;
    let qualified = 0;
    let nearest = -1;
    let nearestLack = Number.POSITIVE_INFINITY;
    for (let slot = 0; slot < this.nodes.count; slot += 1) {
      const reason = this.whyNot(slot);
      if (reason === null) feasible += 1;
      else filtered[reason] = (filtered[reason] ?? 0) + 1;
      if (reason !== 'capacity-cpu' && reason !== 'capacity-memory') continue;
      qualified += 1;
      const lack = this.lackOf(slot);
      const isNearer =
        lack < nearestLack ||
        (lack === nearestLack && (this.nodes.ids[slot] ?? '') < (this.nodes.ids[nearest] ?? ''));
      if (isNearer) {
        nearest = slot;
        nearestLack = lack;
      }
    }
    return { feasible, filtered, nearest, qualified: qualified + feasible };
  }

  /** How far a node is from fitting: the larger share of the request that is missing, per mille. */
  private lackOf(slot: number): number {
    const { cpuMillis, memoryMiB } = this.requirement.resources;
    const cpu = Math.max(0, cpuMillis - this.cpuFree(slot));
    const memory = Math.max(0, memoryMiB - this.memoryFree(slot));
    return Math.max(perMille(cpu, cpuMillis), perMille(memory, memoryMiB));
  }
}

function perMille(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.ceil((part * 1000) / whole);
}

function judgeShape(shape: Shape | undefined, requirement: Requirement): FilterName | null {
  if (shape === undefined || !shape.technologies.includes(requirement.technology)) {
    return 'technology';
  }
  for (const constraint of requirement.constraints) {
    if (constraint.type === 'architecture' && constraint.architecture !== shape.architecture) {
      return 'architecture';
    }
  }
  for (const [label, value] of Object.entries(requirement.labels)) {
    if (shape.labels[label] !== value) return 'labels';
  }
  return null;
}

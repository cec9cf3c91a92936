import type { FilterCounts, Requirement } from '@oakring/contracts';
import { filterNames, hasLabel, type FilterName } from '@oakring/placement';
import type { NodeColumns, Shape } from '../node-columns.js';
import type { Room } from '../room.js';

/** Every node looked at when not one more instance fits: the bounded full scan before a "no". */
export interface Survey {
  readonly filtered: FilterCounts;
  /** The slot that only capacity keeps from fitting and that lacks the least share; -1 without one. */
  readonly nearest: number;
  /** Without such a slot: the first one that gets furthest through the filters, and where it fails. */
  readonly furthest: { readonly slot: number; readonly reason: FilterName } | null;
}

/**
 * Which nodes can take one more instance of a job: `whyNot` of the placement library, on columns.
 * What depends on a node's make alone is decided once per shape and remembered.
 */
export class Candidates {
  private readonly nodes: NodeColumns;
  private readonly verdicts: (FilterName | null | undefined)[] = [];
  private readonly direct: string | null;
  private readonly conflictingDirect: boolean;

  constructor(
    readonly room: Room,
    readonly requirement: Requirement,
    private readonly excluded: ReadonlySet<string>,
  ) {
    this.nodes = room.nodes;
    const named = requirement.constraints.flatMap((c) => (c.type === 'direct' ? [c.node] : []));
    this.direct = named[0] ?? null;
    this.conflictingDirect = named.some((id) => id !== named[0]);
  }

  /** The slot of the one node that the job names, or -1 if it is not there; null without a name. */
  namedSlot(): number | null {
    return this.direct === null ? null : (this.nodes.slotOf.get(this.direct) ?? -1);
  }

  whyNot(slot: number): FilterName | null {
    const { nodes } = this;
    const id = nodes.ids[slot] ?? '';
    if (this.excluded.size > 0 && this.excluded.has(id)) return 'excluded';
    if (nodes.ready[slot] === 0) return 'status';
    if (nodes.ready[slot] === 2) return 'closed';
    const verdict = this.verdictOf(nodes.shape[slot] ?? 0);
    if (verdict !== null) return verdict;
    if (this.direct !== null && (this.direct !== id || this.conflictingDirect)) return 'direct';
    const { cpuMillis, memoryMiB } = this.requirement.resources;
    if (this.room.cpuFree(slot) < cpuMillis) return 'capacity-cpu';
    if (this.room.memoryFree(slot) < memoryMiB) return 'capacity-memory';
    return null;
  }

  survey(): Survey {
    const filtered: Partial<Record<FilterName, number>> = {};
    let nearest = -1;
    let leastLack = Number.POSITIVE_INFINITY;
    let furthest: Survey['furthest'] = null;
    for (let slot = 0; slot < this.nodes.count; slot += 1) {
      const reason = this.whyNot(slot);
      if (reason === null) continue;
      count(filtered, reason);
      if (reason === 'capacity-cpu' || reason === 'capacity-memory') {
        const lack = this.lackOf(slot);
        // The first of equals stays: the lowest id.
        if (lack < leastLack) {
          nearest = slot;
          leastLack = lack;
        }
      } else if (furthest === null || isLater(reason, furthest.reason)) {
        furthest = { slot, reason };
      }
    }
    return { filtered, nearest, furthest };
  }

  private verdictOf(shape: number): FilterName | null {
    const known = this.verdicts[shape];
    if (known !== undefined) return known;
    const verdict = judgeShape(this.nodes.shapes[shape], this.requirement);
    this.verdicts[shape] = verdict;
    return verdict;
  }

  /** How far a node is from fitting: the larger share of the request that is missing, per mille. */
  private lackOf(slot: number): number {
    const { cpuMillis, memoryMiB } = this.requirement.resources;
    const cpu = Math.max(0, cpuMillis - this.room.cpuFree(slot));
    const memory = Math.max(0, memoryMiB - this.room.memoryFree(slot));
    return Math.max(perMille(cpu, cpuMillis), perMille(memory, memoryMiB));
  }
}

/** Whether a filter is looked at after another. */
function isLater(one: FilterName, other: FilterName): boolean {
  return filterNames.indexOf(one) > filterNames.indexOf(other);
}

export function count(filtered: Partial<Record<FilterName, number>>, reason: FilterName): void {
  filtered[reason] = (filtered[reason] ?? 0) + 1;
}

function perMille(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.ceil((part * 1000) / whole);
}

function judgeShape(shape: Shape | undefined, requirement: Requirement): FilterName | null {
  if (shape === undefined || !shape.technologies.includes(requirement.technology)) {
    return 'technology';
  }
  if (requirement.enforcesStop && !shape.enforcesStop) return 'stop-enforced';
  for (const constraint of requirement.constraints) {
    if (constraint.type === 'architecture' && constraint.architecture !== shape.architecture) {
      return 'architecture';
    }
  }
  for (const [label, value] of Object.entries(requirement.labels)) {
    if (!hasLabel(shape, label, value)) return 'labels';
  }
  return null;
}

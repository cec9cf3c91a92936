import { clash, type HeldPort, type ResourceKind } from '@oakring/contracts';
import type { NodeColumns } from './node-columns.js';
import type { Ways } from '../policies.js';
import { Looked } from './looked.js';

/** Of one resource, by slot: the columns of the copy, and what the plans of one call have left so far. */
export interface RoomColumn {
  readonly kind: ResourceKind;
  readonly capacity: Float64Array;
  readonly free: Float64Array;
  /** Free, and not taken by the plans of the call. */
  readonly left: Float64Array;
}

/** A resource that counts in the choice for a job, and how much an instance takes. */
export interface Counted {
  readonly column: RoomColumn;
  readonly wanted: number;
  /** In scores: what each placement there takes, as the next one will, where it reserves none of it. */
  readonly nominal: number;
}

const noAmounts = new Float64Array();
const none: readonly never[] = [];

/** The nodes with what the plans of one call have taken so far: the copy itself stays as it is. */
export class Room {
  /** By resource. */
  readonly columns: readonly RoomColumn[];
  /** What the job that is being planned looked at. */
  readonly looked: Looked;
  /** By slot: placements of the call so far that reserve none of something, less those that are lent. */
  readonly placed = new Map<number, number>();
  /** By slot: ports that the plans of the call have taken so far. */
  private readonly ports = new Map<number, readonly HeldPort[]>();
  /** Ports that the present job may have although they are held there: its predecessor's. */
  private lentPorts: { readonly slot: number; readonly ports: readonly string[] } | null = null;
  /** Where the present job has taken something: no more than the ledger will say of it. */
  private readonly own: number[] = [];

  constructor(
    readonly nodes: NodeColumns,
    readonly ways: Ways,
  ) {
    const { count, rules } = nodes;
    this.columns = Object.values(rules.kinds).map((kind, at) => {
      const free = nodes.free[at] ?? noAmounts;
      return { kind, capacity: nodes.capacity[at] ?? noAmounts, free, left: free.slice(0, count) };
    });
    this.looked = new Looked(nodes);
  }

  /** Another job is planned from here on; `present`: the slots where there are instances of it. */
  begin(present: Iterable<number>): void {
    this.looked.begin();
    for (const slot of this.own) this.looked.mayTell(slot);
    for (const slot of present) this.looked.mayTell(slot);
    this.own.length = 0;
  }

  free(resource: number, slot: number): number {
    const column = this.columns[resource];
    return column === undefined ? 0 : freeIn(column, slot);
  }

  /**
   * Resources that are not everywhere count where the job asks for them: others are not drawn to where
   * they are, nor away. Of one that is everywhere, and that the job reserves none of, an instance takes
   * some all the same: else whatever is there weighs nothing, and all that comes goes to one node.
   */
  countedFor(asked: readonly number[]): Counted[] {
    const counted: Counted[] = [];
    for (let at = 0; at < this.columns.length; at += 1) {
      const column = this.columns[at];
      const wanted = asked[at] ?? 0;
      if (column !== undefined && (column.kind.everywhere || wanted > 0)) {
        const isUnasked = wanted === 0 && this.ways.countsPlacements;
        counted.push({ column, wanted, nominal: isUnasked ? column.kind.requested : 0 });
      }
    }
    return counted;
  }

  /** How many placements there are. */
  placedAt(slot: number): number {
    const { nodes, placed } = this;
    return (nodes.placements[slot] ?? 0) + (placed.size === 0 ? 0 : (placed.get(slot) ?? 0));
  }

  /** So many placements that reserve none of something. */
  place(slot: number, placements: number): void {
    this.own.push(slot);
    this.placed.set(slot, (this.placed.get(slot) ?? 0) + placements);
  }

  /** Ports there that somebody else has. */
  heldAt(slot: number): readonly HeldPort[] {
    const here = this.nodes.ports[slot] ?? none;
    const taken = this.ports.get(slot) ?? none;
    const lent = this.lentPorts?.slot === slot ? this.lentPorts.ports : none;
    if (taken.length === 0 && lent.length === 0) return here;
    return [...here.filter(({ port }) => !lent.includes(port)), ...taken];
  }

  /** Of those that the plans of the call have taken so far: what clashes with these, by node. */
  clashing(ports: readonly string[]): ReadonlyMap<string, readonly HeldPort[]> {
    const found = new Map<string, readonly HeldPort[]>();
    for (const [slot, taken] of this.ports) {
      const here = taken.filter((each) => ports.some((port) => clash(each.port, port)));
      if (here.length > 0) found.set(this.nodes.ids[slot] ?? '', here);
    }
    return found;
  }

  takePorts(slot: number, ports: readonly HeldPort[]): void {
    if (ports.length > 0) this.ports.set(slot, [...(this.ports.get(slot) ?? none), ...ports]);
  }

  /** `amounts` by resource, in the order of the rules. */
  take(slot: number, amounts: readonly number[]): void {
    this.own.push(slot);
    for (let at = 0; at < amounts.length; at += 1) {
      const left = this.columns[at]?.left;
      if (left !== undefined) left[slot] = (left[slot] ?? 0) - (amounts[at] ?? 0);
    }
  }

  /**
   * What an instance holds is free while its successor is planned. The way back: what the successor
   * did not take is no one's before the instance has ended.
   */
  lend(slot: number, amounts: readonly number[], ports: readonly string[]): () => void {
    this.lentPorts = { slot, ports };
    const before = this.columns.map((column) => freeIn(column, slot));
    const placedBefore = this.placed.get(slot) ?? 0;
    this.take(
      slot,
      amounts.map((amount) => -amount),
    );
    this.place(slot, -1);
    return () => {
      this.lentPorts = null;
      this.placed.set(slot, Math.max(placedBefore, this.placed.get(slot) ?? 0));
      for (const [at, { left }] of this.columns.entries()) {
        left[slot] = Math.min(before[at] ?? 0, left[slot] ?? 0);
      }
    };
  }
}

export function freeIn({ left }: RoomColumn, slot: number): number {
  return left[slot] ?? 0;
}

export function takenIn({ free, left }: RoomColumn, slot: number): number {
  return (free[slot] ?? 0) - (left[slot] ?? 0);
}

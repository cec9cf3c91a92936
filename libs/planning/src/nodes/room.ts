import type { NodeColumns } from './node-columns.js';
import { Looked } from './looked.js';

/** Of one resource, by slot: the columns of the copy, and what the plans of one call have taken so far. */
export interface RoomColumn {
  readonly capacity: Float64Array;
  readonly free: Float64Array;
  readonly foreign: Float64Array;
  readonly taken: Float64Array;
}

const none = new Float64Array();

/** The nodes with what the plans of one call have taken so far: the copy itself stays as it is. */
export class Room {
  /** By resource. */
  readonly columns: readonly RoomColumn[];
  /** What the job that is being planned looked at. */
  readonly looked: Looked;

  constructor(readonly nodes: NodeColumns) {
    const { count, capacity, free, foreign } = nodes;
    this.columns = nodes.rules.resources.map((_name, at) => ({
      capacity: capacity[at] ?? none,
      free: free[at] ?? none,
      foreign: foreign[at] ?? none,
      taken: new Float64Array(count),
    }));
    this.looked = new Looked(count);
  }

  free(resource: number, slot: number): number {
    const column = this.columns[resource];
    return column === undefined ? 0 : freeIn(column, slot);
  }

  /** `amounts` by resource, in the order of the rules. */
  take(slot: number, amounts: readonly number[]): void {
    for (let at = 0; at < amounts.length; at += 1) {
      const column = this.columns[at]?.taken;
      if (column !== undefined) column[slot] = (column[slot] ?? 0) + (amounts[at] ?? 0);
    }
  }

  /**
   * What an instance holds is free while its successor is planned. The way back: what the successor
   * did not take is no one's before the instance has ended.
   */
  lend(slot: number, amounts: readonly number[]): () => void {
    const before = this.columns.map(({ taken }) => taken[slot] ?? 0);
    this.take(
      slot,
      amounts.map((amount) => -amount),
    );
    return () => {
      for (const [at, { taken }] of this.columns.entries()) {
        taken[slot] = Math.max(before[at] ?? 0, taken[slot] ?? 0);
      }
    };
  }
}

export function freeIn({ free, taken }: RoomColumn, slot: number): number {
  return (free[slot] ?? 0) - (taken[slot] ?? 0);
}

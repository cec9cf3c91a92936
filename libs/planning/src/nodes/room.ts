import type { NodeColumns } from './node-columns.js';

/** The nodes with what the plans of one call have taken so far: the copy itself stays as it is. */
export class Room {
  /** By resource, by slot. */
  private readonly taken: readonly Float64Array[];

  constructor(readonly nodes: NodeColumns) {
    this.taken = nodes.rules.resources.map(() => new Float64Array(nodes.count));
  }

  free(resource: number, slot: number): number {
    return (this.nodes.free[resource]?.[slot] ?? 0) - (this.taken[resource]?.[slot] ?? 0);
  }

  takenAt(resource: number, slot: number): number {
    return this.taken[resource]?.[slot] ?? 0;
  }

  /** `amounts` by resource, in the order of the rules. */
  take(slot: number, amounts: readonly number[]): void {
    for (let at = 0; at < amounts.length; at += 1) {
      const column = this.taken[at];
      if (column !== undefined) column[slot] = (column[slot] ?? 0) + (amounts[at] ?? 0);
    }
  }

  /**
   * What an instance holds is free while its successor is planned. The way back: what the successor
   * did not take is no one's before the instance has ended.
   */
  lend(slot: number, amounts: readonly number[]): () => void {
    const before = this.taken.map((column) => column[slot] ?? 0);
    this.take(
      slot,
      amounts.map((amount) => -amount),
    );
    return () => {
      for (const [at, column] of this.taken.entries()) {
        column[slot] = Math.max(before[at] ?? 0, column[slot] ?? 0);
      }
    };
  }
}

import type { NodeColumns } from './node-columns.js';

/** Of a slot where there is nothing to tell but what others use; of one where there may be. */
const nothing = 0;
const something = 1;
const firstMark = 2;
const largestMark = 255;

/**
 * Nodes whose room one job looked at and of which there may be more to tell than the ledger says: each
 * slot once, in the order of the first look. Kept for all jobs of a call: what the job before had marked
 * carries another mark, and nothing is cleared between them.
 */
export class Looked {
  /** The first `size` of them are this job's. */
  readonly slots: number[] = [];
  size = 0;
  private mark = firstMark;
  private readonly marks: Uint8Array;
  private readonly inUse: NodeColumns['inUse'];

  constructor({ count, inUse }: NodeColumns) {
    this.marks = new Uint8Array(count);
    this.inUse = inUse;
  }

  /** Another job is planned from here on. */
  begin(): void {
    this.size = 0;
    this.mark += 1;
    if (this.mark < largestMark) return;
    this.mark = firstMark;
    for (const [slot, mark] of this.marks.entries()) if (mark !== nothing) this.mayTell(slot);
  }

  /** From now on there may be something to tell. */
  mayTell(slot: number): void {
    this.marks[slot] = something;
  }

  look(slot: number): void {
    const mark = this.marks[slot];
    if (mark === this.mark || (mark === nothing && this.inUse[slot] === null)) return;
    this.marks[slot] = this.mark;
    this.slots[this.size] = slot;
    this.size += 1;
  }
}

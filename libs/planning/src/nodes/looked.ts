const largestMark = 255;

/**
 * The slots whose room one job looked at, each once, in the order of the first look. Kept for all jobs
 * of a call: what the job before had marked carries another mark, and nothing is cleared between them.
 */
export class Looked {
  /** The first `size` of them are this job's. */
  readonly slots: number[] = [];
  size = 0;
  private mark = 0;
  private readonly marks: Uint8Array;

  constructor(count: number) {
    this.marks = new Uint8Array(count);
  }

  /** Another job is planned from here on. */
  begin(): void {
    this.size = 0;
    if (this.mark === largestMark) {
      this.marks.fill(0);
      this.mark = 0;
    }
    this.mark += 1;
  }

  look(slot: number): void {
    if (this.marks[slot] === this.mark) return;
    this.marks[slot] = this.mark;
    this.slots[this.size] = slot;
    this.size += 1;
  }
}

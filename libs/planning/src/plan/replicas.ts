import type { FilterCounts } from '@oakring/contracts';
import { Counts, type Candidates } from './candidates.js';
import type { Choice } from './choice.js';
import type { Rank } from './choose.js';

interface Entry {
  readonly slot: number;
  rank: number;
}

/**
 * Many identical replicas: one scan finds the feasible nodes, a heap hands out the best one again
 * and again, ranked anew after each placement. Costs n + k·log n instead of n·k.
 */
export class Replicas {
  private readonly heap: Entry[] = [];
  private given: Entry | null = null;
  private readonly filtered: FilterCounts;

  constructor(
    nodeCount: number,
    private readonly candidates: Candidates,
    private readonly rank: Rank,
  ) {
    const counts = new Counts();
    for (let slot = 0; slot < nodeCount; slot += 1) {
      const failed = candidates.failure(slot);
      if (failed === null) this.heap.push({ slot, rank: rank(slot) });
      else counts.count(failed);
    }
    this.filtered = counts.byName;
    for (let at = (this.heap.length >> 1) - 1; at >= 0; at -= 1) this.sink(at);
  }

  /** The best node now; the caller has taken its resources before it asks again. */
  next(): Choice | null {
    this.settleGiven();
    const [best] = this.heap;
    if (best === undefined) return null;
    this.given = best;
    return { slot: best.slot, from: 'all', feasible: this.heap.length, filtered: this.filtered };
  }

  /** The node given last is at the top: it leaves if it is full, else it sinks to its new rank. */
  private settleGiven(): void {
    if (this.given === null) return;
    if (this.candidates.fits(this.given.slot)) {
      this.given.rank = this.rank(this.given.slot);
    } else {
      const last = this.heap.pop();
      if (last !== undefined && this.heap.length > 0) this.heap[0] = last;
    }
    this.given = null;
    if (this.heap.length > 1) this.sink(0);
  }

  private sink(from: number): void {
    let at = from;
    for (;;) {
      const left = 2 * at + 1;
      let best = at;
      if (this.isBetter(left, best)) best = left;
      if (this.isBetter(left + 1, best)) best = left + 1;
      if (best === at) return;
      this.swap(at, best);
      at = best;
    }
  }

  /** Equal ranks are settled by id, whose order is that of the slots. */
  private isBetter(candidate: number, than: number): boolean {
    const a = this.heap[candidate];
    const b = this.heap[than];
    if (a === undefined || b === undefined) return false;
    return a.rank === b.rank ? a.slot < b.slot : a.rank > b.rank;
  }

  private swap(one: number, other: number): void {
    const a = this.heap[one];
    const b = this.heap[other];
    if (a === undefined || b === undefined) return;
    this.heap[one] = b;
    this.heap[other] = a;
  }
}

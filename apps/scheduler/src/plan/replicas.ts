import type { Candidates } from './filters/candidates.js';
import type { NodeColumns } from './node-columns.js';

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
  private readonly feasible: number;

  constructor(
    private readonly nodes: NodeColumns,
    private readonly candidates: Candidates,
    private readonly rank: (slot: number) => number,
  ) {
    for (let slot = 0; slot < nodes.count; slot += 1) {
      if (candidates.fits(slot)) this.heap.push({ slot, rank: rank(slot) });
    }
    for (let at = (this.heap.length >> 1) - 1; at >= 0; at -= 1) this.sink(at);
    this.feasible = this.heap.length;
    candidates.feasibleSeen = this.feasible;
  }

  /** The best node now; the caller has taken its resources before it asks again. */
  next(): { slot: number; sampled: number } | null {
    this.settleGiven();
    const [best] = this.heap;
    if (best === undefined) return null;
    this.given = best;
    return { slot: best.slot, sampled: this.feasible };
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

  private isBetter(candidate: number, than: number): boolean {
    const a = this.heap[candidate];
    const b = this.heap[than];
    if (a === undefined || b === undefined) return false;
    if (a.rank !== b.rank) return a.rank > b.rank;
    return (this.nodes.ids[a.slot] ?? '') < (this.nodes.ids[b.slot] ?? '');
  }

  private swap(one: number, other: number): void {
    const a = this.heap[one];
    const b = this.heap[other];
    if (a === undefined || b === undefined) return;
    this.heap[one] = b;
    this.heap[other] = a;
  }
}

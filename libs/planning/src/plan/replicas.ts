import type { FilterCounts } from '@oakring/contracts';
import { Counts, type Candidates } from './candidates.js';
import type { Choice } from './choice.js';
import type { Rank } from './choose.js';

/**
 * Many identical replicas: one scan finds the feasible nodes, a heap hands out the best one again
 * and again, ranked anew after each placement. Costs n + k·log n instead of n·k.
 */
export class Replicas {
  /** Slots; the first `size` of them count. */
  private readonly heap: Int32Array;
  private size = 0;
  /** By slot. */
  private readonly ranks: Float64Array;
  /** The node given last is at the top. */
  private isGiven = false;
  private readonly filtered: FilterCounts;

  constructor(
    nodeCount: number,
    private readonly candidates: Candidates,
    private readonly rank: Rank,
  ) {
    const counts = new Counts();
    this.heap = new Int32Array(nodeCount);
    this.ranks = new Float64Array(nodeCount);
    for (let slot = 0; slot < nodeCount; slot += 1) {
      const failed = candidates.failure(slot);
      if (failed !== null) {
        counts.count(failed);
        continue;
      }
      this.ranks[slot] = rank(slot);
      this.heap[this.size] = slot;
      this.size += 1;
    }
    this.filtered = counts.byName;
    for (let at = (this.size >> 1) - 1; at >= 0; at -= 1) this.sink(at);
  }

  /** The best node now; the caller has taken its resources before it asks again. */
  next(): Choice | null {
    if (this.isGiven) this.settleGiven();
    this.isGiven = this.size > 0;
    if (!this.isGiven) return null;
    const slot = this.heap[0] ?? 0;
    return { slot, from: 'all', feasible: this.size, filtered: this.filtered };
  }

  /** It leaves if it is full, else it sinks to its new rank. */
  private settleGiven(): void {
    const slot = this.heap[0] ?? 0;
    if (this.candidates.fits(slot)) {
      this.ranks[slot] = this.rank(slot);
    } else {
      this.size -= 1;
      this.heap[0] = this.heap[this.size] ?? 0;
    }
    this.sink(0);
  }

  private sink(from: number): void {
    const { heap, size } = this;
    const slot = heap[from] ?? 0;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      const right = child + 1;
      if (right < size && this.isBetter(heap[right] ?? 0, heap[child] ?? 0)) child = right;
      const below = heap[child] ?? 0;
      if (!this.isBetter(below, slot)) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = slot;
  }

  /** Equal ranks are settled by id, whose order is that of the slots. */
  private isBetter(slot: number, than: number): boolean {
    const rank = this.ranks[slot] ?? 0;
    const other = this.ranks[than] ?? 0;
    return rank === other ? slot < than : rank > other;
  }
}

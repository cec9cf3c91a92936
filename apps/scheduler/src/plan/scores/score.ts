import type { Resources } from '@oakring/contracts';
import type { Room } from '../room.js';

/** Weights of the scores in the total; a decision's policy name stands for these numbers. */
const weights = { leastAllocated: 2, balance: 1, spread: 2 } as const;
const weightSum = weights.leastAllocated + weights.balance + weights.spread;

export interface Score {
  /** 0–100. */
  readonly total: number;
  readonly leastAllocated: number;
  readonly balance: number;
  readonly spread: number;
}

/**
 * How good a node is for an instance, each part 0–100 without a unit, integers only:
 * - leastAllocated: what stays free of CPU and memory, in percent of capacity, averaged;
 * - balance: 100 less the difference of the two shares, so that neither is stranded;
 * - spread: 100 / (1 + instances of the same job there).
 * Rated as if the instance were there: `resources` is what it will take, `present` how many
 * instances of its job the node has without it.
 */
export function scoreOf(room: Room, slot: number, present: number, resources: Resources): Score {
  const { cpuCapacity, memoryCapacity } = room.nodes;
  const cpu = freePercent(room.cpuFree(slot) - resources.cpuMillis, cpuCapacity[slot] ?? 0);
  const memory = freePercent(
    room.memoryFree(slot) - resources.memoryMiB,
    memoryCapacity[slot] ?? 0,
  );
  const leastAllocated = Math.floor((cpu + memory) / 2);
  const balance = 100 - Math.abs(cpu - memory);
  const spread = Math.floor(100 / (1 + present));
  const total = Math.floor(
    (weights.leastAllocated * leastAllocated +
      weights.balance * balance +
      weights.spread * spread) /
      weightSum,
  );
  return { total, leastAllocated, balance, spread };
}

function freePercent(free: number, capacity: number): number {
  return capacity <= 0 ? 0 : Math.floor((Math.max(0, free) * 100) / capacity);
}

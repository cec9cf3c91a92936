import { balance } from './balance.js';
import { leastAllocated } from './least-allocated.js';
import type { Rated, Score } from './score.js';
import { spread } from './spread.js';

/** By their names in a placement's scores. Never changed: they are on record. */
export const scores = { leastAllocated, balance, spread } satisfies Readonly<Record<string, Score>>;

/** What a placement is worth: each part from 0 to 100, and their weighted mean. */
export interface Rating {
  readonly total: number;
  readonly scores: Readonly<Record<keyof typeof scores, number>>;
}

const weight = leastAllocated.weight + balance.weight + spread.weight;

/** Written out (policy.spec.ts holds it to the list): every node of every plan is rated here. */
export function ratingOf(node: Rated): Rating {
  const parts = {
    leastAllocated: leastAllocated.rate(node),
    balance: balance.rate(node),
    spread: spread.rate(node),
  };
  const sum =
    leastAllocated.weight * parts.leastAllocated +
    balance.weight * parts.balance +
    spread.weight * parts.spread;
  return { total: Math.floor(sum / weight), scores: parts };
}

import type { Score } from './score.js';

/** What stays free, averaged. */
export const leastAllocated: Score = {
  weight: 2,
  rate: ({ average }) => average,
};

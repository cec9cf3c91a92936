import type { Score } from './score.js';

/** What stays free, averaged. */
export const leastAllocated: Score = {
  name: 'leastAllocated',
  weight: 2,
  rate({ shares }) {
    let sum = 0;
    for (let at = 0; at < shares.length; at += 1) sum += shares[at] ?? 0;
    return Math.floor(sum / shares.length);
  },
};

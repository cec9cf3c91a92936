import type { Score } from './score.js';

/** 100 less the difference of the shares: none of them is stranded. */
export const balance: Score = {
  weight: 1,
  rate: ({ least, most }) => 100 - (most - least),
};

import type { Score } from './score.js';

/** The fewer of the same job are there, the better. */
export const spread: Score = {
  weight: 2,
  rate: ({ present }) => Math.floor(100 / (1 + present)),
};

import type { Score } from './score.js';

/** 100 less the difference of the shares: none of them is stranded. */
export const balance: Score = {
  name: 'balance',
  weight: 1,
  rate({ shares }) {
    let least = 100;
    let most = 0;
    for (let at = 0; at < shares.length; at += 1) {
      const share = shares[at] ?? 0;
      if (share < least) least = share;
      if (share > most) most = share;
    }
    return 100 - (most - least);
  },
};

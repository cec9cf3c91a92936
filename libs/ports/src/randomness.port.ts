/** Chance as the code may see it: seedable, so that a run can be repeated. */
export interface Randomness {
  /** A uniform integer in `[0, bound)`; `bound` from 1 to 2^32. */
  integer(bound: number): number;
}

/** How often a worker sends each of its lists. */
export const periodMs = 2_000;
/** One that is slower has no rhythm: each of its lists comes after a silence. */
export const slowestMs = 5 * periodMs;

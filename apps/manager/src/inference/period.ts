/** How often a worker sends each of its lists. */
export const periodMs = 2_000;

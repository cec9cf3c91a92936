import type { Randomness } from './randomness.port.js';

/** How long what failed waits before it is tried again: a time that doubles with each failure. */
export interface Backoff {
  readonly firstMs: number;
  readonly mostMs: number;
}

/** The longest wait after so many failures in a row, from 1. */
export function ceilingMs(failures: number, { firstMs, mostMs }: Backoff): number {
  return Math.min(mostMs, firstMs * 2 ** Math.min(Math.max(0, failures - 1), 30));
}

/**
 * Anything up to the ceiling: for many that failed at once, so that what comes back is not met by all
 * of them together (Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
 */
export function fullJitterMs(failures: number, backoff: Backoff, randomness: Randomness): number {
  return randomness.integer(ceilingMs(failures, backoff) + 1);
}

/** Half of the ceiling and anything up to the other half: never at once, never in step. */
export function halfJitterMs(failures: number, backoff: Backoff, randomness: Randomness): number {
  const half = Math.ceil(ceilingMs(failures, backoff) / 2);
  return half + randomness.integer(half + 1);
}

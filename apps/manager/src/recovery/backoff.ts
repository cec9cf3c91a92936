import type { Randomness } from '@oakring/ports';

interface Backoff {
  readonly firstMs: number;
  readonly mostMs: number;
}

/**
 * Exponential back-off with full jitter: a uniform wait below `first · 2^(failures − 1)`, capped.
 * Source: Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 */
export function fullJitterMs(failures: number, backoff: Backoff, randomness: Randomness): number {
  return randomness.integer(ceilingMs(failures, backoff) + 1);
}

/** The longest wait after so many failures. */
export function ceilingMs(failures: number, { firstMs, mostMs }: Backoff): number {
  return Math.min(mostMs, firstMs * 2 ** Math.min(Math.max(0, failures - 1), 30));
}

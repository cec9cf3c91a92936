import type { Randomness } from '@oakring/ports';

/**
 * Exponential back-off with full jitter: a uniform wait below `first · 2^(failures − 1)`, capped.
 * Source: Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 */
export function fullJitterMs(
  failures: number,
  { firstMs, mostMs }: { readonly firstMs: number; readonly mostMs: number },
  randomness: Randomness,
): number {
  const ceilingMs = Math.min(mostMs, firstMs * 2 ** Math.min(Math.max(0, failures - 1), 30));
  return randomness.integer(ceilingMs + 1);
}

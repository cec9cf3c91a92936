import type { Randomness } from '@oakring/ports';

const firstCeilingMs = 200;
const highestCeilingMs = 5_000;
/** After being displaced: long enough that two managers do not push each other off in turns. */
const displacedMs = 30_000;

/**
 * How long to wait before the next attempt. `failures`: attempts and links that failed running, from
 * 1. Exponential back-off with full jitter: the whole span is drawn from, so that a broker that comes
 * back is not met by everyone at once (AWS Architecture Blog, "Exponential Backoff And Jitter").
 */
export function reconnectDelayMs(failures: number, randomness: Randomness): number {
  const ceiling = Math.min(highestCeilingMs, firstCeilingMs * 2 ** Math.min(failures - 1, 16));
  return randomness.integer(ceiling + 1);
}

/** After having been displaced: between half and the whole of a long time. */
export function displacedDelayMs(randomness: Randomness): number {
  return displacedMs / 2 + randomness.integer(displacedMs / 2);
}

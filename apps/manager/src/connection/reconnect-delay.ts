import { fullJitterMs, type Randomness } from '@oakring/ports';

const reconnectBackoff = { firstMs: 200, mostMs: 5_000 };
/** After being displaced: long enough that two managers do not push each other off in turns. */
const displacedMs = 30_000;

/**
 * How long to wait before the next attempt. `failures`: attempts and links that failed running, from
 * 1. A broker that comes back is not met by everyone at once.
 */
export function reconnectDelayMs(failures: number, randomness: Randomness): number {
  return fullJitterMs(failures, reconnectBackoff, randomness);
}

/** After having been displaced: between half and the whole of a long time. */
export function displacedDelayMs(randomness: Randomness): number {
  return displacedMs / 2 + randomness.integer(displacedMs / 2);
}

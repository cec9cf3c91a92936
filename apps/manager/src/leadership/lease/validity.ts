/**
 * How long a lease holds while renewals are quick. Counted by its holder from before a renewal was
 * first sent, by candidates from when they first read it: the former ends first, whatever is lost.
 */
export const leastValidMs = 2_000;
/** However slow the store is: nobody waits longer for a leader that died. */
export const mostValidMs = 10_000;
/** Renewals that fit into a validity. */
const renewalsWithin = 4;
/** Of so many renewals the slowest counts: about five seconds of quick ones make it short again. */
const remembered = 8;

/**
 * How long the next renewal is to hold. Slow is not away: a store that takes 1.5 s for each write
 * would let a lease of 2 s run out again and again, though every renewal lands.
 */
export class Validity {
  private readonly tookMs: number[] = [];

  /** What the renewal that is sent now states. */
  get statedMs(): number {
    return boundedMs(renewalsWithin * Math.max(0, ...this.tookMs));
  }

  /** A renewal landed; this long after it was sent we knew. */
  landed(tookMs: number): void {
    this.tookMs.push(tookMs);
    if (this.tookMs.length > remembered) this.tookMs.shift();
  }
}

/** What a record states, as its holder and all candidates take it. */
export function boundedMs(statedMs: number): number {
  return Math.min(mostValidMs, Math.max(leastValidMs, Math.ceil(statedMs)));
}

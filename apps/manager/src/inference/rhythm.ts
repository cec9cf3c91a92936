import { periodMs, slowestMs } from './period.js';

/** Rounds of lists by which a rhythm is told. */
const roundsSeen = 4;
/** Rounds of one rhythm differ by no more. */
const steady = 0.8;
/** Up to here it is the rhythm that every worker begins with. */
const usualMs = 1.25 * periodMs;

/**
 * How far apart a worker's lists come, learnt from those that came: a slow one (a device under load, a longer
 * interval in its configuration) is known by four rounds in a row that are alike, which no backlog is. Of
 * each round it is the longest time between two lists: where one of several stays away that does not grow.
 */
export class Rhythm {
  periodMs = periodMs;
  private lastMs: number | null = null;
  private readonly gaps: number[] = [];

  /** A list has come, of a worker that sends so many in a round. */
  note(nowMs: number, lists: number): void {
    if (this.lastMs !== null) this.gaps.push(nowMs - this.lastMs);
    this.lastMs = nowMs;
    while (this.gaps.length > roundsSeen * lists) this.gaps.shift();
    const newestMs = Math.max(0, ...this.gaps.slice(-lists));
    // As it was, within a half: a single late list is no new rhythm.
    const goesOn = newestMs <= 1.5 * this.periodMs && newestMs * 1.5 >= this.periodMs;
    this.periodMs = this.learnt(lists) ?? (goesOn ? this.periodMs : periodMs);
  }

  /** What comes next is of no rhythm. */
  forget(): void {
    this.lastMs = null;
    this.gaps.length = 0;
    this.periodMs = periodMs;
  }

  /** How far apart the newest rounds came; null: too few are known. */
  roundsOf(lists: number): { readonly shortestMs: number; readonly longestMs: number } | null {
    if (this.gaps.length < roundsSeen * lists) return null;
    let [shortestMs, longestMs] = [Number.POSITIVE_INFINITY, 0];
    for (let from = 0; from < this.gaps.length; from += lists) {
      const roundMs = Math.max(...this.gaps.slice(from, from + lists));
      shortestMs = Math.min(shortestMs, roundMs);
      longestMs = Math.max(longestMs, roundMs);
    }
    return { shortestMs, longestMs };
  }

  private learnt(lists: number): number | null {
    const rounds = this.roundsOf(lists);
    if (rounds === null) return null;
    const { shortestMs, longestMs } = rounds;
    if (shortestMs < steady * longestMs || longestMs > slowestMs) return null;
    return longestMs <= usualMs ? periodMs : longestMs;
  }
}

import { periodMs, slowestMs } from './period.js';
import { Rhythm } from './rhythm.js';

/** What comes in this time after a silence was kept meanwhile, and comes in any order. */
const shuffledMs = periodMs;
/** What comes so soon after a registration was sent by the start before. */
const formerMs = 1_000;
/** Lists whose times are remembered: two of each of so many runtimes. */
const maxTimes = 64;

/**
 * The pace of a node's lists: whether what they show is how it is just now.
 *
 * unheard → (a list) → shuffled → (2 s later) → calm → (one and a half of its periods without a list, 3 s
 * of most workers; or a connection broke) → unheard. A worker that has just started has nothing to shuffle: its first list is calm. Only calm lists
 * count, and they are counted anew from each disturbance on.
 */
export class Pace {
  /** Number of the newest disturbance. */
  disturbance = 0;
  /** Calm lists since then. */
  count = 0;
  private readonly times: number[] = [];
  private readonly rhythm = new Rhythm();
  private lastMs: number | null = null;
  private calmFromMs = Number.POSITIVE_INFINITY;

  constructor(
    /** Monotonic: when its worker registered; null: it is heard of in the middle of its life. */
    private startedMs: number | null,
  ) {}

  /** How far apart its lists come. */
  get periodMs(): number {
    return this.rhythm.periodMs;
  }

  /** One of its so many lists has come; true: it counts. */
  list(nowMs: number, lists: number): boolean {
    if (this.startedMs !== null && nowMs - this.startedMs < formerMs) return false;
    this.rhythm.note(nowMs, lists);
    if (this.lastMs === null || nowMs - this.lastMs > this.silenceMs) {
      this.disturbance += 1;
      this.count = 0;
      this.times.length = 0;
      this.calmFromMs = this.startedMs === null ? nowMs + shuffledMs : nowMs;
      this.startedMs = null;
    }
    this.lastMs = nowMs;
    if (nowMs < this.calmFromMs) return false;
    this.count += 1;
    this.times.push(nowMs);
    if (this.times.length > maxTimes) this.times.shift();
    return true;
  }

  isCalm(nowMs: number): boolean {
    return (
      this.lastMs !== null && nowMs - this.lastMs <= this.silenceMs && nowMs >= this.calmFromMs
    );
  }

  /** A list came then or since, and nothing was disturbed. */
  isHeardSince(ms: number): boolean {
    return this.lastMs !== null && this.lastMs >= ms;
  }

  /** A connection between us broke: what comes next comes after a silence. */
  break(): void {
    this.lastMs = null;
    this.rhythm.forget();
  }

  /**
   * Whether the newest `lists` have come at their own pace: within two periods. When one of several lists
   * stays away, its place is taken by others, and they take longer.
   */
  isComplete(lists: number): boolean {
    const [first, last] = [this.times.at(-lists), this.times.at(-1)];
    if (lists > maxTimes || first === undefined || last === undefined) return false;
    return last - first <= 2.2 * this.periodMs;
  }

  /** What is wrong with how the worker's so many lists come; null: nothing, or too few are known to say. */
  troubleAt(nowMs: number, lists: number): string | null {
    const rounds = this.rhythm.roundsOf(lists);
    const silentMs = nowMs - (this.lastMs ?? nowMs);
    if (silentMs > slowestMs && silentMs > 2 * (rounds?.longestMs ?? 0)) {
      return `have not come for ${secondsOf(silentMs)} s`;
    }
    if (rounds === null || rounds.longestMs <= this.silenceMs) return null;
    const [shortest, longest] = [secondsOf(rounds.shortestMs), secondsOf(rounds.longestMs)];
    return shortest === longest
      ? `come ${longest} s apart`
      : `come ${shortest} to ${longest} s apart`;
  }

  /** So long without a list is a silence. */
  private get silenceMs(): number {
    return 1.5 * this.periodMs;
  }
}

function secondsOf(ms: number): string {
  return (ms / 1_000).toFixed(1);
}

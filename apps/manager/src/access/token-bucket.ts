export interface Rate {
  /** What may come at once. */
  readonly burst: number;
  readonly perSecond: number;
}

/** Lets through what comes at a rate, and a burst at once. It may be in debt: what was taken is settled later. */
export class TokenBucket {
  private level: number;

  constructor(
    private readonly rate: Rate,
    private atMs: number,
  ) {
    this.level = rate.burst;
  }

  hasAny(nowMs: number): boolean {
    return this.levelAt(nowMs) > 0;
  }

  isFull(nowMs: number): boolean {
    return this.levelAt(nowMs) >= this.rate.burst;
  }

  /** Negative: gives back. */
  take(amount: number): void {
    this.level = Math.min(this.rate.burst, this.level - amount);
  }

  private levelAt(nowMs: number): number {
    const gained = ((nowMs - this.atMs) * this.rate.perSecond) / 1_000;
    this.level = Math.min(this.rate.burst, this.level + gained);
    this.atMs = nowMs;
    return this.level;
  }
}

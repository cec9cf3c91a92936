/** Upper bounds in seconds of what takes from microseconds to seconds: deciding, planning, an append. */
export const quickSeconds = [
  0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5,
  10,
] as const;

/** Of what people, machines and networks are waited for: a start, an acknowledgement. */
export const slowSeconds = [
  0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1_800,
] as const;

/**
 * How often something took how long, in plain numbers: an observation is a few comparisons and makes no
 * garbage, so it may stand where every command passes. It is made a histogram when it is scraped.
 */
export class Distribution {
  /** Of each bound those up to it and above the one before; last those above all bounds. */
  readonly counts: Float64Array;
  sum = 0;
  count = 0;

  constructor(readonly bounds: readonly number[]) {
    this.counts = new Float64Array(bounds.length + 1);
  }

  /** Below nothing counts as nothing: times of two clocks may say so. */
  observe(value: number): void {
    const { bounds, counts } = this;
    let at = 0;
    while (at < bounds.length && value > (bounds[at] ?? 0)) at += 1;
    counts[at] = (counts[at] ?? 0) + 1;
    this.sum += Math.max(0, value);
    this.count += 1;
  }
}

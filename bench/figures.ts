/** What a benchmark found, a line each: what was measured → figure. */
export type Figures = Readonly<Record<string, string | number>>;

/** Times or shares that were measured, from the smallest to the largest. */
export function sortedNumbers(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}

/** As figures have it: `p50 / p99`. */
export function middleAndTail(times: readonly number[]): string {
  const sorted = sortedNumbers(times);
  return [0.5, 0.99].map((share) => percentile(sorted, share).toFixed(1)).join(' / ');
}

export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

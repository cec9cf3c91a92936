import type { Clock } from '../clock.port.js';

/** The last line of a program's log: that it ended, why, and after how long. */
export class LastWords {
  private readonly startedMs: number;
  private asked: { readonly why: string; readonly atMs: number } | null = null;

  constructor(private readonly clock: Clock) {
    this.startedMs = clock.monotonicMs();
  }

  /** Why it begins to end; only the first reason counts. */
  ending(why: string): void {
    this.asked ??= { why, atMs: this.clock.monotonicMs() };
  }

  /** Null: nobody asked for an end, and whoever throws says why. */
  get line(): string | null {
    if (this.asked === null) return null;
    const { why, atMs } = this.asked;
    const ranMs = atMs - this.startedMs;
    const stopMs = this.clock.monotonicMs() - atMs;
    return `ended: ${why}, after ${seconds(ranMs)} s; to stop took ${seconds(stopMs)} s`;
  }
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(1);
}

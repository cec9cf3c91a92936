import type { Timer, Timers } from '@oakring/ports';

const defaultPeriodMs = 2_000;
/** Periods out of these bounds are not believed. */
const boundsMs = { least: 100, most: 60_000 };

/** Readings at the pace that the manager asks for. */
export class ReadingPace {
  private periodMs = defaultPeriodMs;
  private timer: Timer | null = null;

  constructor(
    private readonly timers: Timers,
    private readonly report: () => void,
  ) {}

  /** A reading now and every period; `again`: also where the pace is the one already kept. */
  start(periodMs: number | null, again: boolean): void {
    const { least, most } = boundsMs;
    const isBelieved = periodMs !== null && periodMs >= least && periodMs <= most;
    const isNew = isBelieved && periodMs !== this.periodMs;
    if (isBelieved) this.periodMs = periodMs;
    if (!isNew && !again) return;
    this.stop();
    this.timer = this.timers.every(this.periodMs, this.report);
    this.report();
  }

  stop(): void {
    this.timer?.cancel();
    this.timer = null;
  }
}

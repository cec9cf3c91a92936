import type { Timer, Timers } from '@oakring/ports';

/** A state lists everything: one in this time says all that changed meanwhile. */
const atMostEveryMs = 100;

/** Reports at the first change at once, and after that once for all that changes in a while. */
export class StateNews {
  private resting: Timer | null = null;
  private isDue = false;

  constructor(
    private readonly timers: Timers,
    private readonly report: () => void,
  ) {}

  changed(): void {
    if (this.resting !== null) {
      this.isDue = true;
      return;
    }
    this.isDue = false;
    this.resting = this.timers.after(atMostEveryMs, () => {
      this.resting = null;
      if (this.isDue) this.changed();
    });
    this.report();
  }

  /** Nobody listens any more; a state is reported when somebody does again. */
  stop(): void {
    this.resting?.cancel();
    this.resting = null;
    this.isDue = false;
  }
}

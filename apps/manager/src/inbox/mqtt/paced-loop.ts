import { Logger } from '@nestjs/common';
import type { Timers } from '@oakring/ports';

/**
 * Work at our pace: woken from the outside, it takes turns until nothing is left, and lets waiting
 * input in between two turns. One turn at a time.
 *
 * resting → (wake) → working: turn, pause, turn … → (nothing left) → resting.
 */
export class PacedLoop {
  private working: Promise<void> | null = null;

  constructor(
    private readonly timers: Timers,
    /** Whether there is something to do. */
    private readonly waits: () => boolean,
    /** Does a bounded part of it. */
    private readonly turn: () => Promise<void>,
  ) {}

  /** Cheap enough to be called for every message. */
  wake(): void {
    this.working ??= this.work();
  }

  /** Resolves when nothing is left. */
  async drained(): Promise<void> {
    await this.working;
  }

  private async work(): Promise<void> {
    do {
      await new Promise<void>((resume) => this.timers.soon(resume));
      try {
        await this.turn();
      } catch (error) {
        // A turn answers for its own failures; one that gets here must not stop the next.
        new Logger(PacedLoop.name).error(error);
      }
    } while (this.waits());
    this.working = null;
  }
}

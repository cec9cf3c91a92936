import type { Timer, Timers } from '@oakring/ports';

const beatMs = 1_000;

/**
 * Whether anything comes from the other end of a link. Counted in beats, each with a question to the
 * other end: a process that stood still counts one beat for all that time, and has not been silent.
 */
export class Pulse {
  private beats = 0;
  private timer: Timer | null = null;

  /** How long nothing was heard, milliseconds. */
  get silentMs(): number {
    return this.beats * beatMs;
  }

  /** Asks once a second from now on; `beat` is told how long nothing was heard. */
  start(timers: Timers, beat: (silentMs: number) => void): void {
    this.beats = 0;
    this.timer ??= timers.every(beatMs, () => {
      this.beats += 1;
      beat(this.silentMs);
    });
  }

  heard(): void {
    this.beats = 0;
  }

  stop(): void {
    this.timer?.cancel();
    this.timer = null;
  }
}

import type { Ports, Timer } from '@oakring/ports';

const repeatMs = { first: 1_000, most: 30_000 };

/** Repeats the registration, later each time and never in step with others, until it is answered. */
export class Announcing {
  private timer: Timer | null = null;

  constructor(
    private readonly ports: Pick<Ports, 'timers' | 'randomness'>,
    private readonly announce: () => void,
  ) {}

  start(attempt = 1): void {
    this.stop();
    this.announce();
    const ceilingMs = Math.min(repeatMs.most, repeatMs.first * 2 ** Math.min(attempt - 1, 10));
    const delayMs = ceilingMs / 2 + this.ports.randomness.integer(ceilingMs / 2);
    this.timer = this.ports.timers.after(delayMs, () => this.start(attempt + 1));
  }

  stop(): void {
    this.timer?.cancel();
    this.timer = null;
  }
}

import { halfJitterMs, type Ports, type Timer } from '@oakring/ports';

const repeatBackoff = { firstMs: 1_000, mostMs: 30_000 };

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
    const delayMs = halfJitterMs(attempt, repeatBackoff, this.ports.randomness);
    this.timer = this.ports.timers.after(delayMs, () => this.start(attempt + 1));
  }

  stop(): void {
    this.timer?.cancel();
    this.timer = null;
  }
}

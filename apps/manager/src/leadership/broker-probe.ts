import type { Ports } from '@oakring/ports';

/** An attempt that succeeded counts for so long: one look of a follower takes seconds on a slow store. */
const freshForMs = 5_000;
const tryEveryMs = 1_000;

/**
 * Whether a manager that does not lead reaches the MQTT broker. Looked at in the background: who
 * follows must not stand still for a broker that does not answer.
 */
export class BrokerProbe {
  private reachedMs = Number.NEGATIVE_INFINITY;
  private triedMs = Number.NEGATIVE_INFINITY;
  private isTrying = false;

  constructor(
    /** One connection, under a name of its own: resolves whether the broker took it. */
    private readonly attempt: () => Promise<boolean>,
    private readonly ports: Pick<Ports, 'clock'>,
  ) {}

  /** What the newest attempt found, if that was just now; begins another one otherwise. */
  reaches(): boolean {
    const nowMs = this.ports.clock.monotonicMs();
    const isReached = nowMs - this.reachedMs < freshForMs;
    const isDue = !isReached && nowMs - this.triedMs >= tryEveryMs;
    if (isDue && !this.isTrying) this.look(nowMs);
    return isReached;
  }

  private look(nowMs: number): void {
    this.isTrying = true;
    this.triedMs = nowMs;
    void this.attempt()
      .catch(() => false)
      .then((reached) => {
        this.isTrying = false;
        if (reached) this.reachedMs = this.ports.clock.monotonicMs();
      });
  }
}

import { OakringError } from '@oakring/contracts';
import type { Clock } from '@oakring/ports';

/** Publications without their PUBACK, and their bytes: what one connection may have under way. */
const maxUnconfirmed = 20_000;
const maxUnconfirmedBytes = 32 * 1_048_576;

/** `unheard`: the broker has it, and says that nobody listens for it. */
export type Delivery = 'unheard' | void;

type Done = (error?: Error | null, delivery?: Delivery) => void;

interface Publication {
  readonly bytes: number;
  readonly takenMs: number;
  isSent: boolean;
  readonly resolve: (delivery: Delivery) => void;
  readonly reject: (error: OakringError) => void;
}

/** What was handed to one connection and is not confirmed: each is settled once, whatever happens. */
export class Publications {
  private readonly open = new Set<Publication>();
  /** As many as the broker takes without having confirmed them (MQTT 5, Receive Maximum); the rest wait here. */
  mostAtOnce = maxUnconfirmed;
  private atOnce = 0;
  private readonly waiting: (() => void)[] = [];
  /** The largest that was sent and not confirmed; 0 when all were. */
  largestLostBytes = 0;
  private bytes = 0;

  constructor(private readonly clock: Clock) {}

  /** How long the oldest of them has waited, milliseconds. */
  get overdueMs(): number {
    const [oldest] = this.open;
    return oldest === undefined ? 0 : this.clock.monotonicMs() - oldest.takenMs;
  }

  /** Why another publication of `bytes` cannot be taken; null when it can. */
  refusal(bytes: number): OakringError | null {
    if (this.open.size < maxUnconfirmed && this.bytes + bytes <= maxUnconfirmedBytes) return null;
    return new OakringError({
      code: 'overloaded',
      detail: `${this.open.size} messages of ${this.bytes} bytes wait for the broker already.`,
    });
  }

  /**
   * `send` is called in its turn, at once as a rule, and calls back when the broker has the message, or with an
   * error. `unconfirmed`: no PUBACK comes (QoS 0), so that it has no turn to wait for.
   */
  take(bytes: number, send: (done: Done) => void, { unconfirmed = false } = {}): Promise<Delivery> {
    return new Promise((resolve, reject) => {
      const takenMs = this.clock.monotonicMs();
      const publication = { bytes, takenMs, isSent: unconfirmed, resolve, reject };
      this.open.add(publication);
      this.bytes += bytes;
      if (unconfirmed) return send((error) => this.settle(publication, error ?? null));
      this.waiting.push(() => {
        publication.isSent = true;
        send((error, delivery) => {
          this.atOnce -= 1;
          this.settle(publication, error ?? null, delivery);
          this.sendWaiting();
        });
      });
      this.sendWaiting();
    });
  }

  /** The connection is gone: what was not confirmed will not be. */
  abandon(reason: string): void {
    this.waiting.length = 0;
    const error = new Error(reason);
    for (const publication of this.open) this.settle(publication, error);
  }

  private sendWaiting(): void {
    while (this.atOnce < this.mostAtOnce) {
      const send = this.waiting.shift();
      if (send === undefined) return;
      this.atOnce += 1;
      send();
    }
  }

  private settle(publication: Publication, error: Error | null, delivery?: Delivery): void {
    if (!this.open.delete(publication)) return;
    this.bytes -= publication.bytes;
    if (error === null) return publication.resolve(delivery);
    if (publication.isSent) {
      this.largestLostBytes = Math.max(this.largestLostBytes, publication.bytes);
    }
    publication.reject(unreachable(error.message));
  }
}

export function unreachable(reason: string): OakringError {
  return new OakringError({
    code: 'broker-unreachable',
    detail: `The message did not reach the broker: ${reason}.`,
  });
}

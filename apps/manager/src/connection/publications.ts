import { OakringError } from '@oakring/contracts';
import type { Clock } from '@oakring/ports';

/** Publications without their PUBACK, and their bytes: what one connection may have under way. */
const maxUnconfirmed = 20_000;
const maxUnconfirmedBytes = 32 * 1_048_576;

interface Publication {
  readonly bytes: number;
  readonly sentMs: number;
  readonly resolve: () => void;
  readonly reject: (error: OakringError) => void;
}

/** What was handed to one connection and is not confirmed: each is settled once, whatever happens. */
export class Publications {
  private readonly open = new Set<Publication>();
  /** The largest that was not confirmed; 0 when all were. */
  largestLostBytes = 0;
  private bytes = 0;

  constructor(private readonly clock: Clock) {}

  /** How long the oldest of them has waited, milliseconds. */
  get overdueMs(): number {
    const [oldest] = this.open;
    return oldest === undefined ? 0 : this.clock.monotonicMs() - oldest.sentMs;
  }

  /** Why another publication of `bytes` cannot be taken; null when it can. */
  refusal(bytes: number): OakringError | null {
    if (this.open.size < maxUnconfirmed && this.bytes + bytes <= maxUnconfirmedBytes) return null;
    return new OakringError({
      code: 'overloaded',
      detail: `${this.open.size} messages of ${this.bytes} bytes wait for the broker already.`,
    });
  }

  /** `send` is called at once and calls back when the broker has the message, or with an error. */
  take(bytes: number, send: (done: (error?: Error | null) => void) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const publication = { bytes, sentMs: this.clock.monotonicMs(), resolve, reject };
      this.open.add(publication);
      this.bytes += bytes;
      send((error) => this.settle(publication, error ?? null));
    });
  }

  /** The connection is gone: what was not confirmed will not be. */
  abandon(reason: string): void {
    const error = new Error(reason);
    for (const publication of this.open) this.settle(publication, error);
  }

  private settle(publication: Publication, error: Error | null): void {
    if (!this.open.delete(publication)) return;
    this.bytes -= publication.bytes;
    if (error === null) return publication.resolve();
    this.largestLostBytes = Math.max(this.largestLostBytes, publication.bytes);
    publication.reject(unreachable(error.message));
  }
}

export function unreachable(reason: string): OakringError {
  return new OakringError({
    code: 'broker-unreachable',
    detail: `The message did not reach the broker: ${reason}.`,
  });
}

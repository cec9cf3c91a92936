import type { JsonObject } from '@oakring/contracts';

/**
 * Which leadership speaks: a message of one that was followed by another is not obeyed. Epochs are
 * those of one ledger. Which one counts is said by the answer to our registration alone: whoever sends
 * orders of another one is either outdated, or has not answered us yet.
 */
export class HighestEpoch {
  highest = 0;

  /** `ledger`: identity of the ledger that was followed last; null: not known. */
  constructor(
    private readonly start: { readonly incarnation: number },
    public ledger: string | null = null,
  ) {}

  /** What a message of ours says of itself: by which start, in whose service. */
  get spoken(): { readonly incarnation: number; readonly ledger?: string } {
    const { ledger, start } = this;
    const { incarnation } = start;
    return ledger === null ? { incarnation } : { incarnation, ledger };
  }

  /** False for a message below the highest seen; raises it. What a message does not say is let through. */
  isCurrent({ epoch, ledger }: { readonly epoch?: unknown; readonly ledger?: unknown }): boolean {
    if (this.isOther(ledger)) return false;
    if (typeof ledger === 'string') this.ledger = ledger;
    if (typeof epoch !== 'number' || !Number.isSafeInteger(epoch)) return true;
    if (epoch < this.highest) return false;
    this.highest = epoch;
    return true;
  }

  isOther(ledger: unknown): boolean {
    return typeof ledger === 'string' && this.ledger !== null && ledger !== this.ledger;
  }

  /** An answer to a registration: are we accepted by who leads another ledger than before? */
  follow({ accepted, incarnation = this.start.incarnation, ledger }: JsonObject): boolean {
    if (accepted !== true || incarnation !== this.start.incarnation) return false;
    if (!this.isOther(ledger)) return false;
    this.ledger = String(ledger);
    this.highest = 0;
    return true;
  }

  complaint(kind: string, { epoch, ledger }: { epoch?: unknown; ledger?: unknown }): string {
    return this.isOther(ledger)
      ? `${kind} of another ledger (${String(ledger)}) than the one we are registered with`
      : `${kind} of epoch ${String(epoch)}, below ${this.highest}`;
  }
}

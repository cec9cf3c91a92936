import type { Registered } from '@oakring/contracts';
import type { Heard, Spoken } from '@oakring/contracts/native';

/** Which leadership of which ledger, as far as a message says it. */
type Said = Pick<Heard<Spoken>, 'epoch'> & { readonly ledger?: string | null };

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
  isCurrent({ epoch, ledger }: Said): boolean {
    if (this.isOther(ledger)) return false;
    if (typeof ledger === 'string') this.ledger = ledger;
    if (epoch === null) return true;
    if (epoch < this.highest) return false;
    this.highest = epoch;
    return true;
  }

  isOther(ledger: Said['ledger']): boolean {
    return typeof ledger === 'string' && this.ledger !== null && ledger !== this.ledger;
  }

  /** An answer to a registration: are we accepted by who leads another ledger than before? */
  follow({ accepted, incarnation, ledger }: Heard<Registered>): boolean {
    if (accepted !== true || !this.isOther(ledger)) return false;
    if ((incarnation ?? this.start.incarnation) !== this.start.incarnation) return false;
    this.ledger = ledger;
    this.highest = 0;
    return true;
  }

  complaint(kind: string, { epoch, ledger }: Said): string {
    return this.isOther(ledger)
      ? `${kind} of another ledger (${String(ledger)}) than the one we are registered with`
      : `${kind} of epoch ${String(epoch)}, below ${this.highest}`;
  }
}

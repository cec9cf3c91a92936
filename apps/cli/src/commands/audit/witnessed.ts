import { witnessedTo, writeVerifierKey, type Cosigned, type VerifierKey } from '@oakring/events';
import { CommandFailure, exitCodes } from '../../exit-codes.js';

/** What was found, as far as witnesses matter. */
interface Shown {
  readonly from: number;
  readonly to: number;
  /** The newest position that there is anything to witness at. */
  readonly newsAt: number;
  readonly cosigned: readonly Cosigned[];
}

/** What a reader is told of the witnesses that he named, by the cosignatures within. */
export class Witnessed {
  /** As many as were demanded saw everything up to here; 0: nothing. */
  readonly to: number;
  /** Names of those that saw as much, or more. */
  readonly by: readonly string[];

  private constructor(
    private readonly shown: Shown,
    witnesses: readonly VerifierKey[],
    readonly quorum: number,
  ) {
    this.to = witnessedTo(shown.cosigned, witnesses, quorum);
    const least = Math.max(1, this.to);
    const seen = new Map(shown.cosigned.map(({ witness, position }) => [witness, position]));
    this.by = witnesses
      .filter((key) => (seen.get(writeVerifierKey(key, 'cosignature')) ?? 0) >= least)
      .map(({ name }) => name);
  }

  /** Null: nobody is named, or what they cosigned is named beside it (`--known`). */
  static of(
    shown: Shown,
    {
      known,
      witness = [],
      quorum = witness.length,
    }: {
      readonly known?: string | undefined;
      readonly witness?: readonly VerifierKey[];
      readonly quorum?: number;
    },
  ): Witnessed | null {
    if (witness.length === 0 || known !== undefined) return null;
    return new Witnessed(shown, witness, quorum);
  }

  /** As `Found.standing` has it, of seals. */
  get standing(): 'witnessed' | 'unwitnessed-tail' | 'unwitnessed' {
    const { from, newsAt } = this.shown;
    if (this.to === 0 || this.to < from || newsAt === 0) return 'unwitnessed';
    return this.to >= newsAt ? 'witnessed' : 'unwitnessed-tail';
  }

  lines(): readonly string[] {
    const { from, to } = this.shown;
    const upTo = Math.min(this.to, to);
    const saw = `by ${this.by.join(', ') || 'nobody'} (${this.quorum} demanded)`;
    switch (this.standing) {
      case 'witnessed':
        return [`witnessed: positions ${from}–${upTo}, ${saw}`];
      case 'unwitnessed-tail':
        return [
          `witnessed: positions ${from}–${upTo}, ${saw}`,
          `NOT WITNESSED: positions ${upTo + 1}–${to}`,
        ];
      case 'unwitnessed':
        return [`NOT WITNESSED: positions ${from}–${to} have been seen ${saw}`];
    }
  }

  /** Ends the command where too few of them saw what is shown. */
  demand(): void {
    const { from, to } = this.shown;
    switch (this.standing) {
      case 'witnessed':
        return;
      case 'unwitnessed':
        throw new CommandFailure(
          `NOT WITNESSED: ${this.by.length} of the ${this.quorum} witnesses that are demanded cosigned positions ${from}–${to}.`,
          exitCodes.refused,
        );
      case 'unwitnessed-tail':
        throw new CommandFailure(
          `witnessed up to position ${this.to} only: positions ${this.to + 1}–${to} were not seen by ${this.quorum} of the witnesses yet.`,
          exitCodes.unsealedTail,
        );
    }
  }
}

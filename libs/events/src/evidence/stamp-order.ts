import type { Problem } from '../log/damage.js';
import { recentCheckpoints } from './stated-cosignature.js';

/** Which checkpoints a ledger's stamps are of, in the order of the log. What a token says is another's work. */
export class StampOrder {
  private recent: readonly number[] = [];
  private stampedTo = 0;

  /** A checkpoint was stated. */
  stated(position: number): void {
    this.recent = [...this.recent.slice(1 - recentCheckpoints), position];
  }

  take({ position }: { readonly position: number }): Problem | null {
    const named = `the stamp of position ${position}`;
    if (!this.recent.includes(position)) {
      const detail = `${named}: none of the ${recentCheckpoints} checkpoints before it seals that`;
      return { rule: 'T1', detail };
    }
    return this.takeUnshown({ position });
  }

  /** The same of a checkpoint that is not shown. */
  takeUnshown({ position }: { readonly position: number }): Problem | null {
    const named = `the stamp of position ${position}`;
    if (position <= this.stampedTo) {
      return { rule: 'T1', detail: `${named}: one of position ${this.stampedTo} came before it` };
    }
    this.stampedTo = position;
    return null;
  }
}

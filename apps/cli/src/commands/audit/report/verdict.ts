import type { Damage, LedgerReport, Standing } from '@oakring/events';
import { demandTrust, statusOf, verdictLines, type Found } from '../verdict.js';
import { CommandFailure, exitCodes } from '../../../exit-codes.js';
import { damageLine } from '../store.js';

/** What the ledger behind a report was found to be, and on whose word that rests. */
export interface Verdict {
  /** As `audit verify` has it; `unverified`: a manager told it. */
  readonly status: string;
  readonly standing: Standing | null;
  /** For people; the first says it all. */
  readonly lines: readonly string[];
  /** Fails where trust was asked for and is not proven, or something is damaged. */
  demand(): void;
}

/** `trust`: the one key that the reader trusts; null: whichever founded the ledger. */
export function verdictOf(report: LedgerReport, trust: string | null): Verdict {
  const { head, standing, warnings } = report;
  const found: Found = { from: Math.min(1, head.position), to: head.position, ...report };
  const status = statusOf(found, trust);
  const said = `${status}: positions ${found.from}–${found.to}, head ${head.hash}`;
  const warned = warnings.map((warning) => `warning: ${warning}`);
  return {
    ...{ status, standing },
    lines: [said, ...verdictLines(found, trust), ...warned],
    demand: () => demandTrust(found, trust),
  };
}

/** `position`: how far it is whole. */
export function damagedAt(damage: Damage, position: number): Verdict {
  const line = damageLine(damage);
  return {
    ...{ status: 'damaged', standing: null },
    lines: [
      line,
      `What follows is told of positions ${Math.min(1, position)}–${position} before it.`,
    ],
    demand: () => {
      throw new CommandFailure(line, exitCodes.refused);
    },
  };
}

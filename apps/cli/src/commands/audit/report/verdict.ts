import type { Damage, LedgerReport } from '@oakring/events';
import { counted } from '../../../render/measures.js';
import { damageLine } from '../store.js';

/** What the ledger behind a report was found to be, and on whose word that rests. */
export interface Verdict {
  readonly status: 'whole' | 'unsealed' | 'damaged' | 'unverified';
  /** For people; the first says it all. */
  readonly lines: readonly string[];
}

/** `trust`: the one key that the reader trusts; null: whichever founded the ledger. */
export function verdictOf(
  report: LedgerReport,
  damage: Damage | null,
  trust: string | null,
): Verdict {
  const { head, sealedTo, warnings } = report;
  if (damage !== null) {
    const until = `What follows is told of positions 1–${head.position} before it.`;
    return { status: 'damaged', lines: [damageLine(damage), until] };
  }
  const whole = `whole: positions ${Math.min(1, head.position)}–${head.position}, head ${head.hash}`;
  const rests = `It rests on ${basisOf(report, trust)}`;
  const sealed =
    sealedTo === 0
      ? 'No seal by a key that counts covers any of it.'
      : `Sealed by a key that counts up to position ${sealedTo} (${counted(report.seals, 'seal')} in all)` +
        (sealedTo < head.position ? `; what is behind it is under no seal yet.` : '.');
  const warned = warnings.map((warning) => `warning: ${warning}`);
  const status = sealedTo === 0 ? 'unsealed' : 'whole';
  return { status, lines: [whole, sealed, rests, ...warned] };
}

function basisOf({ keys }: LedgerReport, trust: string | null): string {
  if (trust !== null) return `key ${trust}, which the reader named with --trust.`;
  const [founding] = keys
    .filter(({ counted: spans }) => spans.length > 0)
    .sort((a, b) => (a.counted[0]?.from ?? 0) - (b.counted[0]?.from ?? 0));
  return founding === undefined
    ? 'nobody’s word: no key counts.'
    : `the founding key ${founding.fingerprint}, by the ledger’s own word: compare it with the ` +
        'fingerprint that you know, or name that with --trust.';
}

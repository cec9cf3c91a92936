import type { Standing } from '@oakring/events';
import { InvalidArgumentError } from 'commander';
import { CommandFailure, exitCodes } from '../../exit-codes.js';

/** What was found whole, and on whose word. */
export interface Found {
  readonly from: number;
  readonly to: number;
  readonly standing: Standing;
  /** The last position under a seal by a key that counts; 0: none is. */
  readonly sealedTo: number;
  /** The key from which the others count; null: it was not presented. */
  readonly root: string | null;
  /** Of a bundle without a checkpoint there are none, and nothing follows from that. */
  readonly keys: readonly object[];
}

/** `--trust`: a word that can be no fingerprint is a mistake of the one who types. */
export function fingerprint(text: string): string {
  if (/^[0-9a-f]{64}$/.test(text)) return text;
  throw new InvalidArgumentError(
    'A fingerprint is 64 hexadecimal digits in lower case, as "oakring audit keys" shows it.',
  );
}

/** What is newest has no seal yet, in any ledger that goes on. */
const sealsComeText = 'A manager seals what is new once a minute, and when it stops';

/** What a program is told in `status`: nothing is `whole` of which the one who asked for trust has no proof. */
export function statusOf({ standing }: Found, trust: string | null): string {
  if (trust === null || standing === 'sealed') return 'whole';
  return standing === 'unsealed' ? 'unproven' : 'unsealed-tail';
}

/** Lines for a person: what is signed, by whose word, and what is not. */
export function verdictLines(found: Found, trust: string | null): string[] {
  const { from, to, sealedTo, standing, root } = found;
  const lines: string[] = [];
  if (standing !== 'unsealed') {
    const upTo = Math.min(sealedTo, to);
    const named =
      trust === null
        ? `the founding key, which is named by nobody but the ledger itself: name the one you trust with --trust`
        : 'the key that you trust';
    lines.push(`sealed: positions ${from}–${upTo}, on the word of key ${root ?? 'none'}, ${named}`);
  }
  if (standing === 'sealed') return lines;
  const first = standing === 'unsealed' ? from : sealedTo + 1;
  const nobodys = `NOT SEALED: positions ${first}–${to}. No key that counts has signed them: whoever could write them could have changed them`;
  if (to < first) lines.push('NOT SEALED: there is nothing');
  else lines.push(standing === 'unsealed' ? nobodys : `${nobodys}. ${sealsComeText}`);
  return lines;
}

/** Ends the command where trust was asked for and is not proven. */
export function demandTrust(found: Found, trust: string | null): void {
  if (trust === null) return;
  const { from, to, root, standing, sealedTo, keys } = found;
  if (to === 0) {
    throw new CommandFailure('not proven: the ledger is empty.', exitCodes.refused);
  }
  if (root === null && keys.length > 0) {
    const detail = `No key with the fingerprint ${trust} was presented there.`;
    throw new CommandFailure(
      `${detail} "oakring audit verify" without --trust lists those that were.`,
      exitCodes.usage,
    );
  }
  switch (standing) {
    case 'sealed':
      return;
    case 'unsealed':
      throw new CommandFailure(
        `not proven: no seal by a key that counts from ${trust} on covers positions ${from}–${to}.`,
        exitCodes.refused,
      );
    case 'unsealed-tail':
      throw new CommandFailure(
        `proven up to position ${sealedTo} only: nobody has sealed positions ${sealedTo + 1}–${to} yet. ${sealsComeText}.`,
        exitCodes.unsealedTail,
      );
  }
}

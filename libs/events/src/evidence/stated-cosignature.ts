import { base64Of, bytesOfBase64, bytesOfHex, hexOf } from '@oakring/crypto';
import type { Problem } from '../log/damage.js';
import { verifyCosignature } from './cosignature.js';
import { noteAlgorithms, noteKeyId, type NoteSignature, type SignedNote } from './signed-note.js';
import { readVerifierKey, type VerifierKey, writeVerifierKey } from './verifier-key.js';

/** So many of the newest checkpoints may be cosigned, and named by who judges a key: more take their place. */
export const recentCheckpoints = 8;

/** A cosignature as a ledger and a bundle have it: it can be checked with nothing but the checkpoint. */
export interface StatedCosignature {
  /** The witness's verifier key: its name on the note, and its key. */
  readonly witness: string;
  /** What stands after that name on the note's line: id of the key, time and signature, base64. */
  readonly signature: string;
}

/** Why it is none over this text; null: it is. */
export function cosignatureProblem(
  text: string,
  { witness, signature }: StatedCosignature,
): string | null {
  const key = readVerifierKey(witness, 'cosignature');
  if (key === null) return 'its witness is no verifier key of one';
  const bytes = bytesOfBase64(signature);
  const keyId = noteKeyId(key.name, key.publicKey, noteAlgorithms.cosignature);
  if (bytes === null || keyId === null || hexOf(bytes.slice(0, 4)) !== keyId) {
    return `it does not begin with the id of ${key.name}'s key`;
  }
  const line: NoteSignature = { name: key.name, keyId, bytes: bytes.slice(4) };
  const check = verifyCosignature({ text, signatures: [line] }, key);
  switch (check.status) {
    case 'cosigned':
      return null;
    case 'refused':
      return check.reason;
    case 'absent':
      return `${key.name} did not cosign it`;
  }
}

/** What the witness with this key says on a note, to be stated; null: nothing. Nothing is verified by it. */
export function statedCosignature(
  { signatures }: SignedNote,
  key: VerifierKey,
): StatedCosignature | null {
  const keyId = noteKeyId(key.name, key.publicKey, noteAlgorithms.cosignature);
  const line = signatures.find((each) => each.name === key.name && each.keyId === keyId);
  if (line === undefined) return null;
  const signature = base64Of(Uint8Array.of(...bytesOfHex(line.keyId), ...line.bytes));
  return { witness: writeVerifierKey(key, 'cosignature'), signature };
}

interface Shown {
  readonly position: number;
  readonly text: string;
  readonly witnesses: Set<string>;
}

/** The cosignatures of a ledger, in the order of the log. Keeps the newest checkpoints, and a number a witness. */
export class Cosignatures {
  private recent: Shown[] = [];
  private readonly upTo = new Map<string, number>();

  /** A checkpoint was stated. */
  stated(position: number, { text }: SignedNote): void {
    this.recent = [
      ...this.recent.slice(1 - recentCheckpoints),
      { position, text, witnesses: new Set() },
    ];
  }

  take({ position, ...stated }: StatedCosignature & { readonly position: number }): Problem | null {
    const { witness } = stated;
    const shown = this.recent.findLast((each) => each.position === position);
    if (shown === undefined) {
      const detail = `no checkpoint of ${position} commits is one of the ${recentCheckpoints} before it`;
      return { rule: 'S4', detail };
    }
    const reason = cosignatureProblem(shown.text, stated);
    if (reason !== null) return { rule: 'S5', detail: reason };
    if (shown.witnesses.has(witness)) {
      return {
        rule: 'S4',
        detail: `${witness} cosigned the checkpoint of ${position} commits already`,
      };
    }
    shown.witnesses.add(witness);
    this.upTo.set(witness, Math.max(position, this.upTo.get(witness) ?? 0));
    return null;
  }

  /** Of each witness, by its verifier key: up to where it saw this ledger. */
  list(): readonly Cosigned[] {
    return Array.from(this.upTo, ([witness, position]) => ({ witness, position }));
  }
}

export interface Cosigned {
  readonly witness: string;
  readonly position: number;
}

/** Up to where at least `quorum` of these witnesses saw it: who cosigns a tree saw all that it grew out of. */
export function witnessedTo(
  cosigned: readonly Cosigned[],
  witnesses: readonly VerifierKey[],
  quorum: number,
): number {
  const named = new Set(witnesses.map((key) => writeVerifierKey(key, 'cosignature')));
  const seen = cosigned.filter(({ witness }) => named.has(witness)).map(({ position }) => position);
  return seen.sort((a, b) => b - a)[quorum - 1] ?? 0;
}

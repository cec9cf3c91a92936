import { base64Of, bytesOfBase64, isSigned } from '@oakring/crypto';
import { noteAlgorithms, noteKeyId, type NoteSignature, type SignedNote } from './signed-note.js';

/** Says with its signature that it saw this checkpoint continue the ones before (a witness). */
export interface Cosigner {
  readonly name: string;
  readonly publicKey: string;
  sign(text: string): string;
}

export type CosignatureCheck =
  /** `at`: seconds since 1970, by the witness's clock. */
  | { readonly status: 'cosigned'; readonly at: number }
  | { readonly status: 'absent' }
  | { readonly status: 'refused'; readonly reason: string };

const timestampBytes = 8;
const signatureBytes = 64;

/**
 * The signature line that a witness adds to a checkpoint (c2sp.org/tlog-cosignature, Ed25519). `at`:
 * seconds since 1970. Whether the tree grew out of what it saw before is for the witness to have checked.
 */
export function cosign({ text }: SignedNote, cosigner: Cosigner, at: number): NoteSignature {
  const { name, publicKey, sign } = cosigner;
  const keyId = noteKeyId(name, publicKey, noteAlgorithms.cosignature);
  if (keyId === null || !Number.isSafeInteger(at) || at < 0) {
    throw new TypeError(`${name} cannot cosign at ${at}: no Ed25519 key, or no time`);
  }
  const bytes = new Uint8Array(timestampBytes + signatureBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(at));
  bytes.set(bytesOfBase64(sign(cosignedText(text, at))) ?? [], timestampBytes);
  return { name, keyId, bytes };
}

/** What the witness with this name and key says of the note. */
export function verifyCosignature(
  { text, signatures }: SignedNote,
  { name, publicKey }: Pick<Cosigner, 'name' | 'publicKey'>,
): CosignatureCheck {
  const keyId = noteKeyId(name, publicKey, noteAlgorithms.cosignature);
  if (keyId === null) return { status: 'refused', reason: `${name} has no Ed25519 key` };
  const found = signatures.find((each) => each.name === name && each.keyId === keyId);
  if (found === undefined) return { status: 'absent' };
  const { bytes } = found;
  if (bytes.length !== timestampBytes + signatureBytes) {
    return { status: 'refused', reason: `the cosignature of ${name} has ${bytes.length} bytes` };
  }
  const at = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0);
  // The format takes more, and no clock shows it.
  if (at > BigInt(Number.MAX_SAFE_INTEGER)) {
    return { status: 'refused', reason: `the cosignature of ${name} is of second ${at}` };
  }
  const signature = base64Of(bytes.slice(timestampBytes));
  return isSigned(cosignedText(text, Number(at)), publicKey, signature)
    ? { status: 'cosigned', at: Number(at) }
    : { status: 'refused', reason: `${name} did not cosign this` };
}

function cosignedText(text: string, at: number): string {
  return `cosignature/v1\ntime ${at}\n${text}`;
}

import {
  base64Of,
  bytesOfBase64,
  bytesOfHex,
  ed25519BytesOf,
  hexOf,
  isSigned,
  sha256OfBytes,
} from '@oakring/crypto';

/** A signature line of a note: who signed, and what. */
export interface NoteSignature {
  readonly name: string;
  /** The first four bytes, in hexadecimal: with the name they say which key and which algorithm. */
  readonly keyId: string;
  /** What follows them: of the plain Ed25519 form the signature alone. */
  readonly bytes: Uint8Array;
}

/** A text signed by one or more keys (c2sp.org/signed-note). */
export interface SignedNote {
  /** With its last line feed, without the blank line. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

export type ReadNote =
  | { readonly status: 'note'; readonly note: SignedNote }
  | { readonly status: 'refused'; readonly reason: string };

/** Algorithms of c2sp.org/signed-note that are spoken here. */
export const noteAlgorithms = { ed25519: 0x01, cosignature: 0x04 } as const;
type NoteAlgorithm = (typeof noteAlgorithms)[keyof typeof noteAlgorithms];

/** At least 16 must be taken; a log, its keys in turn, and its witnesses are fewer. */
const maxSignatures = 64;
const maxCharacters = 65_536;
const keyIdBytes = 4;
const notInNames = /[\p{White_Space}+]/u;
const signatureLine = /^— ([^ ]+) ([A-Za-z0-9+/]+={0,2})$/u;

/**
 * Reads a note in its one form, and says why where it is not: well-formed Unicode without control
 * characters, signature lines to the end, base 64 with nothing left over, no key that signs twice.
 * Nothing is verified by it.
 */
export function readNote(content: string): ReadNote {
  const reason = problemOfText(content);
  if (reason !== null) return { status: 'refused', reason };
  const blank = content.lastIndexOf('\n\n');
  if (blank < 0) return refused('no blank line parts a text from signatures');
  const lines = content.slice(blank + 2, -1).split('\n');
  if (lines.length > maxSignatures) return refused(`it has more than ${maxSignatures} signatures`);
  const signatures: NoteSignature[] = [];
  const seen = new Set<string>();
  for (const [index, line] of lines.entries()) {
    const signature = signatureOf(line);
    if (signature === null) return refused(`its signature line ${index + 1} is none`);
    const key = `${signature.name} ${signature.keyId}`;
    if (seen.has(key)) return refused(`key ${signature.keyId} of ${signature.name} signs twice`);
    seen.add(key);
    signatures.push(signature);
  }
  return { status: 'note', note: { text: content.slice(0, blank + 1), signatures } };
}

/** The note as a text. Throws a TypeError where `readNote` would refuse it. */
export function writeNote({ text, signatures }: SignedNote): string {
  const content = noteContent(text, signatures);
  const read = readNote(content);
  if (read.status === 'refused') throw new TypeError(`refused to write a note: ${read.reason}`);
  if (read.note.text !== text) throw new TypeError('refused to write a note: its text has no end');
  return content;
}

/** As `writeNote`, for who reads it back himself. */
export function noteContent(text: string, signatures: readonly NoteSignature[]): string {
  const lines = signatures.map(
    ({ name, keyId, bytes }) =>
      `— ${name} ${base64Of(Uint8Array.of(...bytesOfHex(keyId), ...bytes))}\n`,
  );
  return `${text}\n${lines.join('')}`;
}

/** SHA-256(name ‖ 0x0A ‖ algorithm ‖ public key)[:4], in hexadecimal; null when it is no key. */
export function noteKeyId(
  name: string,
  publicKey: string,
  algorithm: NoteAlgorithm,
): string | null {
  const key = ed25519BytesOf(publicKey);
  if (key === null) return null;
  const named = new TextEncoder().encode(`${name}\n`);
  return sha256OfBytes(Uint8Array.of(...named, algorithm, ...key)).slice(0, 2 * keyIdBytes);
}

/** Whether a note may be signed under this name. */
export function isNoteName(name: string): boolean {
  return name !== '' && name.isWellFormed() && !notInNames.test(name) && !hasControls(name);
}

/** Signs a note's text under a name. `sign` gives the Ed25519 signature of a text, in base64. */
export function noteSignature(
  text: string,
  name: string,
  { publicKey, sign }: { readonly publicKey: string; sign(text: string): string },
): NoteSignature {
  const keyId = noteKeyId(name, publicKey, noteAlgorithms.ed25519);
  const bytes = bytesOfBase64(sign(text));
  if (keyId === null || bytes === null) throw new TypeError(`${name} signs with no Ed25519 key`);
  return { name, keyId, bytes };
}

/** Whether the key signed the note under this name, plainly (Ed25519, algorithm 0x01). */
export function isNoteSignedBy(
  { text, signatures }: SignedNote,
  name: string,
  publicKey: string,
): boolean {
  const keyId = noteKeyId(name, publicKey, noteAlgorithms.ed25519);
  const signed = signatures.find((each) => each.name === name && each.keyId === keyId);
  return signed !== undefined && isSigned(text, publicKey, base64Of(signed.bytes));
}

function signatureOf(line: string): NoteSignature | null {
  const [, name = '', encoded = ''] = signatureLine.exec(line) ?? [];
  const bytes = bytesOfBase64(encoded);
  if (!isNoteName(name) || bytes === null || bytes.length <= keyIdBytes) return null;
  return { name, keyId: hexOf(bytes.slice(0, keyIdBytes)), bytes: bytes.slice(keyIdBytes) };
}

function problemOfText(content: string): string | null {
  if (content.length > maxCharacters) return `it is longer than ${maxCharacters} characters`;
  if (!content.isWellFormed()) return 'it has half a character (an unpaired surrogate)';
  if (hasControls(content)) return 'it has control characters';
  return content.endsWith('\n') ? null : 'it does not end with a line feed';
}

/** Below U+0020, but for the line feed. */
function hasControls(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x20 && code !== 0x0a) return true;
  }
  return false;
}

function refused(reason: string): ReadNote {
  return { status: 'refused', reason };
}

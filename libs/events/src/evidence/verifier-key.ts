import { base64Of, bytesOfBase64, ed25519BytesOf, ed25519KeyOfBytes } from '@oakring/crypto';
import { isNoteName, noteAlgorithms, noteKeyId } from './signed-note.js';

/** A key by which notes are signed, and under which name: what is configured as one word (c2sp.org/signed-note). */
export interface VerifierKey {
  readonly name: string;
  /** SPKI, DER, base64. */
  readonly publicKey: string;
}

type Role = keyof typeof noteAlgorithms;

/** `<name>+<key id>+<base 64 of algorithm and key>`. Throws a TypeError when it is no such name or key. */
export function writeVerifierKey({ name, publicKey }: VerifierKey, role: Role): string {
  const key = ed25519BytesOf(publicKey);
  const keyId = noteKeyId(name, publicKey, noteAlgorithms[role]);
  if (key === null || keyId === null || !isNoteName(name)) {
    throw new TypeError(`${name} is no name of a note's key, or has no Ed25519 key`);
  }
  return `${name}+${keyId}+${base64Of(Uint8Array.of(noteAlgorithms[role], ...key))}`;
}

/** The key in its one form; null: it is none for this role. `cosignature`: a witness's, `ed25519`: a log's. */
export function readVerifierKey(text: string, role: Role): VerifierKey | null {
  const [name = '', keyId = '', ...encoded] = text.split('+');
  // Base 64 has the sign as well.
  const bytes = bytesOfBase64(encoded.join('+'));
  if (bytes?.length !== 33 || bytes[0] !== noteAlgorithms[role] || !isNoteName(name)) return null;
  const publicKey = ed25519KeyOfBytes(bytes.slice(1));
  return noteKeyId(name, publicKey, noteAlgorithms[role]) === keyId ? { name, publicKey } : null;
}

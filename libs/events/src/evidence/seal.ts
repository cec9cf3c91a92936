import { ed25519KeyOf, fingerprintOf, isSigned } from '@oakring/crypto';
import { canonicalJson, type JsonObject } from '../text/canonical-json.js';

/** What a seal states: this is where the log of this cluster stood. */
export interface SealStatement {
  readonly clusterId: string;
  readonly position: number;
  /** Of the commit at `position`. */
  readonly hash: string;
  /** Of the Merkle tree over the hashes of commits 1 to `position`. */
  readonly merkleRoot: string;
  readonly epoch: number;
}

/** What an endorsement or a revocation states about a key. */
export interface KeyStatement {
  readonly clusterId: string;
  readonly verdict: 'endorsed' | 'revoked';
  readonly fingerprint: string;
}

/** A key that signs: Ed25519. */
export interface SigningKey {
  readonly fingerprint: string;
  /** SPKI, DER, base64. */
  readonly publicKey: string;
  sign(statement: SealStatement | KeyStatement): string;
}

/** Told apart in the signed text, so that one kind of statement never passes for another. */
const formats = { seal: 'oakring-seal-1', key: 'oakring-key-1' } as const;

/** The key in a PEM text (PKCS #8). Throws when it is none, or not Ed25519. */
export function signingKeyOf(pem: string): SigningKey {
  const { publicKey, sign } = ed25519KeyOf(pem);
  return {
    fingerprint: fingerprintOf(publicKey),
    publicKey,
    sign: (statement) => sign(signedText(statement)),
  };
}

/** The bytes that are signed: RFC 8785 JSON of the statement and its `format`, UTF-8. */
export function signedText(statement: SealStatement | KeyStatement): string {
  const format = 'position' in statement ? formats.seal : formats.key;
  return canonicalJson({ format, ...statement } as JsonObject);
}

/** Whether the holder of the public key signed the statement. Never throws. */
export function isSignedBy(
  statement: SealStatement | KeyStatement,
  publicKey: string,
  signature: string,
): boolean {
  return isSigned(signedText(statement), publicKey, signature);
}

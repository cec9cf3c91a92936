import { ed25519KeyOf, fingerprintOf, isSigned } from '@oakring/crypto';
import { canonicalJson, type JsonObject } from '../text/canonical-json.js';

/** What a seal of schema 5 and before states: this is where the log stood. Checkpoints came after it. */
export interface SealStatement {
  readonly clusterId: string;
  readonly position: number;
  /** Of the commit at `position`. */
  readonly hash: string;
  /** Of the Merkle tree over the hashes of commits 1 to `position`. */
  readonly merkleRoot: string;
  readonly epoch: number;
}

/**
 * What an endorsement or a revocation states about a key, and where its signer stood: a tree that he
 * saw, so that it is made about this history and is told from a statement made before.
 */
export interface KeyStatement extends UnplacedKeyStatement {
  /** Size of the tree. */
  readonly position: number;
  readonly merkleRoot: string;
}

/** The same as schema 5 and before had it: for ever, and so again by whoever has its signature. */
export interface UnplacedKeyStatement {
  readonly clusterId: string;
  readonly verdict: 'endorsed' | 'revoked';
  readonly fingerprint: string;
}

type Statement = SealStatement | KeyStatement | UnplacedKeyStatement;

/** A key that signs: Ed25519. */
export interface SigningKey {
  readonly fingerprint: string;
  /** SPKI, DER, base64. */
  readonly publicKey: string;
  /** Signature of the text's UTF-8 bytes, base64. */
  sign(text: string): string;
}

/** The key in a PEM text (PKCS #8). Throws when it is none, or not Ed25519. */
export function signingKeyOf(pem: string): SigningKey {
  const { publicKey, sign } = ed25519KeyOf(pem);
  return { fingerprint: fingerprintOf(publicKey), publicKey, sign };
}

/** The bytes that are signed: RFC 8785 JSON of the statement and its `format`, UTF-8. */
export function signedText(statement: Statement): string {
  return canonicalJson({ format: formatOf(statement), ...statement } as JsonObject);
}

/** Told apart in the signed text, so that one kind of statement never passes for another. */
function formatOf(statement: Statement): string {
  if (!('verdict' in statement)) return 'oakring-seal-1';
  return 'position' in statement ? 'oakring-key-2' : 'oakring-key-1';
}

/** Whether the holder of the public key signed the statement. Never throws. */
export function isSignedBy(statement: Statement, publicKey: string, signature: string): boolean {
  return isSigned(signedText(statement), publicKey, signature);
}

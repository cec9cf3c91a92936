import type { MerkleFrontier } from '@oakring/events';

/** A key that seals this log. Key: its fingerprint. */
export interface KeyRecord {
  readonly fingerprint: string;
  /** SPKI, DER, base64; null when it was endorsed before it was ever presented. */
  readonly publicKey: string | null;
  /** Only a key that counts may endorse, and only its seals prove something. */
  readonly status: 'presented' | 'counts' | 'revoked';
  /** Fingerprint of the key that endorsed or revoked it; its own, for the founding key. */
  readonly by: string | null;
  readonly position: number;
}

/** The newest seal, by whichever key. */
export interface SealRecord {
  /** Sealed up to here. */
  readonly position: number;
  readonly fingerprint: string;
  /** Position of the commit that holds the seal. */
  readonly sealedAt: number;
}

/** The Merkle tree over the hashes of all commits. One record. */
export type MerkleRecord = MerkleFrontier;

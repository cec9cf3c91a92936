import type { MerkleFrontier } from '@oakring/events';

/** A key that seals this log. Key: its fingerprint. */
export interface KeyRecord {
  readonly fingerprint: string;
  /** SPKI, DER, base64; null when it was judged before it was ever presented. */
  readonly publicKey: string | null;
  /** Only a key that counts may endorse, and only its seals prove something. */
  readonly status: 'presented' | 'counts' | 'revoked';
  /** Fingerprint of the key that endorsed or revoked it; its own, for the founding key. */
  readonly by: string | null;
  readonly position: number;
  /** Size of the tree that the last verdict on it names; 0 before any that names one. */
  readonly judgedAt: number;
}

/** A tree by its size and root: what somebody says to have seen of the log. */
export interface SeenTree {
  readonly position: number;
  readonly merkleRoot: string;
}

/** A tree that was sealed: who judges a key names one, and a witness cosigns it. */
export interface SealedTree extends SeenTree {
  /** The checkpoint as it was signed; null of a seal. */
  readonly note: string | null;
  /** The newest position in it with anything but statements about checkpoints. */
  readonly newsAt: number;
  /** Verifier keys of the witnesses that cosigned it. */
  readonly cosigned: readonly string[];
}

/** The newest checkpoint (up to schema 5: seal), by whichever key. */
export interface SealRecord {
  /** Sealed up to here. */
  readonly position: number;
  readonly fingerprint: string;
  /** Position of the commit that holds it. */
  readonly sealedAt: number;
  /** The checkpoint as it was signed; null of a seal. */
  readonly note: string | null;
  /** What the checkpoint seals that was stamped last, and the commit that says so; null: none was. */
  readonly stamped: {
    readonly position: number;
    readonly statedAt: number;
    readonly at: number;
  } | null;
  /** Commits with nothing but statements about checkpoints, the newest without a gap; null before any. */
  readonly quiet: { readonly from: number; readonly to: number } | null;
  /** Of this one and some before it, oldest first. */
  readonly trees: readonly SealedTree[];
}

/** The Merkle tree over the hashes of all commits. One record. */
export type MerkleRecord = MerkleFrontier;

import type { EventPlace } from './event-place.js';

/** A secret, as long as anything of it can be read. Key: its name. */
export interface SecretRecord extends EventPlace {
  readonly name: string;
  /** `by` of whoever set it first: whose it is; null: not known. */
  readonly by: string | null;
  /** Oldest first, the current one last: those whose key is there. */
  readonly versions: readonly SecretVersion[];
  /** Nothing is given it any more; null: it is there. */
  readonly removed: { readonly at: number; readonly by: string | null } | null;
}

export interface SecretVersion {
  /** From 1. */
  readonly version: number;
  /** The data key that opens `sealed`: beside the ledger. */
  readonly key: string;
  /** Encrypted, in base64. */
  readonly sealed: string;
  /** Commit time, milliseconds since 1970. */
  readonly at: number;
  readonly by: string | null;
}

/** What of a secret an instance was started with. */
export interface GivenSecret {
  readonly name: string;
  readonly version: number;
  /** Of the version: one that was removed and set anew is another. */
  readonly key: string;
}

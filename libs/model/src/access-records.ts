import type { EventPlace } from './records.js';

/** A token that was given. Key: its name. */
export interface TokenRecord extends EventPlace {
  readonly name: string;
  /** Of those that the program knows, or not: then it may nothing here. */
  readonly role: string;
  /** SHA-256 of its text, hexadecimal. */
  readonly hash: string;
  /** Orders about nodes with these labels only; null: about any. */
  readonly nodes: Readonly<Record<string, string>> | null;
  /** `by` of whoever had it given; null: not known. */
  readonly by: string | null;
  /** Milliseconds since 1970, as the two below. */
  readonly at: number;
  readonly expiresAt: number;
  readonly revoked: { readonly at: number; readonly by: string | null } | null;
}

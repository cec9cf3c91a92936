import type { EventPlace } from './event-place.js';

/** A token that was given. Key: its name. */
export interface TokenRecord extends EventPlace {
  readonly name: string;
  /** Of those that the program knows, or not: then it may nothing here. */
  readonly role: string;
  /** SHA-256 of its text, hexadecimal. */
  readonly hash: string;
  /** Orders about nodes with these labels only; null: about any. */
  readonly nodes: Readonly<Record<string, string>> | null;
  /** Of one that lets nodes in: how many, how many came, and which may (null: any). Null: of another. */
  readonly joins: {
    readonly uses: number;
    readonly used: number;
    readonly ids: readonly string[] | null;
  } | null;
  /** `by` of whoever had it given; null: not known. */
  readonly by: string | null;
  /** Milliseconds since 1970, as the two below. */
  readonly at: number;
  readonly expiresAt: number;
  readonly revoked: { readonly at: number; readonly by: string | null } | null;
}

/** By which a node is known at the broker. Key: its id. `position` and `index`: of the event that changed it last. */
export interface NodeCredentialRecord extends EventPlace {
  readonly node: string;
  /** SHA-256 of its secret, hexadecimal. */
  readonly hash: string;
  /** That it has whatever its worker says; null: none. */
  readonly labels: Readonly<Record<string, string>> | null;
  /** `by` of whoever let it join; null: not known. */
  readonly joinedBy: string | null;
  /** Of this secret, milliseconds since 1970. */
  readonly at: number;
  readonly revoked: { readonly at: number; readonly by: string | null } | null;
}

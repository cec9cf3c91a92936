/** Names that nobody else has. */
export interface Ids {
  /** A fresh identifier, unique across machines and starts (`[0-9a-f-]{36}`). */
  next(): string;
}

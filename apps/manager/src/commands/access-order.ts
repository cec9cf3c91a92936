import type { Role } from '@oakring/contracts';
import type { EventData } from '@oakring/events';

/** What is ordered about tokens, and seen of those without. */
export type AccessOrder =
  | {
      readonly type: 'GrantToken';
      readonly name: string;
      readonly role: Role;
      /** SHA-256 of its text, hexadecimal. */
      readonly hash: string;
      /** Milliseconds since 1970. */
      readonly expiresAt: number;
      /** Orders about nodes with these labels only; null: about any. */
      readonly nodes: Readonly<Record<string, string>> | null;
    }
  | { readonly type: 'RevokeToken'; readonly name: string }
  | { readonly type: 'RecordRefusedRequests'; readonly refused: EventData<'RequestsRefused'> };

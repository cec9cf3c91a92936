import type { TokenRole } from '@oakring/contracts';
import type { EventData } from '@oakring/events';

/** What is ordered about tokens, and seen of those without. */
export type AccessOrder =
  | {
      readonly type: 'GrantToken';
      readonly name: string;
      readonly role: TokenRole;
      /** SHA-256 of its text, hexadecimal. */
      readonly hash: string;
      /** Milliseconds since 1970. */
      readonly expiresAt: number;
      /** Orders about nodes with these labels only; null: about any. */
      readonly nodes: Readonly<Record<string, string>> | null;
      /** Of one that lets nodes in: how many, and which (absent: any). Absent: of another. */
      readonly joins?: { readonly uses: number; readonly ids?: readonly string[] };
    }
  | {
      readonly type: 'JoinNode';
      readonly node: string;
      /** SHA-256 of its secret, hexadecimal. */
      readonly hash: string;
      /** What it showed of its registration, if it registered before. */
      readonly registrationToken: 'absent' | 'valid' | 'wrong';
    }
  | { readonly type: 'RevokeToken'; readonly name: string }
  | { readonly type: 'RecordRefusedRequests'; readonly refused: EventData<'RequestsRefused'> };

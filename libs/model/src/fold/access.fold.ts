import type { StoredEvent } from '@oakring/events';
import type { TokenRecord } from '../access-records.js';
import type { ClusterState } from '../cluster-state.js';
import { placeOf } from '../event-place.js';

/** Tokens that are remembered, those that hold no more among them: the oldest of these make room. */
export const maxTokens = 1_000;

type AccessEvent = Extract<
  StoredEvent,
  { type: 'TokenGranted' | 'TokenGrantRefused' | 'TokenRevoked' | 'RequestsRefused' }
>;

const known: ReadonlySet<string> = new Set<AccessEvent['type']>([
  ...(['TokenGranted', 'TokenGrantRefused', 'TokenRevoked', 'RequestsRefused'] as const),
]);

export function isAccessEvent(event: StoredEvent): event is AccessEvent {
  return known.has(event.type);
}

export function evolveAccess(state: ClusterState, event: AccessEvent): void {
  switch (event.type) {
    case 'TokenGranted':
      return tokenGranted(state, event);
    case 'TokenRevoked':
      return tokenRevoked(state, event);
    // For the record; no view shows them.
    case 'TokenGrantRefused':
    case 'RequestsRefused':
      return;
  }
}

/** Whether it holds at a time, milliseconds since 1970. */
export function holds({ revoked, expiresAt }: TokenRecord, atMs: number): boolean {
  return revoked === null && atMs < expiresAt;
}

/** Whether it let in as many nodes as it may: it still answers those that ask again. */
export function isUsedUp({ joins }: Pick<TokenRecord, 'joins'>): boolean {
  return joins !== null && joins.used >= joins.uses;
}

function tokenGranted(
  state: ClusterState,
  event: Extract<StoredEvent, { type: 'TokenGranted' }>,
): void {
  const { name, role, hash, expiresAt, nodes = null, joins = null } = event.data;
  forget(state, name);
  if (state.tokens.size >= maxTokens) {
    const oldest = oldestEnded(state, event.at);
    if (oldest !== null) forget(state, oldest);
  }
  const token = { name, role, hash, nodes, by: event.by ?? null, at: event.at, expiresAt };
  state.tokens.set(name, {
    ...token,
    joins: joins === null ? null : { uses: joins.uses, used: 0, ids: joins.ids ?? null },
    revoked: null,
    ...placeOf(event),
  });
  indexToken(state, token);
}

function tokenRevoked(
  state: ClusterState,
  { data: { name }, at, by }: Extract<StoredEvent, { type: 'TokenRevoked' }>,
): void {
  const token = state.tokens.get(name);
  if (token !== undefined) state.tokens.set(name, { ...token, revoked: { at, by: by ?? null } });
}

/**
 * A backup does not know what was revoked after it: none of its tokens holds, and whoever has the setting's gives new
 * ones. Credentials of nodes hold on: machines that nobody is at could not come back without.
 */
export function endTokens(
  state: ClusterState,
  { at, by }: Extract<StoredEvent, { type: 'LedgerRestored' }>,
): void {
  for (const token of [...state.tokens.values()]) {
    if (token.revoked !== null) continue;
    state.tokens.set(token.name, { ...token, revoked: { at, by: by ?? null } });
  }
}

export function indexToken(
  state: ClusterState,
  { hash, name }: Pick<TokenRecord, 'hash' | 'name'>,
): void {
  state.tokensOfHash.add(hash, name);
}

function forget(state: ClusterState, name: string): void {
  const token = state.tokens.get(name);
  if (token === undefined) return;
  state.tokensOfHash.remove(token.hash, name);
  state.tokens.delete(name);
}

/** The name of the token that was given first of those that nobody needs any more; null: all hold. */
export function oldestEnded(state: ClusterState, atMs: number): string | null {
  let oldest: TokenRecord | null = null;
  for (const token of state.tokens.values()) {
    if (holds(token, atMs) && !isUsedUp(token)) continue;
    if (oldest === null || token.position < oldest.position) oldest = token;
  }
  return oldest?.name ?? null;
}

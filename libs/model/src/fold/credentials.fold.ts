import { callerIn, nodeIn } from '@oakring/contracts';
import { subjectOf, type StoredEvent } from '@oakring/events';
import type { NodeCredentialRecord } from '../access-records.js';
import type { ClusterState } from '../cluster-state.js';
import { placeOf } from '../event-place.js';
import { putNode } from './records.fold.js';

/*
 * A node has one credential, from when it joined until it is forgotten: it holds, is replaced by the node itself (which
 * shows the one before), or is revoked, and after that it is replaced by whoever is let in as that node again.
 */

type CredentialEvent = Extract<StoredEvent, { type: 'NodeJoined' | 'NodeCredentialRevoked' }>;

export function isCredentialEvent(event: StoredEvent): event is CredentialEvent {
  return event.type === 'NodeJoined' || event.type === 'NodeCredentialRevoked';
}

export function evolveCredential(state: ClusterState, event: CredentialEvent): void {
  switch (event.type) {
    case 'NodeJoined':
      return nodeJoined(state, event);
    case 'NodeCredentialRevoked':
      return credentialRevoked(state, event);
  }
}

function nodeJoined(
  state: ClusterState,
  event: Extract<StoredEvent, { type: 'NodeJoined' }>,
): void {
  const id = subjectOf(event);
  const { hash, labels = null } = event.data;
  const by = event.by ?? null;
  const before = state.credentials.get(id);
  // Who renews its own joined once, and that is what one asks for.
  const joinedBy = nodeIn(by ?? '') === id ? (before?.joinedBy ?? null) : by;
  forgetCredential(state, id);
  const credential = { node: id, hash, labels, joinedBy, at: event.at, revoked: null };
  state.credentials.set(id, { ...credential, ...placeOf(event) });
  indexCredential(state, credential);
  countUse(state, by);
  const node = state.nodes.get(id);
  if (node === undefined) return;
  putNode(state, { ...node, labels: { ...node.labels, ...labels }, ...placeOf(event) });
}

function countUse(state: ClusterState, by: string | null): void {
  const token = state.tokens.get(callerIn(by ?? '') ?? '');
  if (token?.joins == null) return;
  const { joins } = token;
  state.tokens.set(token.name, { ...token, joins: { ...joins, used: joins.used + 1 } });
}

function credentialRevoked(
  state: ClusterState,
  event: Extract<StoredEvent, { type: 'NodeCredentialRevoked' }>,
): void {
  const id = subjectOf(event);
  const { at, by } = event;
  const credential = state.credentials.get(id);
  if (credential === undefined) return;
  const revoked = { at, by: by ?? null };
  state.credentials.set(id, { ...credential, revoked, ...placeOf(event) });
  const node = state.nodes.get(id);
  if (node !== undefined) putNode(state, { ...node, ...placeOf(event) });
}

export function indexCredential(
  state: ClusterState,
  { hash, node }: Pick<NodeCredentialRecord, 'hash' | 'node'>,
): void {
  state.credentialsOfHash.add(hash, node);
}

export function forgetCredential(state: ClusterState, id: string): void {
  const credential = state.credentials.get(id);
  if (credential === undefined) return;
  state.credentialsOfHash.remove(credential.hash, id);
  state.credentials.delete(id);
}

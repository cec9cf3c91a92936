import { callerIn, nodeIn, type Refusal } from '@oakring/contracts';
import { nodeStream } from '@oakring/events';
import type { ClusterState, NodeCredentialRecord, TokenRecord } from '@oakring/model';
import { beyondNodes, nodeOf } from '../../access/holder.js';
import type { Answers, Command } from '../command.js';
import { refuse, type Decided, type Deciding } from './deciding.js';

type Joining = Extract<Command, { type: 'JoinNode' }>;

/**
 * A machine is let in as a node: from here on whoever shows its secret is that node. Asked again with the same secret
 * it is the same answer, without another use of the token: an answer may have been lost.
 *
 * An id that is somebody's is another's only by their leave. A credential that holds is replaced by the node itself; one
 * that was revoked by whoever is let in after that. A node that registered before it ever joined shows what its
 * registration was answered with, unless its id was named to whoever lets it in. A refusal is gathered with others of
 * requests (`RefusedRequests`): who has a join token shall not fill the ledger.
 */
export function joinNode(deciding: Deciding, joining: Joining): Decided<Answers['JoinNode']> {
  const { state, origin } = deciding;
  const { node, hash } = joining;
  const credential = state.credentials.get(node);
  const token = state.tokens.get(callerIn(origin.by) ?? '');
  const isRepeated = credential?.hash === hash && credential.revoked === null;
  const refusal =
    whyNotThere(joining, token) ??
    whyNotSpeaking(deciding, joining, credential) ??
    (isRepeated ? null : whyNotIn(state, joining, { credential, token, by: origin.by }));
  if (refusal !== null) return { refusal };
  if (isRepeated) return { answer: { node, position: credential.position } };
  const isOwn = nodeIn(origin.by) === node;
  const labels = (isOwn ? credential?.labels : token?.nodes) ?? null;
  deciding.emit({
    stream: nodeStream(node),
    type: 'NodeJoined',
    data: { hash, ...(labels === null ? {} : { labels: { ...labels } }) },
  });
  return { answer: { node, position: deciding.position } };
}

/** A token that is for some ids says nothing of others, not even what became of them. */
function whyNotThere({ node }: Joining, token: TokenRecord | undefined): Refusal | null {
  const ids = token?.joins?.ids ?? null;
  if (ids === null || ids.includes(node)) return null;
  return refusal(
    'forbidden',
    node,
    `Token ${token?.name} lets in ${ids.join(', ')}, and not ${node}.`,
  );
}

/** A node that asks by its own credential may have another in the place of that one. */
function whyNotSpeaking(
  { origin }: Deciding,
  { node }: Joining,
  credential: NodeCredentialRecord | undefined,
): Refusal | null {
  const speaker = nodeIn(origin.by);
  if (speaker === null) return null;
  if (speaker !== node) {
    return refusal(
      'forbidden',
      node,
      `Node ${speaker} renews its own credential, not that of ${node}.`,
    );
  }
  const holds = credential?.revoked === null && credential.hash === origin.tokenHash;
  return holds
    ? null
    : refusal('unauthorized', node, `The credential of node ${node} holds no more.`);
}

interface Asking {
  readonly credential: NodeCredentialRecord | undefined;
  /** Of whoever lets it in, where they have one. */
  readonly token: TokenRecord | undefined;
  readonly by: string;
}

function whyNotIn(state: ClusterState, joining: Joining, asking: Asking): Refusal | null {
  const { node, hash } = joining;
  const { credential, token, by } = asking;
  const isTaken =
    state.tokensOfHash.sizeOf(hash) > 0 ||
    [...state.credentialsOfHash.of(hash)].some((other) => other !== node);
  if (isTaken) {
    const detail = 'The secret is that of a token or of another node; make one of its own.';
    return refuse('invalid-field', detail, 'secret').refusal;
  }
  if (nodeIn(by) === node) return null;
  const joins = token?.joins ?? null;
  const isRegistered = state.nodes.get(node) !== undefined;
  return (
    whyUsedUp(token, node) ??
    (credential === undefined ? null : whyNotReplaced(joining, credential, token)) ??
    (credential === undefined && isRegistered && joins?.ids?.includes(node) !== true
      ? whyNotProven(joining, node, token)
      : null) ??
    (token === undefined || joins !== null ? null : beyondNodes(token, nodeOf(state, node)))
  );
}

function whyUsedUp(token: TokenRecord | undefined, node: string): Refusal | null {
  if (token?.joins == null || token.joins.used < token.joins.uses) return null;
  const { name, joins } = token;
  const detail =
    joins.uses === 1
      ? `Token ${name} is for one machine, which it let in.`
      : `Token ${name} is for ${joins.uses} machines, which it let in.`;
  return refusal('join-token-used', node, detail);
}

function whyNotReplaced(
  { node, hash }: Joining,
  { revoked, hash: former, position, index }: NodeCredentialRecord,
  token: TokenRecord | undefined,
): Refusal | null {
  if (revoked === null) {
    const detail = `Node ${node} has a credential that holds, and this is not its secret.`;
    return refusal('node-id-taken', node, detail);
  }
  if (hash === former) {
    return refusal('forbidden', node, `This secret of node ${node} was revoked; make another.`);
  }
  if (token?.joins == null) return null;
  // Whoever lost the node's machine may have its token as well.
  const isLater = token.position > position || (token.position === position && token.index > index);
  if (isLater) return null;
  const detail = `Token ${token.name} was given before the credential of node ${node} was revoked.`;
  return refusal('forbidden', node, detail);
}

/** Whoever may do more than let machines in knows which one it is. */
function whyNotProven(
  { registrationToken }: Joining,
  node: string,
  token: TokenRecord | undefined,
): Refusal | null {
  if (registrationToken === 'valid' || token?.joins == null) return null;
  const shown =
    registrationToken === 'absent' ? 'shows no token of that' : 'shows another token than that one';
  const detail =
    `Node ${node} registered before it joined, and this ${shown}. ` +
    `If it is the same machine: oakring token create --role join --name ${node} --ids ${node}`;
  return refusal('node-id-taken', node, detail);
}

function refusal(
  code: 'forbidden' | 'unauthorized' | 'node-id-taken' | 'join-token-used',
  node: string,
  detail: string,
): Refusal {
  return { code, detail, field: 'node', value: node };
}

import { idExpectation, isId, shortened, type Refusal } from '@oakring/contracts';
import type { Dialect } from './dialect.port.js';
import { NodeTopics } from './node-topics.js';
import { mayPass } from './passing.js';

/** Who a connection to a broker has shown that it is. */
export type Speaker =
  /** It showed the node's credential: it is that node, and no other. */
  | { readonly is: 'node'; readonly node: string }
  /** It showed what is not of one node, or need not show anything: any node that has no credential of its own. */
  | { readonly is: 'anyone'; readonly clientId: string }
  /** It showed nothing where others must: for dialects whose workers cannot show anything. */
  | { readonly is: 'nameless'; readonly clientId: string };

/** What is known of nodes. */
export interface KnownNodes {
  /** Name of a node's dialect; null: nobody knows the node. */
  dialectOf(nodeId: string): string | null;
  /** Whether it has a credential of its own, also one that holds no more: nobody speaks for it without. */
  hasJoined(nodeId: string): boolean;
}

/** Nobody knows any node. */
export const noNodes: KnownNodes = { dialectOf: () => null, hasJoined: () => false };

/** What workers may do at a broker, by what their dialects say. */
export interface WorkerAccess {
  /** Why `by` may not publish on `topic`; null when it may: only what goes up, of one node. */
  publishRefusal(topic: string, by: Speaker): Refusal | null;
  /** A worker may subscribe to what goes down to one node: no wildcards. */
  maySubscribe(filter: string, by: Speaker): boolean;
  /** The node whose last message on a topic the broker may keep for later; else null. */
  keptNodeOf(topic: string): string | null;
  /** The node that is registered by what is said on a topic; null for any other topic. */
  registeredNodeOf(topic: string): string | null;
  /** The node whose orders a filter asks for; null for any other filter. */
  ordersNodeOf(filter: string): string | null;
}

export function accessOf(dialects: readonly Dialect[], nodes: KnownNodes = noNodes): WorkerAccess {
  const valued = <T extends { readonly topic: string }>(topicsOf: (of: Dialect) => readonly T[]) =>
    dialects.flatMap((dialect) =>
      topicsOf(dialect).map((of) => ({ topic: of.topic, value: { of, dialect } })),
    );
  const up = new NodeTopics(valued((dialect) => dialect.up));
  const down = new NodeTopics(valued((dialect) => dialect.down));
  const passing = dialects.flatMap(({ beside = [] }) => beside);
  return {
    publishRefusal: (topic, by) => {
      const found = up.find(topic);
      if (found === null) {
        return mayPass(passing, 'say', topic, passingAs(by)) ? null : unknownTopic(topic);
      }
      const { nodeId } = found;
      if (isOf(found, by, nodes) || !isId(nodeId)) return idRefusal(topic, nodeId);
      return notItsNode(nodeId, by);
    },
    maySubscribe: (filter, by) => {
      const found = down.find(filter);
      if (found === null) return mayPass(passing, 'hear', filter, passingAs(by));
      return isId(found.nodeId) && isOf(found, by, nodes);
    },
    keptNodeOf: (topic) => {
      const found = up.find(topic);
      return found?.values.some(({ of }) => of.isKept) === true ? found.nodeId : null;
    },
    registeredNodeOf: (topic) => {
      const found = up.find(topic);
      return found?.values.some(({ of }) => of.says === 'registration') === true
        ? found.nodeId
        : null;
    },
    ordersNodeOf: (filter) => {
      const found = down.find(filter);
      const asks = found?.values.some(({ of }) => of.isForOrders) === true;
      return asks && isId(found.nodeId) ? found.nodeId : null;
    },
  };
}

interface Found {
  readonly nodeId: string;
  readonly values: readonly { readonly dialect: Dialect }[];
}

/** Whether whoever speaks may be the node of the topic, in a dialect that has the topic. */
function isOf({ nodeId, values }: Found, by: Speaker, nodes: KnownNodes): boolean {
  // On its own topics it may speak as it likes: it is read in the dialect of its registration.
  if (by.is === 'node') return by.node === nodeId;
  if (nodes.hasJoined(nodeId)) return false;
  const name = nodes.dialectOf(nodeId);
  return values.some(
    ({ dialect }) => (name ?? dialect.name) === dialect.name && isCalled(dialect, nodeId, by),
  );
}

/** Workers of some dialects have nothing to show, and a name that goes with that of their node. */
function isCalled(
  { clientOf }: Dialect,
  nodeId: string,
  { is, clientId }: Exclude<Speaker, { is: 'node' }>,
): boolean {
  return clientOf === undefined ? is !== 'nameless' : clientOf(nodeId) === clientId;
}

/** What programs beside workers are called; null: it is one of ours. */
function passingAs(by: Speaker): string | null {
  return by.is === 'node' ? null : by.clientId;
}

export function unknownTopic(topic: string): Refusal {
  const shown = JSON.stringify(shortened(topic));
  return { code: 'topic-unknown', detail: `${shown} is not a topic that workers publish on.` };
}

function notItsNode(nodeId: string, by: Speaker): Refusal {
  const who =
    by.is === 'node' ? `Node ${by.node}` : `Client ${JSON.stringify(shortened(by.clientId))}`;
  return {
    code: 'sender-mismatch',
    detail: `${who} may not speak for node ${nodeId}.`,
    field: 'topic',
    value: nodeId,
  };
}

/** Why nobody can be the node that a topic names; null when it is an id. */
export function idRefusal(topic: string, nodeId: string): Refusal | null {
  if (isId(nodeId)) return null;
  const shown = JSON.stringify(shortened(topic));
  return { code: 'invalid-id', detail: `The node id in ${shown} is ${idExpectation}.` };
}

import { idExpectation, isId, shortened, type Refusal } from '@oakring/contracts';
import type { Dialect } from './dialect.port.js';
import { NodeTopics } from './node-topics.js';
import { mayPass } from './passing.js';

/** What workers may do at a broker, by what their dialects say. Without `clientId` that is not judged. */
export interface WorkerAccess {
  /** Why a worker may not publish on `topic`; null when it may: only what goes up, of one node. */
  publishRefusal(topic: string, clientId?: string): Refusal | null;
  /** A worker may subscribe to what goes down to one node: no wildcards. */
  maySubscribe(filter: string, clientId?: string): boolean;
  /** The node whose last message on a topic the broker may keep for later; else null. */
  keptNodeOf(topic: string): string | null;
  /** The node whose orders a filter asks for; null for any other filter. */
  ordersNodeOf(filter: string): string | null;
}

export function accessOf(
  dialects: readonly Dialect[],
  /** Name of a node's dialect; null: nobody knows the node. */
  dialectOf: (nodeId: string) => string | null = () => null,
): WorkerAccess {
  const valued = <T extends { readonly topic: string }>(topicsOf: (of: Dialect) => readonly T[]) =>
    dialects.flatMap((dialect) =>
      topicsOf(dialect).map((of) => ({ topic: of.topic, value: { of, dialect } })),
    );
  const up = new NodeTopics(valued((dialect) => dialect.up));
  const down = new NodeTopics(valued((dialect) => dialect.down));
  const passing = dialects.flatMap(({ beside = [] }) => beside);
  /** Whether a worker with this connection may be the node. */
  const isItself = (found: Found, clientId: string | undefined): boolean => {
    if (clientId === undefined) return true;
    const name = dialectOf(found.nodeId);
    return found.values.some(
      ({ dialect }) =>
        (name === null || dialect.name === name) &&
        (dialect.clientOf?.(found.nodeId) ?? clientId) === clientId,
    );
  };
  return {
    publishRefusal: (topic, clientId) => {
      const found = up.find(topic);
      if (found === null) {
        return mayPass(passing, 'say', topic, clientId ?? '') ? null : unknownTopic(topic);
      }
      if (isItself(found, clientId)) return idRefusal(topic, found.nodeId);
      const shown = JSON.stringify(shortened(clientId));
      const detail = `${shown} may not speak for node ${found.nodeId}: its worker is called otherwise.`;
      return { code: 'id-mismatch', detail };
    },
    maySubscribe: (filter, clientId) => {
      const found = down.find(filter);
      if (found === null) return mayPass(passing, 'hear', filter, clientId ?? '');
      return isId(found.nodeId) && isItself(found, clientId);
    },
    keptNodeOf: (topic) => {
      const found = up.find(topic);
      return found?.values.some(({ of }) => of.isKept) === true ? found.nodeId : null;
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

export function unknownTopic(topic: string): Refusal {
  const shown = JSON.stringify(shortened(topic));
  return { code: 'topic-unknown', detail: `${shown} is not a topic that workers publish on.` };
}

/** Why nobody can be the node that a topic names; null when it is an id. */
export function idRefusal(topic: string, nodeId: string): Refusal | null {
  if (isId(nodeId)) return null;
  const shown = JSON.stringify(shortened(topic));
  return { code: 'invalid-id', detail: `The node id in ${shown} is ${idExpectation}.` };
}

import { idExpectation, isId, shortened, type Refusal } from '@oakring/contracts';
import type { Dialect } from './dialect.port.js';
import { NodeTopics } from './node-topics.js';

/** What workers may do at a broker, by what their dialects say. */
export interface WorkerAccess {
  /** Why a worker may not publish on `topic`; null when it may: only what goes up, of one node. */
  publishRefusal(topic: string): Refusal | null;
  /** A worker may subscribe to what goes down to one node: no wildcards. */
  maySubscribe(filter: string): boolean;
  /** The node whose last message on a topic the broker may keep for later; else null. */
  keptNodeOf(topic: string): string | null;
  /** The node whose orders a filter asks for; null for any other filter. */
  ordersNodeOf(filter: string): string | null;
}

export function accessOf(dialects: readonly Dialect[]): WorkerAccess {
  const valued = <T extends { readonly topic: string }>(topics: readonly T[]) =>
    topics.map((value) => ({ topic: value.topic, value }));
  const up = new NodeTopics(dialects.flatMap((dialect) => valued(dialect.up)));
  const down = new NodeTopics(dialects.flatMap((dialect) => valued(dialect.down)));
  return {
    publishRefusal: (topic) => {
      const found = up.find(topic);
      return found === null ? unknownTopic(topic) : idRefusal(topic, found.nodeId);
    },
    maySubscribe: (filter) => {
      const found = down.find(filter);
      return found !== null && isId(found.nodeId);
    },
    keptNodeOf: (topic) => {
      const found = up.find(topic);
      return found?.values.some(({ isKept }) => isKept) === true ? found.nodeId : null;
    },
    ordersNodeOf: (filter) => {
      const found = down.find(filter);
      const asks = found?.values.some(({ isForOrders }) => isForOrders) === true;
      return asks && isId(found.nodeId) ? found.nodeId : null;
    },
  };
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

import { nodeMark } from './dialect.port.js';

/** Finds what belongs to a topic of one node, such as `nodes/{node}/acks`. */
export class NodeTopics<T> {
  /** By what stands before the node, and then by what stands behind it. */
  private readonly heads = new Map<string, Map<string, T[]>>();

  constructor(entries: Iterable<{ readonly topic: string; readonly value: T }>) {
    for (const { topic, value } of entries) {
      const [head = '', tail = ''] = topic.split(nodeMark);
      const tails = this.heads.get(head) ?? new Map<string, T[]>();
      this.heads.set(head, tails);
      tails.set(tail, [...(tails.get(tail) ?? []), value]);
    }
  }

  /** Null for a topic of another form. The node's id is not checked here. */
  find(topic: string): { readonly nodeId: string; readonly values: readonly T[] } | null {
    for (const [head, tails] of this.heads) {
      if (!topic.startsWith(head)) continue;
      const slash = topic.indexOf('/', head.length);
      const end = slash === -1 ? topic.length : slash;
      const values = tails.get(topic.slice(end));
      if (values !== undefined) return { nodeId: topic.slice(head.length, end), values };
    }
    return null;
  }
}

export function topicOfNode(topic: string, nodeId: string): string {
  return topic.replace(nodeMark, () => nodeId);
}

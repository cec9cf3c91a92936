import { refused, type Refusal } from '@oakring/contracts';
import type { NodeRecord } from '@oakring/model';

/**
 * Why what a node says is not looked at: nobody knows it, or it is not of the current incarnation
 * (none stated means the current one). Null when it may speak.
 */
export function speakerRefusal(
  nodeId: string,
  node: NodeRecord | undefined,
  incarnation: number | null,
): Refusal | null {
  if (node === undefined) {
    return refused('node-unknown', `Node ${nodeId} is not registered.`).refusal;
  }
  if (incarnation === null || incarnation === node.incarnation) return null;
  const relation =
    incarnation < node.incarnation ? 'is older' : 'is not registered yet: register first';
  return refused(
    'incarnation-stale',
    `Node ${nodeId} is at incarnation ${node.incarnation}; ${incarnation} ${relation}.`,
    'incarnation',
    incarnation,
  ).refusal;
}

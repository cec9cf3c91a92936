import { nodeStream } from '@oakring/events';
import type { Refusal, Registration } from '@oakring/contracts';
import type { NodeRecord } from '@oakring/model';
import type { Command } from '../command.js';
import { type Decided, type Deciding } from './deciding.js';

/** Another start that claims to be a node, and how we know. */
export interface Rival {
  readonly incarnation: number;
  readonly reason: string;
}

/** Two workers claim one node: on record once, however often the other one says it. */
export function claimedTwice(deciding: Deciding, node: NodeRecord, rival: Rival | null): void {
  if (rival === null) return;
  const { incarnation, reason } = rival;
  if (node.rival?.incarnation === incarnation && node.rival.reason === reason) return;
  const data = { incarnation, current: node.incarnation, reason };
  deciding.emit({ stream: nodeStream(node.id), type: 'NodeClaimedTwice', data });
}

/** What a refused registration says about who else there is; null: nothing. */
export function rivalOf({ code }: Refusal, { incarnation, yields }: Registration): Rival | null {
  if (code !== 'node-run-elsewhere' || !yields) return null;
  const reason = 'a worker that was told to stop was started again, and waits for this one to end';
  return { incarnation: incarnation ?? 0, reason };
}

/** A start that is not the node any more goes on speaking, although it was told. */
export function recordRival(
  deciding: Deciding,
  { nodeId, incarnation }: Extract<Command, { type: 'RecordRival' }>,
): Decided<null> {
  const node = deciding.state.nodes.get(nodeId);
  if (node !== undefined && incarnation < node.incarnation) {
    const reason = 'an older start goes on speaking, although it is told to stop';
    claimedTwice(deciding, node, { incarnation, reason });
  }
  return { answer: null };
}

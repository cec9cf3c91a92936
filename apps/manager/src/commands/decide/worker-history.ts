import { nodeStream } from '@oakring/events';
import type { WorkerHistory } from '@oakring/contracts';
import { leadershipOf } from '@oakring/model';
import type { Answers } from '../command.js';
import { refuse, type Decided, type Deciding } from './deciding.js';
import { speakingNode } from './node-presence.js';

/**
 * How many entries a worker may have that we never heard of: weeks of a hundred a second. One message
 * must not take the highest number there is: what its worker says after that would be old for ever.
 */
export const maxSequenceJump = 1_000_000_000;

/** `nodes/<id>/history`: what is new in it becomes part of the ledger; a repetition changes nothing. */
export function recordHistory(
  deciding: Deciding,
  nodeId: string,
  { incarnation, entries }: WorkerHistory,
): Decided<Answers['RecordHistory']> {
  const speaker = speakingNode(deciding, nodeId, incarnation);
  if ('refusal' in speaker) return speaker;
  const { historyUpTo } = speaker.node;
  const [beyond] = entries.filter(({ sequence }) => sequence - historyUpTo > maxSequenceJump);
  if (beyond !== undefined) {
    return refuse(
      'invalid-field',
      `The history of node ${nodeId} was taken up to ${historyUpTo}; entry ${beyond.sequence} is more ` +
        `than ${maxSequenceJump} later.`,
      'entries',
      beyond.sequence,
    );
  }
  const fresh = entries.filter(({ sequence }) => sequence > historyUpTo);
  const [first] = fresh;
  const last = fresh.at(-1);
  if (first !== undefined && last !== undefined) {
    deciding.emit({
      stream: nodeStream(nodeId),
      type: 'WorkerHistoryRecorded',
      data: {
        incarnation,
        from: first.sequence,
        upTo: last.sequence,
        entries: fresh.map((entry) => ({ ...entry })),
      },
    });
  }
  const upTo = Math.max(historyUpTo, last?.sequence ?? 0);
  return { answer: { upTo, ...leadershipOf(deciding.state) } };
}

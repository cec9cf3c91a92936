import { maxCommitBytes, maxEventsPerCommit, type DecidedCommand } from '@oakring/events';
import type { Deciding } from './decide/deciding.js';
import type { Outcome } from './command.js';
import { decideOnce } from './repetition.js';
import type { Decision, Waiting } from './waiting.js';

/** What will share a commit, filled while it is decided. */
export interface Gathered {
  readonly decisions: Decision[];
  readonly commands: DecidedCommand[];
  /** How many of the waiting commands were looked at, the last one included when it threw. */
  attempted: number;
}

/** Decides as many of the waiting commands as fit one commit, in order. */
export function decideGathered(
  deciding: Deciding,
  waiting: readonly Waiting[],
  gathered: Gathered,
  /** After each one. */
  decided: () => void = () => {},
): void {
  for (const next of waiting) {
    const isFull = deciding.events.length >= maxEventsPerCommit || deciding.bytes >= maxCommitBytes;
    if (isFull) return;
    gathered.attempted += 1;
    const before = deciding.bytes;
    deciding.origin = next.origin;
    deciding.leftOut = false;
    const outcome =
      next.stillTrue?.() === false
        ? overtaken(deciding)
        : decideOnce(deciding, next, gathered.commands);
    const bytes = deciding.bytes - before;
    gathered.decisions.push({ waiting: next, outcome: { ...outcome, bytes } });
    decided();
  }
}

/** What was observed has passed before its turn came: a log that stalled must not judge by old news. */
function overtaken({ position }: Deciding): Outcome<unknown> {
  return { status: 'accepted', answer: null, position, repeated: true };
}

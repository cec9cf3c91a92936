import type { StoredEvent } from '@oakring/events';
import { replay } from '@oakring/model';
import type { EventLogReader } from '@oakring/stores';
import type { Projection } from '../views/projection.js';

/** Commits read at a time: about ten milliseconds of folding. */
const pageCommits = 500;

/**
 * Folds into the views what others have appended since, verifying the chain. Resolves with the
 * number of commits. Throws `log-damaged`, or the store's error when it cannot be read.
 */
export async function catchUp(
  log: EventLogReader,
  projection: Projection,
  /** Where the log is, for messages. */
  place: string,
): Promise<number> {
  const { state } = projection;
  const folded = (events: readonly StoredEvent[]): void => projection.announce(events, state.head);
  const { commits } = await replay(log, state, { place, pageCommits, folded });
  return commits;
}

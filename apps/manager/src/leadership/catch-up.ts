import { decodeEvents, logDamaged, verifyChain } from '@oakring/events';
import { type EventLogReader } from '@oakring/stores';
import { foldCommit } from '@oakring/model';
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
  let folded = 0;
  for (;;) {
    const commits = await log.read({ from: state.head.position + 1, limit: pageCommits });
    if (commits.length === 0) return folded;
    const verified = verifyChain(commits, state.head);
    if (verified.status === 'damaged') throw logDamaged(place, verified.damage);
    for (const commit of commits) {
      const events = decodeEvents(commit);
      foldCommit(state, commit, events);
      projection.announce(events, state.head);
    }
    folded += commits.length;
  }
}

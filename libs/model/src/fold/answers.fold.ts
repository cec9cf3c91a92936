import type { Commit } from '@oakring/events';
import { clusterKey, type ClusterState } from '../cluster-state.js';
import { countersOf } from './records.fold.js';

/** Answers to commands are kept for this much of the ledger's own time … */
const keptMs = 24 * 3_600_000;
/** … and the newest of them whatever the time is. */
const keptAnswers = 10_000;
/** So many at most, whatever the time is: keys cost their sender nothing. About 100 MB. */
const mostAnswers = 200_000;
/**
 * What two commits following each other may add to the ledger's age. Their times are those of
 * whoever led: one whose clock jumped a day ahead makes nothing a day older. A ledger in which little
 * happens ages slowly, and keeps its few answers for longer.
 */
const longestStepMs = 300_000;

/** Above `maxEventsPerCommit`: what is answered states an event. */
const mostOfOneCommit = 1_024;

/** Folds the answers that a commit gave, and forgets those that nobody will ask for again. */
export function answersGiven(state: ClusterState, commit: Commit): void {
  const age = aged(state, commit);
  const { position } = commit;
  for (const [index, { id, outcome }] of commit.commands.entries()) {
    const order = position * mostOfOneCommit + index;
    state.answers.set(id, { id, outcome, position, age, order });
  }
  while (state.answers.size > keptAnswers) {
    const oldest = state.answers.oldestKey();
    const answer = oldest === undefined ? undefined : state.answers.get(oldest);
    if (oldest === undefined || answer === undefined) return;
    if (age - answer.age <= keptMs && state.answers.size <= mostAnswers) return;
    state.answers.delete(oldest);
  }
}

function aged(state: ClusterState, { at }: Commit): number {
  const { head } = state;
  const counters = countersOf(state);
  const stepMs = head.position === 0 ? 0 : Math.min(longestStepMs, Math.max(0, at - head.at));
  const age = counters.age + stepMs;
  if (stepMs > 0) state.counters.set(clusterKey, { ...counters, age });
  return age;
}

import {
  decodeEvents,
  logDamaged,
  newerIn,
  verifyChain,
  type Commit,
  type Damage,
  type StoredEvent,
} from '@oakring/events';
import type { ClusterState } from './cluster-state.js';
import { foldCommit } from './fold/evolve.js';

/** Where commits come from, in order: a store, a bundle, an answer of a manager. */
export interface CommitSource {
  /** Up to `limit` commits from position `from` on; none: there are no more. */
  read(query: { from: number; limit: number }): Promise<readonly Commit[]>;
}

export interface ReplayOptions {
  /** Where the log is, for messages. */
  readonly place: string;
  /** The last position that is wanted; without it, all there is. */
  readonly to?: number;
  /** Commits read, verified and folded at a stretch. */
  readonly pageCommits: number;
  /** After each commit, with its events. */
  readonly folded?: (events: readonly StoredEvent[]) => void;
  /** After each page: a save, or others' turn. */
  readonly pageDone?: (sofar: Replayed) => Promise<void>;
}

export interface Replayed {
  readonly commits: number;
  readonly events: number;
}

/**
 * Folds into `state` what follows it in the log, once its chain is verified. The state is left where the
 * source or `to` ends. Throws `log-damaged` at the first break, with nothing of that page folded, `ledger-newer`
 * where a newer release wrote on, and what the source throws.
 */
export async function replay(
  source: CommitSource,
  state: ClusterState,
  { place, to = Infinity, pageCommits, folded, pageDone }: ReplayOptions,
): Promise<Replayed> {
  let sofar: Replayed = { commits: 0, events: 0 };
  while (state.head.position < to) {
    const from = state.head.position + 1;
    const commits = await source.read({ from, limit: Math.min(pageCommits, to - from + 1) });
    if (commits.length === 0) break;
    const events = foldCommits(state, commits, place, folded);
    sofar = { commits: sofar.commits + commits.length, events: sofar.events + events };
    await pageDone?.(sofar);
  }
  return sofar;
}

/** As `replay`, of commits that are at hand. Returns how many events they hold. */
export function foldCommits(
  state: ClusterState,
  commits: readonly Commit[],
  place: string,
  folded: (events: readonly StoredEvent[]) => void = () => {},
): number {
  const verified = verifyChain(commits, state.head);
  if (verified.status === 'damaged') throw logDamaged(place, newerOr(verified.damage, commits));
  let count = 0;
  for (const commit of commits) {
    const events = eventsIn(commit, place);
    foldCommit(state, commit, events);
    count += events.length;
    folded(events);
  }
  return count;
}

/** What was written by other rules is not judged by these. */
function newerOr(damage: Damage, commits: readonly Commit[]): Damage {
  for (const commit of commits) {
    if (commit.position > (damage.position ?? 0)) break;
    const newer = newerIn(commit);
    if (newer !== null) return newer;
  }
  return damage;
}

function eventsIn(commit: Commit, place: string): readonly StoredEvent[] {
  try {
    return decodeEvents(commit);
  } catch (error) {
    const newer = newerIn(commit);
    throw newer === null ? error : logDamaged(place, newer);
  }
}

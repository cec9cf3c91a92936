import { OakringError } from '@oakring/contracts';
import { headOf, type Commit } from '@oakring/events';
import { ceilingMs, type Timers } from '@oakring/ports';
import type { AppendOutcome } from './event-log.port.js';

/** A store of commits over a network: it may do what it was told without our ever hearing of it. */
export interface RemoteCommits {
  /**
   * Resolves `inserted` once a majority has it on disk, or `refused` when it certainly was not
   * written and will not be. Throws when that is unclear: a duplicate key, a time-out, an election.
   */
  insert(commit: Commit): Promise<{ status: 'inserted' } | { status: 'refused'; reason: string }>;
  /** The commit that a majority has at `position`; null when there is none. Throws when unreadable. */
  at(position: number): Promise<Commit | null>;
}

/** Between two attempts. Without jitter: a log has one writer, who stands in nobody's way. */
export const storeBackoff = { firstMs: 20, mostMs: 1_000 };

/**
 * Appends over a network, where a reply may be lost and the write not.
 *
 * insert → appended, or unclear → read what lies at the position, for as long as it takes:
 * - our own commit: appended;
 * - another one: deposed, with its head, whose epoch tells the caller what that means;
 * - nothing: the *same* commit is inserted again. A duplicate key may be our own first insert, not
 *   yet on a majority; an insert that timed out may arrive after the read. So once an attempt was
 *   unclear, this never gives the position up and never answers `unavailable`.
 * Rejects when `signal` aborts: the outcome is then unknown for good to this process.
 */
export async function settleAppend(
  commit: Commit,
  store: RemoteCommits,
  { timers, signal }: { readonly timers: Timers; readonly signal: AbortSignal },
): Promise<AppendOutcome> {
  let isUnclear = false;
  for (let attempts = 1; ; attempts += 1) {
    const attempt = await orUnclear(store.insert(commit));
    if (attempt !== 'unclear' && attempt.status === 'inserted') return { status: 'appended' };
    if (attempt !== 'unclear' && !isUnclear) {
      return { status: 'unavailable', reason: attempt.reason };
    }
    isUnclear = true;
    const found = await orUnclear(store.at(commit.position));
    if (found !== 'unclear' && found !== null) {
      const isOurs = found.commitId === commit.commitId && found.hash === commit.hash;
      return isOurs ? { status: 'appended' } : { status: 'deposed', head: headOf(found) };
    }
    await timers.sleep(ceilingMs(attempts, storeBackoff), signal);
    if (signal.aborted) {
      throw new Error(`The log was closed before the outcome of ${commit.position} was known`);
    }
  }
}

async function orUnclear<T>(work: Promise<T>): Promise<T | 'unclear'> {
  try {
    return await work;
  } catch (error) {
    // What lies there is not a commit: that will not change by asking again.
    if (error instanceof OakringError) throw error;
    return 'unclear';
  }
}

import type { Commit, LogHead } from '@oakring/events';

/**
 * What auditors get: the log, read only. Reads see whole durable commits, in order, and no read of one
 * reader sees less than one before it: heads never go back. A store that does not answer is
 * `store-away`: ask again.
 */
export interface EventLogReader {
  /** Where the log ends; `emptyHead` for an empty one. */
  head(): Promise<LogHead>;
  /**
   * Up to `limit` commits from `from` (inclusive, ≥ 1) in order, with `stream` only those that hold
   * an event of that stream. Short: at most `limit` commits and about 4 MB, at least one if there
   * is one.
   */
  read(query: { from: number; limit: number; stream?: string }): Promise<readonly Commit[]>;
  close(): Promise<void>;
}

export type AppendOutcome =
  | { readonly status: 'appended' }
  /** Another writer's commit lies at the position, or a higher epoch was seen: stop writing. */
  | { readonly status: 'deposed'; readonly head: LogHead }
  /** The store cannot write now (disk full, read-only); nothing was written. */
  | { readonly status: 'unavailable'; readonly reason: string };

export interface EventLogWriter extends EventLogReader {
  /**
   * Appends one commit durably; resolves `appended` only once it would survive `kill -9` and a
   * power cut. One in flight at a time. The position must be head + 1, `prev` the head's hash and
   * the epoch not below the head's, checked inside the store's transaction. The very same commit
   * again, lying at the head, is `appended`: that is how an unclear outcome is settled.
   *
   * A store over a network does not answer while an outcome is unclear: it reads, and repeats the
   * same commit, until it knows, however long that takes. `close` rejects what is still unclear.
   */
  append(commit: Commit): Promise<AppendOutcome>;
  /**
   * As `append` of one after the other, made durable together: for who copies a ledger. Ends at the first that is
   * not appended. Absent where a store takes commits one by one.
   */
  appendAll?(commits: readonly Commit[]): Promise<AppendOutcome>;
  /**
   * Number of events in each of these streams so far; streams without events are 0. Part of an
   * append: a store over a network is waited for.
   */
  streamVersions(streams: readonly string[]): Promise<ReadonlyMap<string, number>>;
}

import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { OakringError } from '@oakring/contracts';
import { exitNeverWaitsFor } from '@oakring/ports';
import { commitFailure, commitObstacle } from '../../lmdb/commit-failure.js';
import { dataFileName } from '../../lmdb/environment.js';
import {
  emptyHead,
  headOf,
  type Commit,
  type LogHead,
  logDamaged,
  decodeStoredCommit,
  encodeStoredCommit,
} from '@oakring/events';
import type { AppendOutcome, EventLogWriter } from '../event-log.port.js';
import { streamVersionsOf } from '../stream-versions.js';
import type { LedgerWatch } from './ledger-watch.js';
import {
  openLogEnvironment,
  reopenLogEnvironment,
  type LogEnvironment,
} from './log-environment.js';

/** About what one `read` returns at most, in characters of stored text. */
const maxReadCharacters = 4_000_000;
const maxPosition = Number.MAX_SAFE_INTEGER;

/**
 * The embedded ledger: lmdb in `folder`, which is made when it is missing. Throws an OakringError
 * `data-folder-unusable` or `log-damaged`, and has then changed nothing. The fence against a second
 * writer is the check inside each append's transaction; `lockFolder` is only the early message.
 */
export async function openLmdbEventLog(folder: string): Promise<LmdbEventLog> {
  return new LmdbEventLog(folder, await openLogEnvironment(folder));
}

export class LmdbEventLog implements EventLogWriter {
  /** The newest commit seen here. A commit is never updated, so its position proves it current. */
  private last: LogHead = emptyHead;
  /** A failed commit may leave lmdb refusing everything: the next append opens it anew. */
  private mustReopen = false;
  /** Why the newest append failed; null once one succeeded. */
  private lastFailure: string | null = null;
  private isClosed = false;

  constructor(
    private readonly folder: string,
    private environment: LogEnvironment,
    /** Told what lmdb is about to touch; null: what is open was looked through. */
    private readonly watch: LedgerWatch | null = null,
  ) {}

  append(commit: Commit): Promise<AppendOutcome> {
    return this.appendAll([commit]);
  }

  async appendAll(commits: readonly Commit[]): Promise<AppendOutcome> {
    if (this.isClosed) throw new Error(`The log in ${this.folder} is closed`);
    const prepared = commits.map((commit) => ({
      commit,
      text: encodeStoredCommit(commit),
      versions: streamVersionsOf(commit),
    }));
    for (const { commit, versions } of prepared) {
      for (const stream of versions.keys()) this.watch?.beforeIndex(stream, commit.position);
    }
    const outcome = await this.transact(() => {
      for (const { commit, text, versions } of prepared) {
        const written = this.write(commit, text, versions);
        if (written.status !== 'appended') return written;
      }
      return { status: 'appended' };
    });
    const last = commits.at(-1);
    if (outcome.status === 'appended' && last !== undefined) {
      this.last = headOf(last);
      this.lastFailure = null;
    }
    return outcome;
  }

  async head(): Promise<LogHead> {
    return this.currentHead();
  }

  async read(query: { from: number; limit: number; stream?: string }): Promise<readonly Commit[]> {
    const commits: Commit[] = [];
    let characters = 0;
    for (const [position, text] of this.textsOf(query)) {
      characters += text.length;
      if (commits.length > 0 && characters > maxReadCharacters) break;
      commits.push(this.decode(text, position));
    }
    return commits;
  }

  async streamVersions(streams: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const index = this.environment.streams;
    return new Map(
      streams.map((stream) => {
        this.watch?.beforeIndex(stream, maxPosition);
        const newestFirst = { start: [stream, maxPosition], end: [stream, 0], reverse: true };
        const [newest] = index.getRange({ ...newestFirst, limit: 1 });
        return [stream, newest?.value ?? 0];
      }),
    );
  }

  /** Why nothing can be appended now; null when nothing is known to be in the way. */
  obstacle(): Promise<string | null> {
    return commitObstacle(this.folder, this.lastFailure);
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    await this.environment.root.close();
  }

  /** Runs inside the transaction: nobody else writes between these checks and the commit. */
  private write(
    commit: Commit,
    text: string,
    versions: ReadonlyMap<string, number>,
  ): AppendOutcome {
    const head = this.currentHead();
    // The answer to an earlier attempt was lost or unclear: the very same commit is there.
    if (commit.position === head.position && commit.hash === head.hash) {
      return { status: 'appended' };
    }
    const follows =
      commit.position === head.position + 1 &&
      commit.prev === head.hash &&
      commit.epoch >= head.epoch;
    if (!follows) return { status: 'deposed', head };
    const { commits, streams } = this.environment;
    commits.put(commit.position, text);
    for (const [stream, version] of versions) streams.put([stream, commit.position], version);
    return { status: 'appended' };
  }

  private async transact(work: () => AppendOutcome): Promise<AppendOutcome> {
    try {
      if (this.mustReopen) await this.reopen();
      // A child transaction, so that an exception half-way takes back the whole commit.
      return await exitNeverWaitsFor(() => this.environment.commits.childTransaction(work));
    } catch (error) {
      if (error instanceof OakringError) throw error;
      this.mustReopen = true;
      const reason = await commitFailure(this.folder, error);
      this.lastFailure = reason;
      return { status: 'unavailable', reason };
    }
  }

  private currentHead(): LogHead {
    const { commits } = this.environment;
    const [position] = commits.getKeys({ reverse: true, limit: 1 });
    if (position === undefined) return emptyHead;
    if (position === this.last.position) return this.last;
    return headOf(this.decode(commits.get(position) ?? '', position));
  }

  /** One short read transaction: the caller takes what it needs without waiting in between. */
  private *textsOf(query: {
    from: number;
    limit: number;
    stream?: string;
  }): Generator<[number, string]> {
    const { commits, streams } = this.environment;
    const { from, limit, stream } = query;
    if (stream === undefined) {
      this.watch?.beforeRead(from, limit);
      for (const { key, value } of commits.getRange({ start: from, limit })) yield [key, value];
      return;
    }
    this.watch?.beforeStream(stream, from, limit);
    const range = { start: [stream, from], end: [stream, maxPosition], limit };
    for (const [, position] of streams.getKeys(range)) {
      yield [position, commits.get(position) ?? ''];
    }
  }

  private decode(text: string, position: number): Commit {
    const decoded = decodeStoredCommit(text, position);
    if (decoded.status === 'damaged') throw logDamaged(this.folder, decoded.damage);
    return decoded.commit;
  }

  private async reopen(): Promise<void> {
    await this.environment.root.close();
    this.environment = reopenLogEnvironment(this.folder);
    // What the failed commit left in the file, if anything, is repeated to the disk.
    const file = await open(join(this.folder, dataFileName), 'r+');
    await file.sync().finally(() => file.close());
    this.mustReopen = false;
  }
}

import type { Timers } from '@oakring/ports';
import { MongoServerError, MongoWriteConcernError, type Collection, type Document } from 'mongodb';
import { writeLimit, type MongoStore } from '../../mongodb/connect-mongodb.js';
import { emptyHead, headOf, type Commit, type LogHead } from '../commit.js';
import { logDamaged } from '../damage.js';
import type { AppendOutcome, EventLogWriter } from '../event-log.port.js';
import { backOffMs, settleAppend, type RemoteCommits } from '../settle-append.js';
import { streamVersionsOf } from '../stream-versions.js';
import { commitFrom, documentOf, type CommitDocument } from './commit-document.js';

const collectionName = 'ledger';
const unusedIndex = 'commands';
/** About what one `read` returns at most, in characters of event text. */
const maxReadCharacters = 4_000_000;
const duplicateKey = 11_000;
const maxTimeExpired = 50;
/** So many streams are asked about one by one. */
const fewStreams = 4;
const maxCommitsLookedAt = 200;

/**
 * The ledger in MongoDB, one document a commit. Never updated, never deleted, never in a
 * transaction: the unique `_id` is what makes positions dense and keeps out a second writer. The
 * store is closed by its owner.
 */
export async function openMongoEventLog(
  store: MongoStore,
  timers: Timers,
): Promise<EventLogWriter> {
  const commits = store.db.collection<CommitDocument>(collectionName);
  await makeIndexes(commits);
  return new MongoEventLog(commits, store.place, timers);
}

/** Exactly those that a read of ours uses: each is paid for with every commit. */
async function makeIndexes(commits: Collection<CommitDocument>): Promise<void> {
  await commits.createIndexes([{ key: { streams: 1, _id: -1 }, name: 'streams' }]);
  // An earlier release made it, and nothing ever asked by it.
  const found = await commits.indexes();
  if (!found.some(({ name }) => name === unusedIndex)) return;
  await commits.dropIndex(unusedIndex).catch(async (error: unknown) => {
    // Another manager that starts now may have been quicker.
    const left = await commits.indexes();
    if (left.some(({ name }) => name === unusedIndex)) throw error;
  });
}

/** The ledger in MongoDB for auditors: nothing is made there. */
export function readMongoEventLog(store: MongoStore, timers: Timers): MongoEventLog {
  const commits = store.db.collection<CommitDocument>(collectionName);
  return new MongoEventLog(commits, store.place, timers);
}

export class MongoEventLog implements EventLogWriter, RemoteCommits {
  private readonly closing = new AbortController();
  /** The newest commit that was appended here, to save the look at what goes before the next. */
  private last: LogHead = emptyHead;

  constructor(
    private readonly commits: Collection<CommitDocument>,
    private readonly place: string,
    private readonly timers: Timers,
  ) {}

  async append(commit: Commit): Promise<AppendOutcome> {
    const { signal } = this.closing;
    if (signal.aborted) throw new Error(`The log in ${this.place} is closed`);
    const { last } = this;
    if (commit.position <= last.position) {
      return commit.hash === last.hash ? { status: 'appended' } : { status: 'deposed', head: last };
    }
    const before = await this.predecessorOf(commit);
    if (before !== null) return { status: 'deposed', head: before };
    const outcome = await settleAppend(commit, this, { timers: this.timers, signal });
    if (outcome.status === 'appended') {
      this.last = headOf(commit);
    }
    return outcome;
  }

  async head(): Promise<LogHead> {
    const [document] = await this.commits.find().sort({ _id: -1 }).limit(1).toArray();
    return document === undefined ? emptyHead : headOf(this.decode(document));
  }

  async read(query: { from: number; limit: number; stream?: string }): Promise<readonly Commit[]> {
    const { from, limit, stream } = query;
    const filter = { _id: { $gte: from }, ...(stream === undefined ? {} : { streams: stream }) };
    // Ids are longs; the driver compares numbers of any kind.
    const found = this.commits.find(filter as object).sort({ _id: 1 });
    const commits: Commit[] = [];
    let characters = 0;
    try {
      for await (const document of found.limit(limit)) {
        const commit = this.decode(document);
        characters += commit.events.length;
        if (commits.length > 0 && characters > maxReadCharacters) break;
        commits.push(commit);
      }
    } finally {
      await found.close();
    }
    return commits;
  }

  async streamVersions(streams: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const there = await this.streamsThere(streams);
    return new Map(
      await Promise.all(
        streams.map(async (stream): Promise<[string, number]> => {
          if (!there.has(stream)) return [stream, 0];
          const [document] = await this.onceThere(() =>
            this.commits.find({ streams: stream }).sort({ _id: -1 }).limit(1).toArray(),
          );
          if (document === undefined) return [stream, 0];
          return [stream, streamVersionsOf(this.decode(document)).get(stream) ?? 0];
        }),
      ),
    );
  }

  /**
   * Which of the streams may have events. Most streams that are asked about are new: one question
   * tells that of all of them. Where old ones have a long history they all count as there.
   */
  private async streamsThere(streams: readonly string[]): Promise<ReadonlySet<string>> {
    if (streams.length < fewStreams) return new Set(streams);
    const found = await this.onceThere(() =>
      this.commits
        .find({ streams: { $in: [...streams] } }, { projection: { streams: 1 } })
        .limit(maxCommitsLookedAt)
        .toArray(),
    );
    if (found.length === maxCommitsLookedAt) return new Set(streams);
    return new Set(found.flatMap((document) => document['streams'] as readonly string[]));
  }

  async close(): Promise<void> {
    this.closing.abort();
  }

  async insert(
    commit: Commit,
  ): Promise<{ status: 'inserted' } | { status: 'refused'; reason: string }> {
    try {
      await this.commits.insertOne(documentOf(commit), writeLimit);
      return { status: 'inserted' };
    } catch (error) {
      if (isCertainRefusal(error) || isUnsendable(error)) {
        return { status: 'refused', reason: error.message };
      }
      throw error;
    }
  }

  async at(position: number): Promise<Commit | null> {
    const [document] = await this.commits
      .find({ _id: position } as object)
      .limit(1)
      .toArray();
    return document === undefined ? null : this.decode(document, position);
  }

  /** Null when `commit` follows what lies before its position; otherwise where the log ends. */
  private async predecessorOf(commit: Commit): Promise<LogHead | null> {
    const { position, prev, epoch } = commit;
    const known = this.last.position === position - 1 ? this.last : null;
    const before = known ?? (await this.headAt(position - 1));
    if (before?.hash === prev && epoch >= before.epoch) return null;
    return this.onceThere(() => this.head());
  }

  private async headAt(position: number): Promise<LogHead | null> {
    if (position === 0) return emptyHead;
    const commit = await this.onceThere(() => this.at(position));
    return commit === null ? null : headOf(commit);
  }

  /** Reads as part of an append: a store that is away is waited for, as an append waits for it. */
  private async onceThere<T>(read: () => Promise<T>): Promise<T> {
    const { signal } = this.closing;
    for (let delayMs = backOffMs.first; ; delayMs = Math.min(backOffMs.most, delayMs * 2)) {
      try {
        return await read();
      } catch (error) {
        if (signal.aborted || !isStoreAway(error)) throw error;
        await this.timers.sleep(delayMs, signal);
      }
    }
  }

  private decode(document: Document, position = Number(document['_id'])): Commit {
    const decoded = commitFrom(document, position);
    if (decoded.status === 'damaged') throw logDamaged(this.place, decoded.damage);
    return decoded.commit;
  }
}

/** The server said no to this very write, and will not do it later. */
function isCertainRefusal(error: unknown): error is MongoServerError {
  return (
    error instanceof MongoServerError &&
    !(error instanceof MongoWriteConcernError) &&
    error.code !== duplicateKey &&
    error.code !== maxTimeExpired &&
    !error.hasErrorLabel('RetryableWriteError')
  );
}

/** It never left this process: no document of that size or shape can be written. */
function isUnsendable(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return error instanceof RangeError || error.name.startsWith('BSON');
}

function isStoreAway(error: unknown): boolean {
  return error instanceof Error && error.name.startsWith('Mongo');
}

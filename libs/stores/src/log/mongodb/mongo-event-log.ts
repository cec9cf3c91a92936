import { ceilingMs, type Timers } from '@oakring/ports';
import type { ClientSession, Collection, Document } from 'mongodb';
import { CausalOrder } from '../../mongodb/causal-order.js';
import {
  isCertainRefusal,
  isStoreAway,
  isUnsendable,
  storeAway,
} from '../../mongodb/mongo-errors.js';
import { writeLimit, type MongoStore } from '../../mongodb/connect-mongodb.js';
import {
  damageAt,
  emptyHead,
  headOf,
  type Commit,
  type Damage,
  type LogHead,
  logDamaged,
} from '@oakring/events';
import type { AppendOutcome, EventLogWriter } from '../event-log.port.js';
import { settleAppend, storeBackoff, type RemoteCommits } from '../settle-append.js';
import { streamVersionsOf } from '../stream-versions.js';
import { commitFrom, documentOf, type CommitDocument } from './commit-document.js';
import { makeIndexes } from './ledger-indexes.js';

export const ledgerCollection = 'ledger';
/** About what one `read` returns at most, in characters of event text. */
const maxReadCharacters = 4_000_000;
/** So many streams are asked about one by one. */
const fewStreams = 4;
const maxCommitsLookedAt = 200;
/** A snapshot that does not come is told by the server, before the line counts as dead. */
const readLimit = { maxTimeMS: 1_500 };

/**
 * The ledger in MongoDB, one document a commit. Never updated, never deleted, never in a
 * transaction: the unique `_id` is what makes positions dense and keeps out a second writer. The
 * store is closed by its owner.
 */
export async function openMongoEventLog(
  store: MongoStore,
  timers: Timers,
): Promise<EventLogWriter> {
  const commits = store.db.collection<CommitDocument>(ledgerCollection);
  await makeIndexes(commits);
  return logOf(store, timers);
}

function logOf(store: MongoStore, timers: Timers): MongoEventLog {
  const commits = store.db.collection<CommitDocument>(ledgerCollection);
  return new MongoEventLog(commits, new CausalOrder(store.db.client), store.place, timers);
}

/** The ledger in MongoDB for auditors: nothing is made there. */
export function readMongoEventLog(store: MongoStore, timers: Timers): MongoEventLog {
  return logOf(store, timers);
}

export class MongoEventLog implements EventLogWriter, RemoteCommits {
  private readonly closing = new AbortController();
  /** The newest commit that was appended here, to save the look at what goes before the next. */
  private last: LogHead = emptyHead;

  constructor(
    private readonly commits: Collection<CommitDocument>,
    /** Heads and pages that are shown never go back. */
    private readonly order: CausalOrder,
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

  head(): Promise<LogHead> {
    return this.answered(() => this.readHead());
  }

  read(query: { from: number; limit: number; stream?: string }): Promise<readonly Commit[]> {
    return this.answered(() => this.order.run((session) => this.readPage(query, session)));
  }

  private async readPage(
    { from, limit, stream }: { from: number; limit: number; stream?: string },
    session: ClientSession,
  ): Promise<readonly Commit[]> {
    const filter = { _id: { $gte: from }, ...(stream === undefined ? {} : { streams: stream }) };
    // Ids are longs; the driver compares numbers of any kind.
    const found = this.commits.find(filter as object, { session, ...readLimit }).sort({ _id: 1 });
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

  /** A document that no position leads to: its `_id` is no long from 1. Looks at all of them. */
  stray(): Promise<Damage | null> {
    return this.answered(async () => {
      const isNone = { $or: [{ _id: { $not: { $type: 'long' } } }, { _id: { $lt: 1 } }] };
      const found = await this.order.run((session) =>
        this.commits.findOne(isNone as object, { projection: { _id: 1 }, session }),
      );
      if (found === null) return null;
      return damageAt(null, 'P6', `a document has the _id ${String(found._id)}`);
    });
  }

  streamVersions(streams: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return this.answered(() => this.versionsOf(streams));
  }

  private async versionsOf(streams: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const there = await this.streamsThere(streams);
    return new Map(
      await Promise.all(
        streams.map(async (stream): Promise<[string, number]> => {
          if (!there.has(stream)) return [stream, 0];
          const [document] = await this.onceThere((session) =>
            this.commits
              .find({ streams: stream }, { session, ...readLimit })
              .sort({ _id: -1 })
              .limit(1)
              .toArray(),
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
    const found = await this.onceThere((session) =>
      this.commits
        .find(
          { streams: { $in: [...streams] } },
          { projection: { streams: 1 }, session, ...readLimit },
        )
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
      await this.order.run((session) =>
        this.commits.insertOne(documentOf(commit), { session, ...writeLimit }),
      );
      return { status: 'inserted' };
    } catch (error) {
      if (isCertainRefusal(error) || isUnsendable(error)) {
        return { status: 'refused', reason: error.message };
      }
      throw error;
    }
  }

  at(position: number): Promise<Commit | null> {
    return this.order.run((session) => this.commitAt(position, session));
  }

  private async commitAt(position: number, session: ClientSession): Promise<Commit | null> {
    const [document] = await this.commits
      .find({ _id: position } as object, { session, ...readLimit })
      .limit(1)
      .toArray();
    return document === undefined ? null : this.decode(document, position);
  }

  private readHead(): Promise<LogHead> {
    return this.order.run((session) => this.headIn(session));
  }

  private async headIn(session: ClientSession): Promise<LogHead> {
    const [document] = await this.commits
      .find({}, { session, ...readLimit })
      .sort({ _id: -1 })
      .limit(1)
      .toArray();
    return document === undefined ? emptyHead : headOf(this.decode(document));
  }

  /** Null when `commit` follows what lies before its position; otherwise where the log ends. */
  private async predecessorOf(commit: Commit): Promise<LogHead | null> {
    const { position, prev, epoch } = commit;
    const known = this.last.position === position - 1 ? this.last : null;
    const before = known ?? (await this.headAt(position - 1));
    if (before?.hash === prev && epoch >= before.epoch) return null;
    return this.onceThere((session) => this.headIn(session));
  }

  private async headAt(position: number): Promise<LogHead | null> {
    if (position === 0) return emptyHead;
    const commit = await this.onceThere((session) => this.commitAt(position, session));
    return commit === null ? null : headOf(commit);
  }

  /** Reads as part of an append: a store that is away is waited for, as an append waits for it. */
  private async onceThere<T>(read: (session: ClientSession) => Promise<T>): Promise<T> {
    const { signal } = this.closing;
    for (let attempts = 1; ; attempts += 1) {
      try {
        return await this.order.run(read);
      } catch (error) {
        if (signal.aborted || !isStoreAway(error)) throw error;
        await this.timers.sleep(ceilingMs(attempts, storeBackoff), signal);
      }
    }
  }

  /** For whoever asks: a store that is away is told as that, with its reason, and asked again later. */
  private async answered<T>(read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      if (!isStoreAway(error)) throw error;
      throw storeAway(this.place, error);
    }
  }

  private decode(document: Document, position = Number(document['_id'])): Commit {
    const decoded = commitFrom(document, position);
    if (decoded.status === 'damaged') throw logDamaged(this.place, decoded.damage);
    return decoded.commit;
  }
}

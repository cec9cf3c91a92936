import { sha256 } from '@oakring/crypto';
import { eventProblem, schemaVersion, type DomainEvent } from '../catalogue/catalogue.js';
import { upcast } from '../catalogue/upcasters.js';
import { canonicalJson, type JsonObject } from '../text/canonical-json.js';
import { originProblem, type Origin } from './origin.js';

/** A command decided in a commit, by its id, and what its caller was answered. */
export interface DecidedCommand {
  /** `<METHOD> <path>#<Idempotency-Key>`. */
  readonly id: string;
  readonly outcome: JsonObject;
}

/** The unit of appending, as it is stored (docs/ledger-format.md). */
export interface Commit {
  /** 1: its hash covers a canonical JSON of all fields, events say neither who nor why. Written today: 2. */
  readonly format: CommitFormat;
  /** Dense, from 1. */
  readonly position: number;
  readonly epoch: number;
  /** Fresh per logical commit, the same on every retry. */
  readonly commitId: string;
  /** Milliseconds since 1970, leader's clock, never before the previous commit's. */
  readonly at: number;
  /** Hash of the commit before; 64 zeros before the first. */
  readonly prev: string;
  readonly streams: readonly string[];
  readonly commands: readonly DecidedCommand[];
  /** Canonical JSON text of the events. */
  readonly events: string;
  /** SHA-256, hex, over `hashedText`. */
  readonly hash: string;
}

export type CommitFormat = 1 | 2;
/** What is written. */
export const commitFormat: CommitFormat = 2;

/** An event with its place in history. */
export type StoredEvent = DomainEvent & {
  readonly position: number;
  readonly index: number;
  /** Number of the event in its stream, dense from 1. */
  readonly version: number;
  readonly at: number;
  /** As `Origin`; absent: recorded in format 1, which does not say. */
  readonly by?: string;
  readonly cause?: string;
  readonly deviceAt?: number;
  readonly trace?: string;
};

/** Where a log ends. */
export interface LogHead {
  readonly position: number;
  readonly hash: string;
  readonly epoch: number;
  readonly at: number;
}

export const emptyHead: LogHead = { position: 0, hash: '0'.repeat(64), epoch: 0, at: 0 };

/** At most this many events a commit… */
export const maxEventsPerCommit = 1000;
/** …and this many bytes of canonical text. */
export const maxCommitBytes = 1_048_576;

/** Text of one event inside a commit. Throws when the event does not pass its schema. */
export function encodeEvent(event: DomainEvent, version: number, origin: Origin): string {
  const problem = eventProblem(event.type, event.data) ?? originProblem(origin);
  if (problem !== null) throw new TypeError(`refused to write an event: ${problem}`);
  return canonicalJson({
    by: origin.by,
    cause: origin.cause,
    data: event.data,
    deviceAt: origin.deviceAt,
    schema: schemaVersion,
    stream: event.stream,
    trace: origin.trace,
    type: event.type,
    version,
  });
}

/** Chains a commit onto `head`. `events` are texts of `encodeEvent`, in order. */
export function sealCommit(
  head: LogHead,
  parts: {
    readonly epoch: number;
    readonly commitId: string;
    readonly at: number;
    readonly streams: readonly string[];
    readonly commands: readonly DecidedCommand[];
    readonly events: readonly string[];
  },
): Commit {
  const body = {
    format: commitFormat,
    position: head.position + 1,
    epoch: parts.epoch,
    commitId: parts.commitId,
    at: Math.max(parts.at, head.at),
    prev: head.hash,
    streams: parts.streams,
    commands: parts.commands,
    events: `[${parts.events.join(',')}]`,
    hash: '',
  };
  const header = headerOf(body);
  body.hash = sha256(`${header}\t${body.events}`);
  return new KnownCommit(body, header);
}

export function headOf(commit: Commit): LogHead {
  return { position: commit.position, hash: commit.hash, epoch: commit.epoch, at: commit.at };
}

/** The hash of what a commit says: what a third party recomputes. */
export function hashCommit(commit: Omit<Commit, 'hash'>): string {
  return sha256(hashedText(commit));
}

/**
 * What is hashed. Format 2: the header and the events' text with a tabulator between them, which is in
 * neither: both lie in the log as these bytes. Format 1: one canonical JSON, the events a string in it.
 */
export function hashedText(commit: Omit<Commit, 'hash'>): string {
  if (commit.format === 1) return canonicalJson(fieldsOf(commit));
  return KnownCommit.hashedOf(commit) ?? `${headerTextOf(commit)}\t${commit.events}`;
}

/** Canonical JSON of everything but `events` and `hash`, of a commit of format 2. */
export function headerTextOf(commit: Omit<Commit, 'hash'>): string {
  return KnownCommit.headerOf(commit) ?? headerOf(commit);
}

/** As `canonicalJson` writes it, member by member. */
export function headerOf(commit: Omit<Commit, 'hash'>): string {
  return (
    `{"_id":${commit.position},"at":"${new Date(commit.at).toISOString()}",` +
    `"commands":${canonicalJson(commit.commands)},"commitId":${canonicalJson(commit.commitId)},` +
    `"epoch":${commit.epoch},"format":${commit.format},"prev":"${commit.prev}",` +
    `"streams":${canonicalJson(commit.streams)}}`
  );
}

/** The fields of a commit of format 1 under the names they are stored with, but for the hash. */
export function fieldsOf(commit: Omit<Commit, 'hash'>): JsonObject {
  return {
    _id: commit.position,
    at: new Date(commit.at).toISOString(),
    commands: commit.commands,
    commitId: commit.commitId,
    epoch: commit.epoch,
    events: commit.events,
    prev: commit.prev,
    streams: commit.streams,
  };
}

/** What the text of a commit's events says, whatever that is. Throws when it is not JSON. */
export function recordsIn(commit: Commit): unknown {
  return KnownCommit.recordsOf(commit);
}

/** The same, once it is known that its events are ones. */
export function soundRecordsIn(commit: Commit): readonly EventRecord[] {
  return recordsIn(commit) as readonly EventRecord[];
}

/** Where the events of a commit belong, once it is known that they are ones. */
export function placesIn(commit: Commit): readonly Pick<EventHead, 'stream' | 'version'>[] {
  return KnownCommit.headsOf(commit) ?? soundRecordsIn(commit);
}

/** Keeps what a look at the events found. */
export function keepHeads(commit: Commit, heads: readonly EventHead[]): void {
  KnownCommit.keepHeads(commit, heads);
}

/**
 * A commit that was sealed here or read, with what need not be made of it again: its header's text, and
 * its events, whose parsing is most of the work on a commit. One that a spread makes of it has neither.
 */
export class KnownCommit implements Commit {
  readonly format: CommitFormat;
  readonly position: number;
  readonly epoch: number;
  readonly commitId: string;
  readonly at: number;
  readonly prev: string;
  readonly streams: readonly string[];
  readonly commands: readonly DecidedCommand[];
  readonly events: string;
  readonly hash: string;
  readonly #header: string | null;
  readonly #hashed: string | null;
  #records: unknown = undefined;
  #heads: readonly EventHead[] | null = null;

  /**
   * `header`: its canonical text, as it was written or read; null: format 1. `hashed`: `hashedText`, where
   * it was read in one piece.
   */
  constructor(commit: Commit, header: string | null, hashed: string | null = null) {
    this.format = commit.format;
    this.position = commit.position;
    this.epoch = commit.epoch;
    this.commitId = commit.commitId;
    this.at = commit.at;
    this.prev = commit.prev;
    this.streams = commit.streams;
    this.commands = commit.commands;
    this.events = commit.events;
    this.hash = commit.hash;
    this.#header = header;
    this.#hashed = hashed;
  }

  static headerOf(commit: object): string | null {
    return #header in commit ? commit.#header : null;
  }

  static hashedOf(commit: object): string | null {
    return #hashed in commit ? commit.#hashed : null;
  }

  static headsOf(commit: object): readonly EventHead[] | null {
    return #heads in commit ? commit.#heads : null;
  }

  static keepHeads(commit: object, heads: readonly EventHead[]): void {
    if (#heads in commit) commit.#heads = heads;
  }

  static recordsOf(commit: Commit): unknown {
    if (!(#records in commit)) return JSON.parse(commit.events);
    return (commit.#records ??= JSON.parse(commit.events));
  }
}

/** An event as its text says it. */
export interface EventRecord {
  readonly by?: string;
  readonly cause?: string;
  readonly deviceAt?: number;
  readonly trace?: string;
  readonly stream: string;
  readonly version: number;
  readonly type: string;
  readonly schema: number;
  readonly data: JsonObject;
}

/** What the order of events is judged by; without its data where its text was found sound unparsed. */
export interface EventHead {
  readonly stream: string;
  readonly version: number;
  readonly type: string;
  readonly schema: number;
  readonly data: JsonObject | null;
}

/** The events of a commit, upcast to today's schemas. */
export function decodeEvents(commit: Commit): StoredEvent[] {
  return soundRecordsIn(commit).map(
    (record, index) =>
      // The schema was checked when it was written, and the hash covers the text.
      ({
        position: commit.position,
        index,
        stream: record.stream,
        version: record.version,
        type: record.type,
        at: commit.at,
        // Absent in format 1. Not spread: this is done for every event that is ever read.
        by: record.by,
        cause: record.cause,
        deviceAt: record.deviceAt,
        trace: record.trace,
        data:
          record.schema === schemaVersion
            ? record.data
            : upcast(record.type, record.schema, record.data),
      }) as StoredEvent,
  );
}

import { isJsonObject, type JsonObject } from '../text/canonical-json.js';
import {
  hashCommit,
  headOf,
  recordsIn,
  type Commit,
  type CommitFormat,
  type LogHead,
} from './commit.js';
import type { Damage, DamageKind } from './damage.js';

export type ChainCheck =
  | { readonly status: 'intact'; readonly head: LogHead }
  | { readonly status: 'damaged'; readonly damage: Damage };

/**
 * Whether `commits` continue a log that ended at `head`: dense positions, an unbroken chain of
 * hashes, epochs and times that never fall, and stream versions without a gap. A version is checked
 * from the second time that a stream is seen, from the first when the log begins here. Pure: the
 * caller throws `logDamaged`, or goes on from the head that comes back.
 */
export function verifyChain(commits: readonly Commit[], head: LogHead): ChainCheck {
  const verifier = chainVerifier(head);
  for (const commit of commits) {
    const damage = verifier.next(commit);
    if (damage !== null) return { status: 'damaged', damage };
  }
  return { status: 'intact', head: verifier.head };
}

/** `verifyChain` of more commits than fit into memory, one after the other. */
export interface ChainVerifier {
  /** Where the log stands after the commits so far. */
  readonly head: LogHead;
  /** What is wrong with the next commit; null when it continues the log. */
  next(commit: Commit): Damage | null;
}

export function chainVerifier(head: LogHead): ChainVerifier {
  const versions = new Map<string, number>();
  const fromStart = head.position === 0;
  let last = head;
  let format: CommitFormat = 1;
  return {
    get head() {
      return last;
    },
    next(commit) {
      const problem =
        linkProblem(commit, last) ??
        formatProblem(commit, format) ??
        eventsProblem(commit, versions, fromStart);
      if (problem !== null) return { position: commit.position, ...problem };
      last = headOf(commit);
      format = commit.format;
      return null;
    },
  };
}

interface Problem {
  readonly kind: DamageKind;
  readonly detail: string;
}

function linkProblem(commit: Commit, last: LogHead): Problem | null {
  if (commit.position !== last.position + 1) {
    return { kind: 'gap', detail: `position ${last.position + 1} was expected` };
  }
  if (commit.prev !== last.hash) {
    return { kind: 'chain', detail: `prev is ${commit.prev}, the hash before is ${last.hash}` };
  }
  if (commit.epoch < last.epoch) {
    return { kind: 'epoch', detail: `epoch ${commit.epoch} follows epoch ${last.epoch}` };
  }
  if (commit.at < last.at) {
    return { kind: 'time', detail: `it is ${last.at - commit.at} ms before the commit before` };
  }
  const hash = hashCommit(commit);
  if (commit.hash !== hash) {
    return { kind: 'hash', detail: `hash is ${commit.hash}, its fields hash to ${hash}` };
  }
  return null;
}

/** A log goes over to the newer format once: an older one behind it says less than could be said. */
function formatProblem({ format }: Commit, before: CommitFormat): Problem | null {
  return format >= before
    ? null
    : { kind: 'format', detail: `format ${format} follows format ${before}` };
}

function eventsProblem(
  commit: Commit,
  versions: Map<string, number>,
  fromStart: boolean,
): Problem | null {
  const events = parsedEvents(commit);
  if (events === null) {
    return {
      kind: 'events',
      detail: `events is not a JSON list of events of format ${commit.format}`,
    };
  }
  for (const { stream, version } of events) {
    const before = versions.get(stream) ?? (fromStart ? 0 : version - 1);
    if (version !== before + 1) {
      return { kind: 'events', detail: `version ${version} of ${stream} follows ${before}` };
    }
    versions.set(stream, version);
  }
  if (!namesStreams(commit, events)) {
    return { kind: 'events', detail: 'streams does not name the streams of the events' };
  }
  return null;
}

/** Whether `streams` names those of the events, each once. */
function namesStreams({ streams }: Commit, events: readonly EventRecord[]): boolean {
  const [first] = events;
  if (events.length === 1) return streams.length === 1 && streams[0] === first?.stream;
  const seen = new Set(events.map(({ stream }) => stream));
  return seen.size === streams.length && streams.every((name) => seen.has(name));
}

function parsedEvents(commit: Commit): { stream: string; version: number }[] | null {
  let records: unknown;
  try {
    records = recordsIn(commit);
  } catch {
    return null;
  }
  const isRecord = isEventRecord[commit.format];
  return Array.isArray(records) && records.every(isRecord) ? records : null;
}

interface EventRecord {
  readonly stream: string;
  readonly version: number;
}

function isPlainRecord(value: unknown): value is EventRecord & JsonObject {
  return (
    isJsonObject(value) &&
    typeof value['stream'] === 'string' &&
    typeof value['type'] === 'string' &&
    Number.isSafeInteger(value['schema']) &&
    Number.isSafeInteger(value['version']) &&
    isJsonObject(value['data'])
  );
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

const isEventRecord: Readonly<
  Record<CommitFormat, (value: unknown) => value is EventRecord & JsonObject>
> = {
  1: isPlainRecord,
  2: (value): value is EventRecord & JsonObject =>
    isPlainRecord(value) &&
    isText(value['by']) &&
    isText(value['cause']) &&
    (value['deviceAt'] === undefined || Number.isSafeInteger(value['deviceAt'])),
};

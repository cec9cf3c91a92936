import {
  canonicalJson,
  isCanonical,
  isJsonObject,
  type JsonObject,
} from '../text/canonical-json.js';
import {
  fieldsOf,
  hashedText,
  KnownCommit,
  type Commit,
  type CommitFormat,
  type DecidedCommand,
} from './commit.js';
import { damageAt, newerAt, type Damage } from './damage.js';
import type { RuleId } from './rules.js';

export type DecodedCommit =
  | { readonly status: 'commit'; readonly commit: Commit }
  | { readonly status: 'damaged'; readonly damage: Damage };

/**
 * A commit as one line of text: what the embedded store keeps, and what an export holds. Format 2: what
 * was hashed, a tabulator, the hash. Format 1: canonical JSON of all fields.
 */
export function encodeStoredCommit(commit: Commit): string {
  return commit.format === 1
    ? canonicalJson({ ...fieldsOf(commit), hash: commit.hash })
    : `${hashedText(commit)}\t${commit.hash}`;
}

/**
 * The commit that should lie at `position`. Checks every field's type, and that the fields are written
 * in the one canonical way; the chain and the events are another's work.
 */
export function decodeStoredCommit(text: string, position: number): DecodedCommit {
  const headerEnd = text.indexOf('\t');
  const eventsEnd = text.lastIndexOf('\t');
  if (headerEnd === -1) return decodeLine(text, position);
  if (headerEnd === eventsEnd) return damaged(position, 'C1', 'it has one tabulator');
  return decodeParts(
    {
      header: text.slice(0, headerEnd),
      events: text.slice(headerEnd + 1, eventsEnd),
      hash: text.slice(eventsEnd + 1),
      hashed: text.slice(0, eventsEnd),
    },
    position,
  );
}

/** Of format 1. */
function decodeLine(text: string, position: number): DecodedCommit {
  const fields = parsed(text);
  if (!isJsonObject(fields)) return damaged(position, 'C1', 'the line is not a JSON object');
  if (!isCanonical(text, fields)) return notCanonical(position);
  return decodeFields(fields, position, 1);
}

/** The position that a stored commit says it has; NaN: it says none. */
export function positionIn(text: string): number {
  return Number(/^\{"_id":(\d+)/.exec(text)?.[1]);
}

interface Parts {
  readonly header: string;
  readonly events: unknown;
  readonly hash: unknown;
  /** What is hashed, where it lies in one piece. */
  readonly hashed: string | null;
}

/** As `decodeStoredCommit`, of the three texts that a commit of format 2 consists of. */
export function decodeParts(parts: Parts, position: number): DecodedCommit {
  const plain = plainCommit(parts);
  if (plain?.position === position) return { status: 'commit', commit: plain };
  const { header, events, hash, hashed } = parts;
  const fields = parsed(header);
  if (!isJsonObject(fields)) {
    return damaged(position, 'C1', 'its header is not a JSON object');
  }
  if (!isCanonical(header, fields)) return notCanonical(position);
  const stray = ['events', 'hash'].find((field) => Object.hasOwn(fields, field));
  if (stray !== undefined) return damaged(position, 'C3', `${stray} is not a field of a header`);
  const decoded = decodeFields({ ...fields, events, hash }, position, 2);
  if (decoded.status === 'damaged') return decoded;
  return { status: 'commit', commit: new KnownCommit(decoded.commit, header, hashed) };
}

/**
 * A header as nearly all are: without commands, every text of printable ASCII without quotation marks
 * and backslashes. What matches is canonical but for its time. All others take the long
 * way, which also says what is wrong.
 */
const plainHeader =
  /^\{"_id":([1-9]\d{0,14}),"at":"(\d{4}-\d\d-\d\dT[0-2]\d:[0-5]\d:[0-5]\d\.\d{3}Z)","commands":\[\],"commitId":"([ !#-[\]-~]+)","epoch":(0|[1-9]\d{0,14}),"format":2,"prev":"([0-9a-f]{64})","streams":\["([ !#-[\]-~]*(?:","[ !#-[\]-~]*)*)"\]\}$/;

function plainCommit({ header, events, hash, hashed }: Parts): Commit | null {
  const plain = plainHeader.exec(header);
  if (plain === null || typeof events !== 'string') return null;
  if (typeof hash !== 'string' || !hexHash.test(hash)) return null;
  const [, position, time = '', commitId = '', epoch, prev = '', streams = ''] = plain;
  const at = timeOf(time);
  if (at === null) return null;
  const fields: Commit = {
    format: 2,
    position: Number(position),
    epoch: Number(epoch),
    commitId,
    at,
    prev,
    streams: streams.includes('"') ? streams.split('","') : [streams],
    commands: [],
    events,
    hash,
  };
  return new KnownCommit(fields, header, hashed);
}

/** As `decodeStoredCommit`, of the fields of a commit of format 1. */
export function decodeCommitDocument(document: unknown, position: number): DecodedCommit {
  return isJsonObject(document)
    ? decodeFields(document, position, 1)
    : damaged(position, 'C1', 'it is not a JSON object');
}

function decodeFields(document: JsonObject, position: number, format: CommitFormat): DecodedCommit {
  const checks = fieldChecks[format];
  const stated = document['format'];
  if (Number.isSafeInteger(stated) && Number(stated) > newestFormat) {
    const detail = `it is of format ${String(stated)}; known are 1 to ${newestFormat}`;
    return { status: 'damaged', damage: newerAt(position, 'C3', detail) };
  }
  const unexpected = Object.keys(document).find((field) => !Object.hasOwn(checks, field));
  if (unexpected !== undefined) {
    return damaged(position, 'C3', `${unexpected} is not a field of a commit`);
  }
  for (const [field, check] of Object.entries(checks)) {
    if (!check.test(document[field])) {
      return damaged(position, 'C3', `${field} is not ${check.wanted}`);
    }
  }
  if (document['_id'] !== position) {
    const detail = `the commit there says that it is number ${String(document['_id'])}`;
    return damaged(position, 'C5', detail);
  }
  return { status: 'commit', commit: commitOf(document, format) };
}

function damaged(position: number, rule: RuleId, detail: string): DecodedCommit {
  return { status: 'damaged', damage: damageAt(position, rule, detail) };
}

function notCanonical(position: number): DecodedCommit {
  return damaged(position, 'C2', 'its text is not the canonical one');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function commitOf(document: JsonObject, format: CommitFormat): Commit {
  // Every type was checked by `fieldChecks` just before.
  const commit: Commit = {
    format,
    position: document['_id'] as number,
    epoch: document['epoch'] as number,
    commitId: document['commitId'] as string,
    at: Date.parse(document['at'] as string),
    prev: document['prev'] as string,
    streams: document['streams'] as readonly string[],
    commands: document['commands'] as readonly DecidedCommand[],
    events: document['events'] as string,
    hash: document['hash'] as string,
  };
  return new KnownCommit(commit, null);
}

interface FieldCheck {
  readonly wanted: string;
  test(value: unknown): boolean;
}

const hexHash = /^[0-9a-f]{64}$/;
const hashCheck: FieldCheck = {
  wanted: '64 hexadecimal digits',
  test: (value) => typeof value === 'string' && hexHash.test(value),
};
const integerFrom = (least: number): FieldCheck => ({
  wanted: `an integer from ${least}`,
  test: (value) => Number.isSafeInteger(value) && Number(value) >= least,
});

const sharedChecks: Readonly<Record<string, FieldCheck>> = {
  _id: integerFrom(1),
  at: { wanted: 'a time in ISO 8601, UTC, with milliseconds', test: isIsoTime },
  commands: {
    wanted: 'a list of {id, outcome}',
    test: (value) => Array.isArray(value) && value.every(isDecidedCommand),
  },
  commitId: {
    wanted: 'a text that is not empty',
    test: (value) => typeof value === 'string' && value !== '',
  },
  epoch: integerFrom(0),
  events: { wanted: 'a text', test: (value) => typeof value === 'string' },
  hash: hashCheck,
  prev: hashCheck,
  streams: {
    wanted: 'a list of texts',
    test: (value) => Array.isArray(value) && value.every((name) => typeof name === 'string'),
  },
};

const newestFormat = 2;

const fieldChecks: Readonly<Record<CommitFormat, Readonly<Record<string, FieldCheck>>>> = {
  1: sharedChecks,
  2: { ...sharedChecks, format: { wanted: '2', test: (value) => value === 2 } },
};

/** A year has four digits: others are written in more than one way. */
const isoTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

function isIsoTime(value: unknown): boolean {
  if (typeof value !== 'string' || !isoTime.test(value)) return false;
  const time = Date.parse(value);
  return !Number.isNaN(time) && new Date(time).toISOString() === value;
}

/** The newest hour that was seen to be one: commits that are read come one after the other. */
let knownHour = { text: '', beganMs: 0 };

/** Of a time as `plainHeader` finds it: milliseconds since 1970; null: there was never such a one. */
function timeOf(text: string): number | null {
  if (!text.startsWith(knownHour.text) || knownHour.text === '') {
    const hour = text.slice(0, 13);
    const began = `${hour}:00:00.000Z`;
    if (!isIsoTime(began)) return null;
    knownHour = { text: hour, beganMs: Date.parse(began) };
  }
  const digit = (at: number): number => text.charCodeAt(at) - 0x30;
  const seconds = (digit(14) * 10 + digit(15)) * 60 + digit(17) * 10 + digit(18);
  return knownHour.beganMs + seconds * 1_000 + digit(20) * 100 + digit(21) * 10 + digit(22);
}

function isDecidedCommand(value: unknown): boolean {
  return (
    isJsonObject(value) &&
    Object.keys(value).length === 2 &&
    typeof value['id'] === 'string' &&
    isJsonObject(value['outcome'])
  );
}

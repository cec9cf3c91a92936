import { Long, type Document } from 'mongodb';
import {
  isJsonObject,
  fieldsOf,
  headerTextOf,
  type Commit,
  decodeCommitDocument,
  damageAt,
  decodeParts,
  type DecodedCommit,
} from '@oakring/events';

/**
 * A commit as MongoDB keeps it. Format 2: its two texts as they were hashed, `hash`, and for its indexes
 * `_id` (a long) and `streams`. Format 1: the fields that were hashed, `_id` a long and `at` a date.
 */
export interface CommitDocument extends Document {
  readonly _id: Long;
}

export function documentOf(commit: Commit): CommitDocument {
  const { events, hash, streams } = commit;
  const _id = Long.fromNumber(commit.position);
  return commit.format === 1
    ? { ...fieldsOf(commit), _id, at: new Date(commit.at), hash }
    : { _id, streams, header: headerTextOf(commit), events, hash };
}

/** The commit that should lie at `position`: the same checks as for the embedded store. */
export function commitFrom(document: Document, position: number): DecodedCommit {
  return Object.hasOwn(document, 'header')
    ? commitOfTexts(document, position)
    : commitOfFields(document, position);
}

const textsFields = ['_id', 'events', 'hash', 'header', 'streams'];
const fieldsFields = [
  ...['_id', 'at', 'commands', 'commitId', 'epoch', 'events', 'hash', 'prev', 'streams'],
];

function commitOfTexts(document: Document, position: number): DecodedCommit {
  const problem = membersProblem(document, textsFields);
  if (problem !== null) return damaged(position, problem);
  const { _id, streams, header, events, hash } = document;
  if (typeof header !== 'string') return damaged(position, 'header is not a text');
  if (typeof events !== 'string') return damaged(position, 'events is not a text');
  if (typeof hash !== 'string') return damaged(position, 'hash is not a text');
  const decoded = decodeParts({ header, events, hash, hashed: null }, position);
  if (decoded.status === 'damaged') return decoded;
  if (_id !== position) return damaged(position, 'it lies under another _id');
  const said = decoded.commit.streams;
  const isIndexed =
    Array.isArray(streams) &&
    streams.length === said.length &&
    streams.every((name, index) => name === said[index]);
  return isIndexed ? decoded : damaged(position, 'streams is not what its header says');
}

function commitOfFields(document: Document, position: number): DecodedCommit {
  const problem = membersProblem(document, fieldsFields);
  if (problem !== null) return damaged(position, problem);
  const at: unknown = document['at'];
  if (!(at instanceof Date) || Number.isNaN(at.getTime())) {
    return damaged(position, 'at is not a date');
  }
  const plain = { ...document, at: at.toISOString() };
  const stray = strayType(plain);
  if (stray === null) return decodeCommitDocument(plain, position);
  return damaged(position, `${stray} has a type that JSON has not`);
}

function membersProblem(document: Document, fields: readonly string[]): string | null {
  const stray = Object.keys(document).find((field) => !fields.includes(field));
  if (stray !== undefined) return `${stray} is not a field of a commit`;
  const missing = fields.find((field) => !Object.hasOwn(document, field));
  return missing === undefined ? null : `it has no ${missing}`;
}

function damaged(position: number, detail: string): DecodedCommit {
  return { status: 'damaged', damage: damageAt(position, 'P5', detail) };
}

/** BSON has types that JSON has not: inside an outcome they would be hashed as something else. */
function strayType(document: Document): string | null {
  const commands: unknown = document['commands'];
  return isPlain(commands) ? null : 'commands';
}

function isPlain(value: unknown): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isSafeInteger(value);
  if (Array.isArray(value)) return value.every(isPlain);
  return (
    isJsonObject(value) &&
    Object.getPrototypeOf(value) === Object.prototype &&
    Object.values(value).every(isPlain)
  );
}

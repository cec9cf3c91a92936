import { Long, type Document } from 'mongodb';
import {
  isJsonObject,
  hashedFields,
  type Commit,
  decodeCommitDocument,
  type DecodedCommit,
} from '@oakring/events';

/** A commit as MongoDB keeps it: the fields that were hashed, with `_id` a long and `at` a date. */
export interface CommitDocument extends Document {
  readonly _id: Long;
}

export function documentOf(commit: Commit): CommitDocument {
  return {
    ...hashedFields(commit),
    _id: Long.fromNumber(commit.position),
    at: new Date(commit.at),
    hash: commit.hash,
  };
}

/** The commit that should lie at `position`: the same checks as for the embedded store. */
export function commitFrom(document: Document, position: number): DecodedCommit {
  const at: unknown = document['at'];
  const isDate = at instanceof Date && !Number.isNaN(at.getTime());
  const plain = { ...document, at: isDate ? at.toISOString() : null };
  const stray = strayType(plain);
  if (stray === null) return decodeCommitDocument(plain, position);
  return {
    status: 'damaged',
    damage: { position, kind: 'field', detail: `${stray} has a type that JSON has not` },
  };
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

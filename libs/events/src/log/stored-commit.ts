import { canonicalJson, isJsonObject, type JsonObject } from '../text/canonical-json.js';
import { hashedFields, type Commit, type DecidedCommand } from './commit.js';
import type { Damage } from './damage.js';

export type DecodedCommit =
  | { readonly status: 'commit'; readonly commit: Commit }
  | { readonly status: 'damaged'; readonly damage: Damage };

/**
 * The document of a commit as canonical JSON text: the bytes that were hashed, and `hash`. It is
 * what the embedded store keeps, and what an export holds, one commit a line.
 */
export function encodeStoredCommit(commit: Commit): string {
  return canonicalJson({ ...hashedFields(commit), hash: commit.hash });
}

/**
 * The commit that should lie at `position`. Checks every field's type; the chain is another's work.
 */
export function decodeStoredCommit(text: string, position: number): DecodedCommit {
  return decodeCommitDocument(parsed(text), position);
}

/** As `decodeStoredCommit`, of what the text says. */
export function decodeCommitDocument(document: unknown, position: number): DecodedCommit {
  const damaged = (kind: Damage['kind'], detail: string): DecodedCommit => ({
    status: 'damaged',
    damage: { position, kind, detail },
  });
  if (!isJsonObject(document)) return damaged('not-a-commit', 'the text is not a JSON object');
  const unexpected = Object.keys(document).find((field) => !Object.hasOwn(fieldChecks, field));
  if (unexpected !== undefined) return damaged('field', `${unexpected} is not a field of a commit`);
  for (const [field, check] of Object.entries(fieldChecks)) {
    if (!check.test(document[field])) return damaged('field', `${field} is not ${check.wanted}`);
  }
  if (document['_id'] !== position) {
    return damaged('gap', `the commit there says that it is number ${String(document['_id'])}`);
  }
  return { status: 'commit', commit: commitOf(document) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function commitOf(document: JsonObject): Commit {
  // Every type was checked by `fieldChecks` just before.
  return {
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

const fieldChecks: Readonly<Record<string, FieldCheck>> = {
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

function isIsoTime(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  const time = Date.parse(value);
  return !Number.isNaN(time) && new Date(time).toISOString() === value;
}

function isDecidedCommand(value: unknown): boolean {
  return (
    isJsonObject(value) &&
    Object.keys(value).length === 2 &&
    typeof value['id'] === 'string' &&
    isJsonObject(value['outcome'])
  );
}

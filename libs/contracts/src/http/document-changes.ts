import { isObject, type JsonObject } from '../parsing/parsing.js';

/** A field that two documents have another value of; null: it is not there. */
export interface DocumentChange {
  /** Dotted, from the top. */
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** What differs between two job documents, by field, in the order of names. Lists are compared whole. */
export function documentChanges(before: JsonObject, after: JsonObject): readonly DocumentChange[] {
  return changesBelow('', before, after);
}

function changesBelow(path: string, before: JsonObject, after: JsonObject): DocumentChange[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name) => {
    const [old = null, now = null] = [before[name], after[name]];
    const field = path === '' ? name : `${path}.${name}`;
    // What is all new is told member by member as well.
    const isNested = [old, now].every((each) => each === null || isObject(each));
    if (isNested && old !== now) return changesBelow(field, membersOf(old), membersOf(now));
    return textOf(old) === textOf(now) ? [] : [{ field, before: old, after: now }];
  });
}

function membersOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** Names in one order, wherever they stand. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    isObject(each) ? Object.fromEntries(Object.entries(each).sort(byName)) : each,
  );
}

function byName([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : Number(a > b);
}

const maxNamed = 3;
const maxShown = 48;

/** The same in a phrase: `image web:1 → web:2, resources.cpuMillis 100 → 200`. */
export function changesPhrase(changes: readonly DocumentChange[]): string {
  if (changes.length === 0) return 'nothing of the document';
  const named = changes.slice(0, maxNamed).map(phraseOf);
  const more = changes.length > maxNamed ? ` and ${changes.length - maxNamed} more` : '';
  return `${named.join(', ')}${more}`;
}

/** What an environment holds may be a secret, and is in the document for who looks there. */
function phraseOf({ field, before, after }: DocumentChange): string {
  if (field.split('.')[0] === 'environment') return field;
  const [old, now] = [shown(before), shown(after)];
  if (old.length > maxShown || now.length > maxShown) return field;
  return `${field} ${old} → ${now}`;
}

function shown(value: unknown): string {
  if (value === null) return '-';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

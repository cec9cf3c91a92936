import type { Page } from '@oakring/contracts';
import { badParameter, integer, text, type Query } from '../http/endpoints/parameters.js';

const defaultItems = 100;
const maxItems = 1_000;

const limit = integer('limit', `Items of a page; ${defaultItems} by default.`, {
  minimum: 1,
  maximum: maxItems,
});
const cursor = text('cursor', '`next` of the page before.');
const named = text(
  'named',
  'Whom a person means by a text: the one with this id, those with this name, and those of which either begins ' +
    'so; the best first, at most `limit`, no further page.',
);
/** What every list takes. */
export const pageParameters = [limit, cursor, named] as const;

interface PageRequest {
  readonly limit: number;
  /** The last id of the page before; empty for the first page. */
  readonly after: string;
  /** Null: all are meant. */
  readonly named: string | null;
}

export function pageRequestOf(query: Query): PageRequest {
  const after = cursor.of(query);
  const meant = named.of(query);
  if (after !== null && meant !== null) {
    throw badParameter(cursor.name, after, 'of no use: what is asked for by name has one page');
  }
  return {
    limit: limit.of(query) ?? defaultItems,
    after: after === null ? '' : idOfCursor(after),
    named: meant,
  };
}

/** The page of a view, in the order of ids. What changes between two pages moves no other item. */
export function pageOf<R extends { readonly id: string }, T>(
  records: Iterable<R>,
  { limit, after, named: meant }: PageRequest,
  position: number,
  { answer, nameOf }: { answer(record: R): T; nameOf(record: R): string },
): Page<T> {
  if (meant !== null) {
    return { items: meantBy(meant, records, nameOf).slice(0, limit).map(answer), position };
  }
  const found = smallestAfter(records, after, limit + 1);
  const shown = found.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(answer),
    position,
    ...(found.length > limit && last !== undefined ? { next: cursorOf(last.id) } : {}),
  };
}

/** Each in the order of ids. */
function meantBy<R extends { readonly id: string }>(
  text: string,
  records: Iterable<R>,
  nameOf: (record: R) => string,
): readonly R[] {
  const so: [ids: R[], names: R[], beginnings: R[]] = [[], [], []];
  for (const record of records) {
    const name = nameOf(record);
    if (record.id === text) so[0].push(record);
    else if (name === text) so[1].push(record);
    else if (record.id.startsWith(text) || name.startsWith(text)) so[2].push(record);
  }
  return so.flatMap((found) => found.sort(byId));
}

/** The `count` smallest ids after `after`, without sorting everything there is. */
function smallestAfter<R extends { readonly id: string }>(
  records: Iterable<R>,
  after: string,
  count: number,
): R[] {
  let kept: R[] = [];
  let bound: string | null = null;
  for (const record of records) {
    if (record.id <= after || (bound !== null && record.id >= bound)) continue;
    kept.push(record);
    if (kept.length < 4 * count) continue;
    kept = kept.sort(byId).slice(0, count);
    bound = kept.at(-1)?.id ?? null;
  }
  return kept.sort(byId).slice(0, count);
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : Number(a.id > b.id);
}

// Opaque, so that nobody builds one and another order stays possible.
function cursorOf(id: string): string {
  return Buffer.from(id, 'utf8').toString('base64url');
}

function idOfCursor(given: string): string {
  const id = Buffer.from(given, 'base64url').toString('utf8');
  if (id !== '' && cursorOf(id) === given) return id;
  throw badParameter(cursor.name, given, 'not the next of an earlier page');
}

import { OakringError } from '@oakring/contracts';
import { isEventType } from '@oakring/events';
import type { FastifyRequest } from 'fastify';
import {
  badParameter,
  flag,
  header,
  integer,
  text,
  type Query,
} from '../../http/endpoints/parameters.js';

/** What of the log is asked for, and how it is written. */
export interface EventQuery {
  readonly format: 'ndjson' | 'sse';
  /** Position of the first commit, inclusive. */
  readonly from: number;
  /** Events of the commit `from` with an index up to this one are known already. */
  readonly knownIndex: number;
  readonly stream: string | null;
  /** Null: every type. */
  readonly types: ReadonlySet<string> | null;
  /** Whose word: `nodes/n1`, or all that begin so: `nodes/`. Null: anybody's. */
  readonly by: string | null;
  readonly follow: boolean;
  /** At most this many events. */
  readonly limit: number;
}

const streamPattern =
  /^(cluster|access|secrets|seals|checkpoints|(nodes|jobs)\/[A-Za-z0-9._-]{1,128})$/;

const from = integer('from', 'First position, inclusive; 1 by default.', {
  minimum: 0,
  code: 'position-invalid',
});
const stream = text(
  'stream',
  'Only this stream: cluster, access, secrets, seals, checkpoints, nodes/<id> or jobs/<id>.',
);
const type = text('type', 'Only these types of events, separated by commas.');
const by = text(
  'by',
  'Only by the word of: nodes/<id>, manager/<process>, api/token …; `nodes/` is all of them.',
);
const follow = flag('follow', 'Go on with what happens. Implied by text/event-stream.');
const limit = integer('limit', 'End after this many events.', { minimum: 1 });
const lastEventId = header(
  'Last-Event-ID',
  'With text/event-stream: go on after this event, `<position>/<index>`.',
  ['position-invalid'],
);
export const eventParameters = [from, stream, type, by, follow, limit, lastEventId];

export function eventQueryOf(request: FastifyRequest): EventQuery {
  // Fastify parsed it; its type is left open there.
  const query = request.query as Query;
  const sse = request.headers.accept?.includes('text/event-stream') === true;
  return {
    format: sse ? 'sse' : 'ndjson',
    ...startOf(request, query, sse),
    stream: streamOf(query),
    types: typesOf(query),
    by: by.of(query),
    follow: follow.of(query) || sse,
    limit: limit.of(query) ?? Number.POSITIVE_INFINITY,
  };
}

/** A browser that comes back repeats its address; what it says to have seen counts more. */
function startOf(
  request: FastifyRequest,
  query: Query,
  sse: boolean,
): Pick<EventQuery, 'from' | 'knownIndex'> {
  const first = from.of(query);
  const last = request.headers['last-event-id'];
  if (!sse || last === undefined || last === '') {
    return { from: Math.max(1, first ?? 1), knownIndex: -1 };
  }
  const [, position, index] = /^([1-9]\d{0,14})\/(\d{1,9})$/.exec(String(last)) ?? [];
  if (position === undefined) {
    throw new OakringError({
      code: 'position-invalid',
      detail: `Last-Event-ID is ${JSON.stringify(last)}, not <position>/<index>.`,
      field: 'Last-Event-ID',
      value: last,
    });
  }
  return { from: Number(position), knownIndex: Number(index) };
}

function streamOf(query: Query): string | null {
  const given = stream.of(query);
  if (given === null || streamPattern.test(given)) return given;
  throw badParameter(
    stream.name,
    given,
    'not cluster, access, secrets, seals, checkpoints, nodes/<id> or jobs/<id>',
  );
}

function typesOf(query: Query): ReadonlySet<string> | null {
  const given = type.of(query);
  if (given === null) return null;
  const types = given.split(',');
  for (const each of types) {
    if (!isEventType(each)) throw badParameter(type.name, each, 'not a type of event');
  }
  return new Set(types);
}

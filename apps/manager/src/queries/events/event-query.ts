import { OakringError } from '@oakring/contracts';
import { isEventType } from '@oakring/events';
import type { FastifyRequest } from 'fastify';
import {
  badParameter,
  flagParameter,
  integerParameter,
  refuseUnknown,
  textParameter,
  type Query,
} from '../../http/query-parameters.js';

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
  readonly follow: boolean;
  /** At most this many events. */
  readonly limit: number;
}

const streamPattern = /^(cluster|seals|(nodes|jobs)\/[A-Za-z0-9._-]{1,128})$/;

export function eventQueryOf(request: FastifyRequest): EventQuery {
  // Fastify parsed it; its type is left open there.
  const query = request.query as Query;
  refuseUnknown(query, ['from', 'stream', 'type', 'follow', 'limit']);
  const sse = request.headers.accept?.includes('text/event-stream') === true;
  const limit = integerParameter(query, 'limit', {
    minimum: 1,
    maximum: Number.MAX_SAFE_INTEGER,
  });
  return {
    format: sse ? 'sse' : 'ndjson',
    ...startOf(request, query, sse),
    stream: streamOf(query),
    types: typesOf(query),
    follow: flagParameter(query, 'follow') || sse,
    limit: limit ?? Number.POSITIVE_INFINITY,
  };
}

/** A browser that comes back repeats its address; what it says to have seen counts more. */
function startOf(
  request: FastifyRequest,
  query: Query,
  sse: boolean,
): Pick<EventQuery, 'from' | 'knownIndex'> {
  const from = integerParameter(query, 'from', {
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    code: 'position-invalid',
  });
  const last = request.headers['last-event-id'];
  if (!sse || last === undefined || last === '') {
    return { from: Math.max(1, from ?? 1), knownIndex: -1 };
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
  const stream = textParameter(query, 'stream');
  if (stream === null || streamPattern.test(stream)) return stream;
  throw badParameter('stream', stream, 'not cluster, seals, nodes/<id> or jobs/<id>');
}

function typesOf(query: Query): ReadonlySet<string> | null {
  const text = textParameter(query, 'type');
  if (text === null) return null;
  const types = text.split(',');
  for (const type of types) {
    if (!isEventType(type)) throw badParameter('type', type, 'not a type of event');
  }
  return new Set(types);
}

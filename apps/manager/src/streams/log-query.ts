import { timeOf } from '@oakring/contracts';
import type { FastifyRequest } from 'fastify';
import {
  badParameter,
  flag,
  header,
  integer,
  text,
  type Query,
} from '../http/endpoints/parameters.js';

export type LogFormat = 'text' | 'ndjson' | 'sse';

export interface LogQuery {
  readonly format: LogFormat;
  readonly follow: boolean;
  /** What was printed so many milliseconds ago, or later; null: all that is kept. */
  readonly agoMs: number | null;
  readonly tail: number | null;
  readonly previous: boolean;
  /** With `format` text: each line begins with when it was printed. */
  readonly timestamps: boolean;
  /** The line that the reader had last; null: none. */
  readonly after: { readonly generation: number; readonly mark: string } | null;
}

const maxTail = 100_000;

const follow = flag('follow', 'Go on as it prints, until it has ended.');
const since = text(
  'since',
  'What was printed since: a time like 2026-11-23T10:00:00Z, or a time ago like -15m.',
);
const tail = integer('tail', 'So many of the newest lines, and what follows them.', {
  minimum: 0,
  maximum: maxTail,
});
const previous = flag('previous', 'Of the start before the present one.');
const timestamps = flag('timestamps', 'As text: each line begins with when it was printed.');
const after = text('after', 'What follows the line with this cursor, of the same generation.');
const lastEventId = header('Last-Event-ID', 'With text/event-stream: as `after`.', [
  'invalid-field',
]);

export const logParameters = [follow, since, tail, previous, timestamps, after, lastEventId];

export function logQueryOf(request: FastifyRequest, nowMs: number): LogQuery {
  // Fastify parsed it; its type is left open there.
  const query = request.query as Query;
  const accept = request.headers.accept ?? '';
  const format = accept.includes('text/event-stream')
    ? 'sse'
    : accept.includes('application/x-ndjson') || accept.includes('application/json')
      ? 'ndjson'
      : 'text';
  const seen = format === 'sse' ? request.headers['last-event-id'] : undefined;
  return {
    format,
    follow: follow.of(query),
    agoMs: agoOf(since.of(query), nowMs),
    tail: tail.of(query),
    previous: previous.of(query),
    timestamps: timestamps.of(query),
    after: cursorIn(typeof seen === 'string' && seen !== '' ? seen : after.of(query)),
  };
}

/** Of lines of JSON and server-sent events. */
export function cursorOf(generation: number, mark: string): string {
  return `${generation}:${mark}`;
}

function cursorIn(cursor: string | null): LogQuery['after'] {
  if (cursor === null) return null;
  const [, generation, mark] = /^(\d{1,15}):(.{0,64})$/.exec(cursor) ?? [];
  if (generation === undefined || mark === undefined) {
    throw badParameter(after.name, cursor, 'no cursor of a line');
  }
  return { generation: Number(generation), mark };
}

function agoOf(moment: string | null, nowMs: number): number | null {
  if (moment === null) return null;
  const atMs = timeOf(moment, nowMs);
  if (atMs === null) throw badParameter(since.name, moment, 'neither a time nor a time ago');
  return Math.max(0, Math.floor(nowMs - atMs));
}

import { errorCatalogue, type ErrorCode } from '../errors/catalogue.js';
import type { JsonObject } from '../parsing/parsing.js';
import {
  anyObject,
  anything,
  integer,
  listOf,
  natural,
  nullable,
  oneOf,
  text,
  time,
  type ShapeClass,
} from './kinds.js';
import { Field, Shape, shaped } from './shape.js';

/** Lists are `{items, position, next?}`; `next` is the cursor of the following page. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly position: number;
  readonly next?: string;
}

/** The page of such items. */
export function pageOf<T extends object>(items: ShapeClass<T>, name: string): ShapeClass<Page<T>> {
  @Shape({ name })
  class PageOfItems implements Page<T> {
    @Field(listOf(shaped(items)))
    readonly items: readonly T[];

    @Field(natural, { says: 'Position in the ledger.' })
    readonly position: number;

    @Field(text, { optional: true, says: 'The cursor of the following page.' })
    readonly next?: string;
  }
  return PageOfItems;
}

@Shape({
  says: 'A field of an accepted document that does nothing here; it is kept and passed on.',
})
export class FieldWarning {
  @Field(text)
  readonly field: string;

  @Field(nullable(text), { says: 'The known field that was perhaps meant; null: none is near.' })
  readonly nearest: string | null;

  @Field(text, { says: 'One sentence for a person.' })
  readonly detail: string;
}

@Shape()
export class BadField {
  @Field(text)
  readonly field: string;

  @Field(anything)
  readonly value: unknown;

  @Field(text)
  readonly detail: string;
}

@Shape({ says: 'RFC 9457. `errors` names every bad field when there are several.' })
export class Problem {
  @Field(text)
  readonly type: string;

  @Field(text)
  readonly title: string;

  @Field(integer(400, 599))
  readonly status: number;

  @Field(oneOf(Object.keys(errorCatalogue) as ErrorCode[]))
  readonly code: ErrorCode;

  @Field(text)
  readonly detail: string;

  @Field(text, { says: 'What to do next.' })
  readonly remedy: string;

  @Field(text, { optional: true, says: 'Dotted path of the field, when one is to blame.' })
  readonly field?: string;

  @Field(anything, { optional: true, says: 'The value seen, shortened.' })
  readonly value?: unknown;

  @Field(listOf(shaped(BadField)), { optional: true })
  readonly errors?: readonly BadField[];
}

/** A line of `GET /api/v1/events`, and the data of one server-sent event (id `position/index`). */
@Shape({
  example: {
    position: 7,
    index: 0,
    stream: 'jobs/web',
    version: 1,
    type: 'JobDeletionOrdered',
    at: '2026-01-01T00:00:00.000Z',
    data: {},
  },
})
export class EventLine {
  @Field(natural)
  readonly position: number;

  @Field(natural)
  readonly index: number;

  @Field(text)
  readonly stream: string;

  @Field(natural)
  readonly version: number;

  @Field(text)
  readonly type: string;

  @Field(time, { says: 'The leader’s clock at the commit.' })
  readonly at: string;

  @Field(nullable(text), {
    says: 'Who: `nodes/<id>`, `manager/<process>`, `api/token`, `api/open`, `root`. Null: recorded before format 2.',
  })
  readonly by: string | null;

  @Field(nullable(text), {
    says: 'What led to it: `<position>-<index>` of an event, `request:…`, `message:<topic>`, `lease:<epoch>`, `observed:…`.',
  })
  readonly cause: string | null;

  @Field(nullable(time), { says: 'The device’s clock, where its message says.' })
  readonly deviceAt: string | null;

  @Field(nullable(text), {
    says: 'W3C `traceparent` of the request that it is on account of, where that had one.',
  })
  readonly trace: string | null;

  @Field(anyObject)
  readonly data: JsonObject;
}

@Shape({ name: 'DeadLetter', says: 'A message that never became a command.' })
export class DeadLetter {
  @Field(time)
  readonly at: string;

  @Field(text)
  readonly topic: string;

  @Field(text)
  readonly code: string;

  @Field(text)
  readonly reason: string;

  @Field(text, { says: 'First 4 KiB; bytes that are not UTF-8 are shown as U+FFFD.' })
  readonly payload: string;

  @Field(natural, { says: 'How many like it were dropped since the one before.' })
  readonly suppressed: number;
}

export const DeadLetterPage = pageOf(DeadLetter, 'DeadLetterPage');

@Shape({ name: 'Stranger', says: 'A worker that speaks under an id that nobody knows.' })
export class Stranger {
  @Field(text)
  readonly id: string;

  @Field(time)
  readonly lastSeen: string;

  @Field(listOf(text), { says: 'Of what it says that it runs, the first.' })
  readonly runs: readonly string[];

  @Field(natural, { says: 'How many it says that it runs.' })
  readonly instances: number;
}

export const StrangerPage = pageOf(Stranger, 'StrangerPage');

/** How a check of the health is told, by what is checked. */
@Shape({ name: 'Health' })
export class HealthAnswer {
  @Field(oneOf(['ok', 'degraded', 'error', 'shutting_down']), {
    says: 'Degraded: something fails, and what is promised is kept all the same.',
  })
  readonly status: string;

  @Field(anyObject, { optional: true, says: 'The parts that are up or degraded.' })
  readonly info?: JsonObject;

  @Field(anyObject, { optional: true, says: 'The parts that are down.' })
  readonly error?: JsonObject;

  @Field(anyObject, {
    says: 'By part: `status` (`up`, `degraded`, `down`), `detail`, `since`, and a `remedy` where one is needed.',
  })
  readonly details: JsonObject;
}

@Shape({ says: 'What a leader answers to the challenge of another manager.' })
export class LeaderProof {
  @Field(text, { says: 'Good for one request, at the manager that gave it.' })
  readonly ticket: string;

  @Field(text)
  readonly proof: string;
}

@Shape({ name: 'OpenApi', isOpen: true, says: 'This document.' })
export class OpenApiDocument {
  @Field(text)
  readonly openapi: string;
}

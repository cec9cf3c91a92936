import type { ErrorCode } from '../errors/catalogue.js';
import { idExpectation, isId, isObject, type JsonObject } from '../parsing/parsing.js';

/** A class whose fields are a document's (shape.ts). */
export type ShapeClass<T extends object = object> = new () => T;

/** A JSON Schema, as OpenAPI 3.1 has it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * What a field may hold, for whoever checks it and for whoever reads about it. `T` is what it is in
 * TypeScript: a field that is declared otherwise does not compile.
 */
export interface Kind<T> {
  readonly schema: JsonSchema;
  readonly holds: (value: unknown) => boolean;
  /** Completes "<field> is <value>, …". */
  readonly expectation: string;
  /** What another value is refused as; `invalid-field` unless it says so. */
  readonly code?: ErrorCode;
  /** Its own fields are checked, each by its path. */
  readonly nested?: Nested;
  /** Looked at once it holds: of a list, what each of it must be. */
  readonly each?: Pick<Kind<unknown>, 'holds' | 'expectation' | 'code'>;
  /** Never there: it carries the type. */
  readonly as?: T;
}

interface Nested {
  readonly of: ShapeClass;
  readonly isList: boolean;
  /** What a short form of it stands for; null where it is none. */
  readonly atLength?: (value: unknown) => JsonObject | null;
}

const isWhole = (value: unknown): value is number => Number.isSafeInteger(value);

export const flag: Kind<boolean> = {
  schema: { type: 'boolean' },
  holds: (value) => typeof value === 'boolean',
  expectation: 'neither true nor false',
};

export function integer(minimum: number, maximum: number): Kind<number> {
  return {
    schema: { type: 'integer', minimum, maximum },
    holds: (value) => isWhole(value) && value >= minimum && value <= maximum,
    expectation: `not an integer from ${minimum} to ${maximum}`,
  };
}

/** 0, 1, 2, … */
export const natural: Kind<number> = {
  schema: { type: 'integer', minimum: 0 },
  holds: (value) => isWhole(value) && value >= 0,
  expectation: 'not an integer from 0',
};

export const number: Kind<number> = {
  schema: { type: 'number' },
  holds: (value) => typeof value === 'number',
  expectation: 'not a number',
};

/** A text of any length. */
export const text: Kind<string> = {
  schema: { type: 'string' },
  holds: (value) => typeof value === 'string',
  expectation: 'not a text',
};

export function textOf(maxLength: number): Kind<string> {
  return {
    schema: { type: 'string', minLength: 1, maxLength },
    holds: (value) => isTextOf(value, maxLength),
    expectation: `not a text of 1 to ${maxLength} characters`,
  };
}

/** A number is written out. */
export function textOrNumber(maxLength: number): Kind<string | number> {
  const plain = textOf(maxLength);
  return {
    ...{ schema: plain.schema, expectation: plain.expectation },
    holds: (value) => isTextOf(typeof value === 'number' ? String(value) : value, maxLength),
  };
}

function isTextOf(value: unknown, maxLength: number): boolean {
  return typeof value === 'string' && value.length > 0 && value.length <= maxLength;
}

export function matching(pattern: RegExp, expectation: string): Kind<string> {
  return {
    schema: { type: 'string', pattern: pattern.source },
    holds: (value) => typeof value === 'string' && pattern.test(value),
    expectation,
  };
}

/** ISO 8601. */
export const time: Kind<string> = {
  schema: { type: 'string', format: 'date-time' },
  holds: (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value)),
  expectation: 'not a time like 2026-11-23T10:00:00Z',
};

/** The id of a node or a job; numbers become strings. */
export const identifier: Kind<string | number> = {
  schema: { type: 'string', pattern: '^(?!\\.\\.?$)[A-Za-z0-9._-]{1,128}$' },
  holds: (value) => (typeof value === 'string' || typeof value === 'number') && isId(String(value)),
  expectation: idExpectation,
  code: 'invalid-id',
};

export function oneOf<T extends string>(values: readonly T[], code?: ErrorCode): Kind<T> {
  return {
    schema: { type: 'string', enum: [...values] },
    holds: (value) => values.some((known) => known === value),
    expectation: `not one of ${values.join(', ')}`,
    ...(code === undefined ? {} : { code }),
  };
}

/** True, or absent. */
export const onlyTrue: Kind<true> = {
  schema: { type: 'boolean', const: true },
  holds: (value) => value === true,
  expectation: 'not true',
};

export const anything: Kind<unknown> = {
  schema: {},
  holds: () => true,
  expectation: 'not a value',
};

/** An object with any members. */
export const anyObject: Kind<JsonObject> = {
  schema: { type: 'object', additionalProperties: true },
  holds: isObject,
  expectation: 'not an object',
};

/** What is described by hand: where one document takes several forms. */
export function formed<T>(
  schema: JsonSchema,
  holds: (value: unknown) => boolean,
  expectation: string,
): Kind<T> {
  return { schema, holds, expectation };
}

export function nullable<T>(kind: Kind<T>): Kind<T | null> {
  const { type, enum: values } = kind.schema;
  const schema =
    typeof type === 'string' && values === undefined
      ? { ...kind.schema, type: [type, 'null'] }
      : { oneOf: [kind.schema, { type: 'null' }] };
  return {
    ...kind,
    schema,
    holds: (value) => value === null || kind.holds(value),
  } as Kind<T | null>;
}

/** `{name: value}` with any names. */
export function recordOf<T>(kind: Kind<T>): Kind<Readonly<Record<string, T>>> {
  return {
    schema: { type: 'object', additionalProperties: kind.schema },
    holds: (value) => isObject(value) && Object.values(value).every((each) => kind.holds(each)),
    expectation: `not an object of which each member is ${kind.expectation.replace(/^not /, '')}`,
  };
}

/** One in which these names may stand. */
export function partialRecordOf<K extends string, T>(
  names: readonly K[],
  kind: Kind<T>,
): Kind<Readonly<Partial<Record<K, T>>>> {
  const { schema, holds, expectation } = recordOf(kind);
  return { schema: { ...schema, propertyNames: { enum: [...names] } }, holds, expectation };
}

export function listOf<T>(
  kind: Kind<T>,
  most?: { max: number; items: string },
): Kind<readonly T[]> {
  const max = most?.max ?? Number.MAX_SAFE_INTEGER;
  return {
    schema: {
      type: 'array',
      items: kind.schema,
      ...(most === undefined ? {} : { maxItems: max }),
    },
    holds: (value) => Array.isArray(value) && value.length <= max,
    expectation: most === undefined ? 'not a list' : `not a list of at most ${max} ${most.items}`,
    each: {
      ...{ ...kind, schema: undefined },
      holds: (value) => Array.isArray(value) && value.every((one) => kind.holds(one)),
    },
    ...(kind.nested === undefined ? {} : { nested: { ...kind.nested, isList: true } }),
  };
}

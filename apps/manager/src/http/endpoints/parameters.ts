import { OakringError, shortened, type ErrorCode } from '@oakring/contracts';

/** A parsed query string. A parameter that is given twice is a list. */
export type Query = Readonly<Record<string, unknown>>;

/** What of an address or a header an endpoint looks at: it is read and described by the same words. */
export interface Described {
  readonly in: 'query' | 'header';
  readonly name: string;
  readonly says: string;
  readonly schema: {
    readonly type: 'string' | 'integer' | 'boolean';
    readonly minimum?: number;
    readonly maximum?: number;
  };
  /** Codes of what is refused on its account. */
  readonly problems: readonly ErrorCode[];
}

/** A parameter in the query string; null where it is not given. */
export interface Parameter<T> extends Described {
  of(query: Query): T;
}

interface Range {
  readonly minimum: number;
  readonly maximum?: number;
  /** What a bad value is refused as. */
  readonly code?: ErrorCode;
}

/** An integer written in digits. */
export function integer(name: string, says: string, range: Range): Parameter<number | null> {
  const { minimum, maximum = Number.MAX_SAFE_INTEGER, code = 'invalid-field' } = range;
  return {
    in: 'query',
    name,
    says,
    schema: { type: 'integer', minimum, maximum },
    problems: [code],
    of(query) {
      const text = query[name];
      if (text === undefined) return null;
      const value = typeof text === 'string' && /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
      if (value >= minimum && value <= maximum) return value;
      throw badParameter(name, text, `not an integer from ${minimum} to ${maximum}`, code);
    },
  };
}

/** `true` or `false`; false when it is not given. */
export function flag(name: string, says: string): Parameter<boolean> {
  return {
    in: 'query',
    name,
    says,
    schema: { type: 'boolean' },
    problems: ['invalid-field'],
    of(query) {
      const text = query[name];
      if (text === undefined || text === 'false') return false;
      if (text === 'true') return true;
      throw badParameter(name, text, 'neither true nor false');
    },
  };
}

/** A text given once. */
export function text(
  name: string,
  says: string,
  code: ErrorCode = 'invalid-field',
): Parameter<string | null> {
  return {
    in: 'query',
    name,
    says,
    schema: { type: 'string' },
    problems: code === 'invalid-field' ? [code] : [code, 'invalid-field'],
    of(query) {
      const given = query[name];
      if (given === undefined) return null;
      if (typeof given === 'string') return given;
      throw badParameter(name, given, 'given more than once');
    },
  };
}

/** A header that an endpoint looks at itself. */
export function header(name: string, says: string, problems: readonly ErrorCode[]): Described {
  return { in: 'header', name, says, schema: { type: 'string' }, problems };
}

/** What an endpoint does not know of a query; null: all is known. What is ignored would be a lie. */
export function strangerIn(query: Query, known: readonly Described[]): OakringError | null {
  const names = known.filter(({ in: place }) => place === 'query').map(({ name }) => name);
  for (const name of Object.keys(query)) {
    if (names.includes(name)) continue;
    const offer = names.length === 0 ? 'this address takes none' : `known are ${names.join(', ')}`;
    return badParameter(name, query[name], `not a parameter of this address; ${offer}`);
  }
  return null;
}

/** `problem` completes "<name> is <value>, …". */
export function badParameter(
  name: string,
  value: unknown,
  problem: string,
  code: ErrorCode = 'invalid-field',
): OakringError {
  return new OakringError({
    code,
    detail: `${name} is ${JSON.stringify(shortened(value))}, ${problem}.`,
    field: name,
    value: shortened(value),
  });
}

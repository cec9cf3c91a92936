import { OakringError, shortened, type ErrorCode } from '@oakring/contracts';

/** A parsed query string. A parameter that is given twice is a list. */
export type Query = Readonly<Record<string, unknown>>;

/** Refuses parameters that a route does not know: one that is ignored would be a lie. */
export function refuseUnknown(query: Query, known: readonly string[]): void {
  for (const name of Object.keys(query)) {
    if (known.includes(name)) continue;
    const offer = known.length === 0 ? 'this address takes none' : `known are ${known.join(', ')}`;
    throw badParameter(name, query[name], `not a parameter of this address; ${offer}`);
  }
}

interface IntegerParameter {
  readonly minimum: number;
  readonly maximum: number;
  /** What a bad value is refused as. */
  readonly code?: ErrorCode;
}

/** An integer written in digits; null when it is not given. */
export function integerParameter(
  query: Query,
  name: string,
  { minimum, maximum, code }: IntegerParameter,
): number | null {
  const text = query[name];
  if (text === undefined) return null;
  const value = typeof text === 'string' && /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= minimum && value <= maximum) return value;
  throw badParameter(name, text, `not an integer from ${minimum} to ${maximum}`, code);
}

/** `true` or `false`; false when it is not given. */
export function flagParameter(query: Query, name: string): boolean {
  const text = query[name];
  if (text === undefined || text === 'false') return false;
  if (text === 'true') return true;
  throw badParameter(name, text, 'neither true nor false');
}

/** A text given once; null when it is not given. */
export function textParameter(query: Query, name: string): string | null {
  const text = query[name];
  if (text === undefined) return null;
  if (typeof text === 'string') return text;
  throw badParameter(name, text, 'given more than once');
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

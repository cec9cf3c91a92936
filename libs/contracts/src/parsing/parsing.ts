import type { ErrorCode, Refusal } from '../errors/catalogue.js';
import { cutText } from './text.js';

import { duplicateKeyIn } from './duplicate-key.js';

export type Parsed<T> =
  | {
      readonly ok: true;
      readonly value: T;
      /** Parts that the value was taken without, each with what was wrong with it. */
      readonly leftOut?: readonly Refusal[];
    }
  | { readonly ok: false; readonly refusal: Refusal };

export type JsonObject = { readonly [field: string]: unknown };

/** `.` and `..` are steps in a path: no address could name them. */
const idPattern = /^(?!\.\.?$)[A-Za-z0-9._-]{1,128}$/;
const maxShownCharacters = 120;

export function refused(
  code: ErrorCode,
  detail: string,
  field?: string,
  value?: unknown,
): { ok: false; refusal: Refusal } {
  return {
    ok: false,
    refusal: {
      code,
      detail,
      ...(field === undefined ? {} : { field }),
      ...(value === undefined ? {} : { value: shortened(value) }),
    },
  };
}

/** Refuses a value for what it is not: "<field> is <value>, not <expected>." */
export function unlike(field: string, value: unknown, expected: string) {
  const detail = `${field} is ${shownIn(value)}, not ${expected}.`;
  return refused('invalid-field', detail, field, value ?? null);
}

/** A value as a sentence of an error shows it. */
export function shownIn(value: unknown): string {
  return JSON.stringify(shortened(value)) ?? 'missing';
}

/** A value as it may be shown in an error: at most 120 characters of its JSON. */
export function shortened(value: unknown): unknown {
  let text: string;
  try {
    text = JSON.stringify(value) ?? String(value);
  } catch {
    // Thousands of levels overflow the stack.
    return '(nested too deeply to be shown)';
  }
  return text.length <= maxShownCharacters ? value : `${cutText(text, maxShownCharacters)}…`;
}

/** Bytes to a JSON object; anything else is refused. Fatal decoding: no byte is silently replaced. */
export function parseJsonObject(payload: Uint8Array): Parsed<JsonObject> {
  let text: string;
  try {
    text = decoder.decode(payload);
  } catch {
    return refused('not-utf8', `The payload of ${payload.byteLength} bytes is not UTF-8.`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return refused('invalid-json', `The payload is not JSON: ${reason}.`, undefined, text);
  }
  return isObject(value)
    ? { ok: true, value }
    : refused('invalid-json', 'The payload is JSON but not an object.', undefined, value);
}

/**
 * `parseJsonObject` for documents that people write: with or without a byte order mark, and no name
 * twice in one object.
 */
export function parseJsonDocument(payload: Uint8Array): Parsed<JsonObject> {
  const parsed = parseJsonObject(payload);
  if (!parsed.ok) return parsed;
  const name = duplicateKeyIn(decoder.decode(payload));
  if (name === null) return parsed;
  const shown = JSON.stringify(shortened(name));
  return refused('invalid-json', `The payload has ${shown} twice in one object.`, undefined, name);
}

const decoder = new TextDecoder('utf-8', { fatal: true });

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Completes "<field> is <value>, …". */
export const idExpectation =
  'not an id of 1 to 128 letters, digits, dots, underscores or dashes, and not "." or ".."';

/** HTTP bodies over this many bytes are answered 413. */
export const maxHttpBodyBytes = 256 * 1024;

/** A job document nests no deeper: whatever walks it afterwards recurses. */
export const maxJsonDepth = 64;

const sign = { quote: 0x22, backslash: 0x5c, list: [0x5b, 0x5d], object: [0x7b, 0x7d] } as const;

/** Whether lists and objects of JSON nest deeper than that; found in its bytes, before it is parsed. */
export function isDeeperThan(json: Uint8Array, depth: number): boolean {
  let open = 0;
  let isText = false;
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at];
    if (byte === sign.quote) isText = !isText;
    else if (isText) at += byte === sign.backslash ? 1 : 0;
    else if (byte === sign.list[0] || byte === sign.object[0]) open += 1;
    else if (byte === sign.list[1] || byte === sign.object[1]) open -= 1;
    if (open > depth) return true;
  }
  return false;
}

export function isId(value: string): boolean {
  return idPattern.test(value);
}

/** An id of a node or job: a string that matches the pattern; numbers become strings. */
export function idOf(value: unknown, field: string): Parsed<string> {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || !isId(text)) {
    return refused(
      'invalid-id',
      `${field} is ${shownIn(value)}, ${idExpectation}.`,
      field,
      value ?? null,
    );
  }
  return { ok: true, value: text };
}

export interface IntegerRange {
  readonly minimum: number;
  readonly maximum: number;
}

/** An integer in a range. */
export function integerOf(value: unknown, field: string, range: IntegerRange): Parsed<number> {
  if (
    typeof value !== 'number' ||
    !Number.isInteger(value) ||
    value < range.minimum ||
    value > range.maximum
  ) {
    return unlike(field, value, `an integer from ${range.minimum} to ${range.maximum}`);
  }
  return { ok: true, value };
}

/** A string of bounded length. */
export function textOf(value: unknown, field: string, maximum = 1024): Parsed<string> {
  if (
    typeof value !== 'string' ||
    value.length === 0 ||
    value.length > maximum ||
    !value.isWellFormed()
  ) {
    return unlike(field, value, `a text of 1 to ${maximum} characters`);
  }
  return { ok: true, value };
}

/** A text, or a number written out. */
export function textOrNumberOf(value: unknown, field: string, maximum = 1024): Parsed<string> {
  return textOf(typeof value === 'number' ? String(value) : value, field, maximum);
}

export function booleanOf(value: unknown, field: string): Parsed<boolean> {
  return typeof value === 'boolean'
    ? { ok: true, value }
    : refused(
        'invalid-field',
        `${field} is ${JSON.stringify(shortened(value))}, not true or false.`,
        field,
        value ?? null,
      );
}

/** `{key: string}` with at most 64 entries; values that are numbers or booleans become strings. */
export function labelsOf(value: unknown, field: string): Parsed<Record<string, string>> {
  if (!isObject(value) || Object.keys(value).length > 64) {
    return refused(
      'invalid-field',
      `${field} is not an object of at most 64 labels.`,
      field,
      value,
    );
  }
  const labels = new Map<string, string>();
  for (const [key, label] of Object.entries(value)) {
    if (
      key.length > 128 ||
      key === '__proto__' ||
      !['string', 'number', 'boolean'].includes(typeof label) ||
      String(label).length > 256
    ) {
      return refused(
        'invalid-field',
        `${field}.${cutText(key, 64)} is not a label (a text of at most 256 characters).`,
        `${field}.${cutText(key, 64)}`,
        label,
      );
    }
    labels.set(key, String(label));
  }
  return { ok: true, value: Object.fromEntries(labels) };
}

import { isAscii } from 'node:buffer';
import {
  checkedContent,
  isObject,
  parseJsonDocument,
  parseJsonObject,
  refused,
  type JsonObject,
  type Parsed,
} from '@oakring/contracts';

/**
 * `parseJsonObject` for the hot path: most payloads are plain ASCII, which needs no UTF-8 decoding.
 * Anything unusual goes the thorough way, so that both refuse alike.
 */
export function decodePayload(payload: Buffer): Parsed<JsonObject> {
  if (!isAscii(payload)) return parseJsonObject(payload);
  try {
    const value: unknown = JSON.parse(payload.toString('latin1'));
    if (isObject(value)) return { ok: true, value };
  } catch {
    // Refused below, with the reason.
  }
  return parseJsonObject(payload);
}

/**
 * A registration's content: an object that the ledger can hold, without a name twice (as over HTTP:
 * people write it, too), and then what `parse` says. Of what programs report the last of two counts,
 * as for any reader of ours: to look for a second one costs three times what parsing a reading does.
 */
export function decodeControl<T>(
  payload: Buffer,
  parse: (body: JsonObject) => Parsed<T>,
): Parsed<T> {
  const body = parseJsonDocument(payload);
  if (!body.ok) return body;
  const content = checkedContent(body.value);
  return content.ok ? parse(content.value) : content;
}

const escapedSurrogate = /\\u[dD][89a-fA-F]/;

/**
 * A report's content, of which only what `parse` takes goes any further. Half a character (bytes
 * cannot hold one, escapes can) becomes U+FFFD: it must not cost the rest of the message.
 */
export function decodeReport<P extends Parsed<unknown>>(
  payload: Buffer,
  parse: (body: JsonObject) => P,
): P | Extract<Parsed<never>, { ok: false }> {
  const body = decodePayload(payload);
  if (!body.ok) return body;
  try {
    return parse(escapedSurrogate.test(payload.toString('latin1')) ? mended(payload) : body.value);
  } catch {
    // Walking a value that is nested thousands of levels deep overflows the stack.
    return refused('invalid-field', 'The message is nested too deeply.');
  }
}

function mended(payload: Buffer): JsonObject {
  // It was an object a moment ago.
  return JSON.parse(payload.toString('utf8'), (_key, value: unknown) =>
    typeof value === 'string' ? value.toWellFormed() : value,
  ) as JsonObject;
}

/** The start that a message says it is of; null when it says none, or none that can be understood. */
export function incarnationIn(payload: Buffer): number | null {
  const body = decodePayload(payload);
  const incarnation = body.ok ? body.value['incarnation'] : null;
  return Number.isSafeInteger(incarnation) ? Number(incarnation) : null;
}

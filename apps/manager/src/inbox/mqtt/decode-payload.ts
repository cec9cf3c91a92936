import { isAscii } from 'node:buffer';
import {
  isObject,
  parseJsonObject,
  refused,
  type JsonObject,
  type Parsed,
} from '@oakring/contracts';
import { checkedContent } from '../../http/content.js';

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

/** A control message's content: an object that the ledger can hold, and then what `parse` says. */
export function decodeControl<T>(
  payload: Buffer,
  parse: (body: JsonObject) => Parsed<T>,
): Parsed<T> {
  const body = decodePayload(payload);
  if (!body.ok) return body;
  const content = checkedContent(body.value);
  return content.ok ? parse(content.value) : content;
}

/** A reading's content. Nothing of it but numbers and ids is kept, so only those are looked at. */
export function decodeReading<T>(
  payload: Buffer,
  parse: (body: JsonObject) => Parsed<T>,
): Parsed<T> {
  const body = decodePayload(payload);
  if (!body.ok) return body;
  try {
    return parse(body.value);
  } catch {
    // Showing a value that is nested thousands of levels deep overflows the stack.
    return refused('invalid-field', 'The reading is nested too deeply.');
  }
}

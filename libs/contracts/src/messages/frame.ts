import { isAscii } from 'node:buffer';
import type { Codec } from './codec.js';
import { checkedContent } from './content.js';
import {
  isObject,
  parseJsonDocument,
  parseJsonObject,
  refused,
  type JsonObject,
  type Parsed,
} from '../parsing/parsing.js';

/** How a message goes over the native wire. */
export interface Sending<W extends string = string> {
  /** What the manager's core calls what is said. */
  readonly what: W;
  readonly qos: 0 | 1;
  /** The broker keeps the last one for who subscribes later. */
  readonly retained?: true;
}

/** A message of the native wire: one JSON object in UTF-8. */
export interface Message<T, S = T, W extends string = string> extends Sending<W> {
  readonly members: readonly string[];
  encode(said: S): string;
  /** Never throws: what cannot be read is refused with a code. */
  decode(payload: Uint8Array): Parsed<T>;
}

/**
 * Of what programs say the last of two equal names counts, as for any reader: to look for a second one
 * costs three times what parsing a reading does. Half a character (bytes cannot hold one, escapes can)
 * becomes U+FFFD: it must not cost the rest of the message.
 */
export function message<T, S, W extends string>(
  codec: Codec<T, S>,
  sending: Sending<W>,
): Message<T, S, W> {
  return {
    ...sending,
    members: codec.members,
    encode: (said) => JSON.stringify(codec.write(said)),
    decode: (payload) => {
      const body = reportIn(payload);
      if (!body.ok) return body;
      try {
        return codec.read(body.value);
      } catch {
        return tooDeep();
      }
    },
  };
}

/**
 * A message that people write, too, and that is kept as it came: an object that the ledger can hold,
 * without a name twice (as over HTTP).
 */
export function documentMessage<T, S, W extends string>(
  codec: Codec<T, S>,
  sending: Sending<W>,
): Message<T, S, W> {
  return {
    ...message(codec, sending),
    decode: (payload) => {
      const body = parseJsonDocument(payload);
      if (!body.ok) return body;
      const content = checkedContent(body.value);
      return content.ok ? codec.read(content.value) : content;
    },
  };
}

/**
 * `parseJsonObject` for the hot path: most payloads are plain ASCII, which needs no UTF-8 decoding.
 * Anything unusual goes the thorough way, so that both refuse alike.
 */
export function reportIn(payload: Uint8Array): Parsed<JsonObject> {
  const bytes = bufferOf(payload);
  const text = bytes.toString('latin1');
  if (escapedSurrogate.test(text)) return mended(bytes);
  if (!isAscii(bytes)) return parseJsonObject(bytes);
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return { ok: true, value };
  } catch {
    // Refused below, with the reason.
  }
  return parseJsonObject(bytes);
}

function bufferOf(payload: Uint8Array): Buffer {
  return payload instanceof Buffer
    ? payload
    : Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
}

const escapedSurrogate = /\\u[dD][89a-fA-F]/;

function mended(payload: Buffer): Parsed<JsonObject> {
  const parsed = parseJsonObject(payload);
  if (!parsed.ok) return parsed;
  try {
    const value: unknown = JSON.parse(payload.toString('utf8'), (_key, member: unknown) =>
      typeof member === 'string' ? member.toWellFormed() : member,
    );
    return isObject(value) ? { ok: true, value } : parsed;
  } catch {
    return tooDeep();
  }
}

/** Walking a value that is nested thousands of levels deep overflows the stack. */
function tooDeep(): Extract<Parsed<never>, { ok: false }> {
  return refused('invalid-field', 'The message is nested too deeply.');
}

/** The start that a message says it is of; null when it says none, or none that can be understood. */
export function incarnationIn(payload: Uint8Array): number | null {
  const body = reportIn(payload);
  const incarnation = body.ok ? body.value['incarnation'] : null;
  return Number.isSafeInteger(incarnation) ? Number(incarnation) : null;
}

import {
  checkedContent,
  isDeeperThan,
  OakringError,
  parseJsonDocument,
  parseJsonObject,
  refused,
  type JsonObject,
  type Parsed,
  type Refusal,
} from '@oakring/contracts';
import type { FastifyInstance } from 'fastify';

/** Takes the bytes of a body for a JSON object, or says why they are none. */
export type ReadBody = (bytes: Uint8Array) => Parsed<JsonObject>;

/** Of what people and programs write, and the ledger keeps. */
export const readDocument: ReadBody = (bytes) => {
  const parsed = parseJsonDocument(bytes);
  return parsed.ok ? checkedContent(parsed.value) : parsed;
};

/**
 * Of what programs of ours send each other: any member that a job may have. Fastify's own parser
 * refuses some names (`constructor`), and one such job would then keep all others of its call out.
 */
export function readMessage(maxDepth: number): ReadBody {
  return (bytes) =>
    isDeeperThan(bytes, maxDepth)
      ? refused('invalid-field', `The body nests deeper than ${maxDepth} levels.`)
      : parseJsonObject(bytes);
}

/**
 * Reads bodies as JSON objects in strict UTF-8, and nothing else: any other media type is answered
 * 415, which `own-only.ts` asks of every change.
 */
export function acceptJsonOnly(server: FastifyInstance, read: ReadBody): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    ({ method }, bytes, done) => {
      try {
        // `parseAs: 'buffer'` gives a Buffer; the type of the callback also covers strings.
        done(null, bodyOf(read, bytes as Buffer, method));
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)));
      }
    },
  );
}

/**
 * Why it is no JSON, without what it says: whoever sent it has it, an answer may be kept in a log (of CI, of a proxy), and
 * it may have the value of a secret. V8 quotes what is around the fault.
 */
function unquoted(refusal: Refusal): Refusal {
  const { code, detail } = refusal;
  return code === 'invalid-json'
    ? { code, detail: detail.replace(/, (\.\.\.)?".*$/s, '.') }
    : refusal;
}

/** A body of no bytes is no body: some clients announce JSON and send nothing. */
function bodyOf(read: ReadBody, bytes: Buffer, method: string): JsonObject | undefined {
  if (bytes.byteLength === 0) return undefined;
  const body = read(bytes);
  if (!body.ok) throw new OakringError(unquoted(body.refusal));
  const [field] = Object.keys(body.value);
  if (method === 'DELETE' && field !== undefined) {
    const detail = `${field} is not known here; a DELETE is ordered by its address and parameters.`;
    throw new OakringError({ code: 'invalid-field', detail, field });
  }
  return body.value;
}

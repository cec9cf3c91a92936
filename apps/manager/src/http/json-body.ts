import { OakringError, parseJsonDocument, type JsonObject } from '@oakring/contracts';
import type { FastifyInstance } from 'fastify';
import { checkedContent } from './content.js';

/**
 * Reads bodies as JSON objects in strict UTF-8, and nothing else: any other media type is answered
 * 415, which `own-only.ts` of libs/http asks of every change.
 */
export function acceptJsonOnly(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    ({ method }, bytes, done) => {
      try {
        // `parseAs: 'buffer'` gives a Buffer; the type of the callback also covers strings.
        done(null, readJson(bytes as Buffer, method));
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)));
      }
    },
  );
}

/** A body of no bytes is no body: some clients announce JSON and send nothing. */
function readJson(bytes: Buffer, method: string): JsonObject | undefined {
  if (bytes.byteLength === 0) return undefined;
  const parsed = parseJsonDocument(bytes);
  if (!parsed.ok) throw new OakringError(parsed.refusal);
  const checked = checkedContent(parsed.value);
  if (!checked.ok) throw new OakringError(checked.refusal);
  const [field] = Object.keys(checked.value);
  if (method === 'DELETE' && field !== undefined) {
    const detail = `${field} is not known here; a DELETE is ordered by its address and parameters.`;
    throw new OakringError({ code: 'invalid-field', detail, field });
  }
  return checked.value;
}

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
    (_request, bytes, done) => {
      try {
        // `parseAs: 'buffer'` gives a Buffer; the type of the callback also covers strings.
        done(null, readJson(bytes as Buffer));
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)));
      }
    },
  );
}

/** A body of no bytes is no body: some clients announce JSON and send nothing. */
function readJson(bytes: Buffer): JsonObject | undefined {
  if (bytes.byteLength === 0) return undefined;
  const parsed = parseJsonDocument(bytes);
  if (!parsed.ok) throw new OakringError(parsed.refusal);
  const checked = checkedContent(parsed.value);
  if (!checked.ok) throw new OakringError(checked.refusal);
  return checked.value;
}

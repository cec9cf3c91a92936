import { OakringError, parseJsonObject } from '@oakring/contracts';
import type { FastifyInstance } from 'fastify';

/**
 * Reads bodies as JSON objects in strict UTF-8, with any member a job may have. Fastify's own parser
 * refuses some names (`constructor`), and one such job would then keep all others of its call out.
 */
export function acceptJsonOnly(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    (_request, bytes, done) => {
      // `parseAs: 'buffer'` gives a Buffer; the type of the callback also covers strings.
      const parsed = parseJsonObject(bytes as Buffer);
      if (parsed.ok) done(null, parsed.value);
      else done(new OakringError(parsed.refusal));
    },
  );
}

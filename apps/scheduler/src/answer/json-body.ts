import { isDeeperThan, maxJsonDepth, OakringError, parseJsonObject } from '@oakring/contracts';
import type { FastifyInstance } from 'fastify';

/** A job lies in a list of a body, and in an entry of it. */
const maxDepth = maxJsonDepth + 4;
const tooDeep = {
  code: 'invalid-field',
  detail: `The body nests deeper than ${maxDepth} levels.`,
} as const;

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
      const body = bytes as Buffer;
      if (isDeeperThan(body, maxDepth)) return done(new OakringError(tooDeep));
      const parsed = parseJsonObject(body);
      if (parsed.ok) done(null, parsed.value);
      else done(new OakringError(parsed.refusal));
    },
  );
}

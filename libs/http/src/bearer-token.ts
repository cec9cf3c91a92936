import { OakringError } from '@oakring/contracts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { createHash, timingSafeEqual } from 'node:crypto';

const scheme = /^bearer +/i;

/**
 * Lets only requests with the token in, those that `isKnown` otherwise, and those to `/health/…`,
 * which probes ask without one.
 */
export function requireBearerToken(
  server: FastifyInstance,
  token: string,
  isKnown: (request: FastifyRequest) => boolean = () => false,
): void {
  const expected = digestOf(token);
  server.addHook('onRequest', (request, reply, done) => {
    const { url, headers } = request;
    if (isHealthCheck(url) || carries(headers.authorization, expected)) return done();
    if (isKnown(request)) return done();
    void reply.header('www-authenticate', 'Bearer realm="oakring"');
    done(
      new OakringError({
        code: 'unauthorized',
        detail:
          headers.authorization === undefined
            ? 'The request has no Authorization header.'
            : 'The Authorization header does not carry our token.',
      }),
    );
  });
}

function isHealthCheck(url: string): boolean {
  return url.startsWith('/health/');
}

// Digests have one length, so comparing them tells nothing of the token's length either.
function carries(header: string | undefined, expected: Buffer): boolean {
  if (header === undefined || !scheme.test(header)) return false;
  return timingSafeEqual(digestOf(header.replace(scheme, '')), expected);
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}

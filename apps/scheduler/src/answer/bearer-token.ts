import { OakringError } from '@oakring/contracts';
import type { FastifyInstance } from 'fastify';
import { createHash, timingSafeEqual } from 'node:crypto';

const scheme = /^bearer +/i;

/** Lets only requests with the token in, except to `/health/…`, which probes ask without one. */
export function requireBearerToken(server: FastifyInstance, token: string): void {
  const expected = digestOf(token);
  server.addHook('onRequest', (request, reply, done) => {
    const presented = (request.headers.authorization ?? '').replace(scheme, '');
    const isProbe = request.url.startsWith('/health/');
    if (isProbe || timingSafeEqual(digestOf(presented), expected)) return done();
    void reply.header('www-authenticate', 'Bearer realm="oakring"');
    const detail = 'The request does not carry the token of this scheduler.';
    done(new OakringError({ code: 'unauthorized', detail }));
  });
}

/** Of one length whatever was presented, so that the comparison takes the same time. */
function digestOf(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}

import { OakringError } from '@oakring/contracts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Refusals } from './refusals.js';

const scheme = /^bearer +/i;

/** Whose word a request is: who showed the token, or anybody, where none was asked for. */
export type Caller = 'token' | 'open';

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller;
  }
}

export interface Admission {
  readonly token: string;
  /** Who needs no token: probes, the description of the interface, managers of the cluster. */
  readonly isFree: (request: FastifyRequest) => boolean;
  readonly refusals: Refusals;
}

/** Lets only requests with the token in, and those that need none. */
export function requireBearerToken(
  server: FastifyInstance,
  { token, isFree, refusals }: Admission,
): void {
  const expected = digestOf(token);
  server.addHook('onRequest', (request, reply, done) => {
    const { authorization } = request.headers;
    if (carries(authorization, expected)) {
      request.caller = 'token';
      return done();
    }
    if (isFree(request)) return done();
    void reply.header('www-authenticate', 'Bearer realm="oakring"');
    const problem = new OakringError({
      code: 'unauthorized',
      detail:
        authorization === undefined
          ? 'The request has no Authorization header.'
          : 'The Authorization header does not carry our token.',
    });
    refusals.note(problem, request);
    done(problem);
  });
}

/** Probes ask without a token. */
export function isHealthCheck({ url }: Pick<FastifyRequest, 'url'>): boolean {
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

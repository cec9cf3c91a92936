import { OakringError } from '@oakring/contracts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Refusals } from './refusals.js';

const scheme = /^bearer +/i;

/** Why a request is not answered: `unauthorized` or `forbidden`; null: it is. */
export type Admit = (request: FastifyRequest) => OakringError | null;

/** Asks of each request, before anything of it is read, whether it may be. */
export function guard(server: FastifyInstance, admit: Admit, refusals: Refusals): void {
  server.addHook('onRequest', (request, reply, done) => {
    const problem = admit(request);
    if (problem === null) return done();
    if (problem.code === 'unauthorized') {
      void reply.header('www-authenticate', 'Bearer realm="oakring"');
    }
    refusals.note(problem, request);
    done(problem);
  });
}

/**
 * Lets only requests with the one token in, and those that need none; null where everybody may come in. `place`: where
 * whoever may read it finds it.
 */
export function withOneToken(
  token: string | null,
  isFree: (request: FastifyRequest) => boolean,
  place?: string,
): Admit | null {
  if (token === null) return null;
  const expected = digestOf(token);
  return (request) => {
    const given = bearerOf(request);
    if (given !== null && timingSafeEqual(digestOf(given), expected)) return null;
    return isFree(request) ? null : tokenMissing(request, place);
  };
}

/** The token that a request shows; null: none, or something else. */
export function bearerOf({ headers: { authorization } }: Pick<FastifyRequest, 'headers'>) {
  if (authorization === undefined || !scheme.test(authorization)) return null;
  return authorization.replace(scheme, '');
}

/** Of a request without a token that counts here. */
export function tokenMissing(
  { headers }: Pick<FastifyRequest, 'headers'>,
  place?: string,
): OakringError {
  const detail =
    headers.authorization === undefined
      ? 'The request has no Authorization header.'
      : 'The Authorization header carries no token that holds here.';
  const where = place === undefined ? '' : ` It is in ${place}.`;
  return new OakringError({ code: 'unauthorized', detail: detail + where });
}

/** Of one length, so that comparing two tells nothing of what they are of. */
function digestOf(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}

/** Probes ask without a token. */
export function isHealthCheck({ url }: Pick<FastifyRequest, 'url'>): boolean {
  return url.startsWith('/health/');
}

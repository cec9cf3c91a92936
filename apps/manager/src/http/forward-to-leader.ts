import replyFrom from '@fastify/reply-from';
import { OakringError, shownUrl, systemCodeOf, type ErrorCode } from '@oakring/contracts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingHttpHeaders } from 'node:http';
import type { LeadershipView } from '../queries/tokens.js';

/** Says that a request was forwarded once: two followers must not play ball with it. */
const forwardedHeader = 'oakring-forwarded';
/** A frozen leader answers nobody; a store that takes 2 s for a write answers after two of them. */
const forwardWithinMs = 5_000;
const reads = new Set(['GET', 'HEAD', 'OPTIONS']);
/** Reads that only a leader can answer: what it hears from workers and has not written yet. */
const leadersReads = /^\/api\/v1\/(nodes\/changes|nodes\/[^/?]+\/telemetry|telemetry)(?=[/?]|$)/;

/**
 * A follower passes on to the leader what only the leader can do, as it came: method, body, key and
 * token. While nobody is known to lead, or the leader does not answer, that is a 503.
 */
export async function forwardToLeader(
  server: FastifyInstance,
  leadership: LeadershipView,
): Promise<void> {
  await server.register(replyFrom, { http: { requestOptions: { timeout: forwardWithinMs } } });
  server.addHook('preHandler', (request, reply, done) => {
    const { leading, leader } = leadership.status;
    if (leading || leader === null || !needsLeader(request)) return done();
    if (request.headers[forwardedHeader] !== undefined) return done();
    forward(leader, request, reply);
  });
}

function needsLeader({ method, url }: FastifyRequest): boolean {
  if (!url.startsWith('/api/v1/')) return false;
  return !reads.has(method) || leadersReads.test(url);
}

function forward(leader: string, request: FastifyRequest, reply: FastifyReply): void {
  void reply.from(`${leader}${request.url}`, {
    rewriteRequestHeaders: (_request, headers) => ({
      ...withoutOrigin(headers),
      [forwardedHeader]: 'true',
    }),
    onError: (failed, { error }) => {
      const detail = `The leader at ${shownUrl(leader)} does not answer: ${error.message}.`;
      failed.send(new OakringError({ code: codeOf(error), detail }));
    },
  });
}

/** Judged here, by our own name; at the leader's it would be a foreign one. */
function withoutOrigin(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const { origin, 'sec-fetch-site': site, ...rest } = headers;
  return rest;
}

/** Whoever did not take the connection did not take the command; anybody else may have. */
function codeOf(error: Error): ErrorCode {
  const isRefused = systemCodeOf(error) === 'ECONNREFUSED';
  return isRefused ? 'not-leading' : 'outcome-unknown';
}

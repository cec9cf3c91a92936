import { Logger } from '@nestjs/common';
import { OakringError, shownUrl, systemCodeOf, type ErrorCode } from '@oakring/contracts';
import { ask, NoAnswer } from '@oakring/http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingHttpHeaders } from 'node:http';
import type { LeadershipView } from '../../injection/query-tokens.js';
import { endpointOf } from '../endpoints/endpoint.js';
import type { ClusterProof } from './cluster-proof.js';
import { challenge, leaderProofPath } from './leader-proof.controller.js';

/** The signature of a request that was forwarded: instead of a token, and never forwarded again. */
export const forwardedHeader = 'oakring-forwarded';
/** A frozen leader answers nobody; a store that takes 2 s for a write answers after two of them. */
const forwardWithinMs = 5_000;
/** For a proof a leader asks no store. */
const proofWithinMs = 2_000;

/**
 * A follower passes on to the leader what only the leader can do: method, body and key as they came,
 * signed by us instead of the caller's token (cluster-proof.ts). While nobody is known to lead, or
 * the leader does not answer or prove itself, that is a 503.
 */
export async function forwardToLeader(
  server: FastifyInstance,
  leadership: LeadershipView,
  proof: ClusterProof,
): Promise<void> {
  // Its client is large: loaded only where there are other managers.
  const { default: replyFrom } = await import('@fastify/reply-from');
  await server.register(replyFrom, { http: { requestOptions: { timeout: forwardWithinMs } } });
  server.addHook('preHandler', async (request, reply) => {
    const signature = request.headers[forwardedHeader];
    if (typeof signature === 'string') return refuseOtherBody(proof, signature, request);
    const { leading, leader } = leadership.status;
    if (leading || leader === null || endpointOf(request)?.answeredBy !== 'leader') return;
    const ticket = await ticketFrom(leader, proof);
    const { method, url, body } = request;
    return forward(leader, request, reply, proof.sign(ticket, { method, url }, body));
  });
}

function refuseOtherBody(proof: ClusterProof, signature: string, { body }: FastifyRequest): void {
  if (proof.covers(signature, body)) return;
  const detail = 'The body is not the one that was signed.';
  throw new OakringError({ code: 'unauthorized', detail, field: forwardedHeader });
}

/** Nothing of a request is sent before this is there. */
async function ticketFrom(leader: string, proof: ClusterProof): Promise<string> {
  const asked = proof.newChallenge();
  const url = `${leader}/${leaderProofPath}?${challenge.name}=${asked}`;
  const answer = await ask({ url, token: null, withinMs: proofWithinMs }).catch(
    (error: unknown) => {
      if (!(error instanceof NoAnswer)) throw error;
      if (error.status !== null) return null;
      throw notLeading(`The leader at ${shownUrl(leader)} does not answer: ${error.message}.`);
    },
  );
  const ticket = proof.ticketOf(answer, asked, leader);
  if (ticket !== null) return ticket;
  const detail =
    `${shownUrl(leader)}, which the lease names as the leader's address, does not prove that a ` +
    `leader of this cluster is there: it must have the same OAKRING_TOKEN. Nothing was sent there.`;
  new Logger('Forwarding').warn(detail);
  throw notLeading(detail);
}

function notLeading(detail: string): OakringError {
  return new OakringError({ code: 'not-leading', detail });
}

function forward(
  leader: string,
  request: FastifyRequest,
  reply: FastifyReply,
  signature: string,
): FastifyReply {
  return reply.from(`${leader}${request.url}`, {
    rewriteRequestHeaders: (_request, headers) => ({
      ...withoutCaller(headers),
      [forwardedHeader]: signature,
    }),
    onError: (failed, { error }) => {
      const detail = `The leader at ${shownUrl(leader)} does not answer: ${error.message}.`;
      failed.send(new OakringError({ code: codeOf(error), detail }));
    },
  });
}

/** Who asks was judged here, by our own name and token. */
function withoutCaller(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const { origin, 'sec-fetch-site': site, authorization, cookie, ...rest } = headers;
  return rest;
}

/** Whoever did not take the connection did not take the command; anybody else may have. */
function codeOf(error: Error): ErrorCode {
  const isRefused = systemCodeOf(error) === 'ECONNREFUSED';
  return isRefused ? 'not-leading' : 'outcome-unknown';
}

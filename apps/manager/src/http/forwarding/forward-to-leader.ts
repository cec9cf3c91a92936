import { Logger } from '@nestjs/common';
import { OakringError, shownUrl, systemCodeOf, type ErrorCode } from '@oakring/contracts';
import type { Trust } from '@oakring/host';
import { ask, NoAnswer } from '@oakring/http';
import type { Ports } from '@oakring/ports';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingHttpHeaders } from 'node:http';
import type { LeadershipView } from '../../injection/query-tokens.js';
import { endpointOf } from '../endpoints/endpoint.js';
import type { ClusterProof } from './cluster-proof.js';
import { wantsWebSocket } from '../upgrades.js';
import { callerText } from '../../access/caller.js';
import { callerHeader, forwardedHeader } from './forwarded.js';
import { challenge, leaderProofPath } from './leader-proof.controller.js';
import { tunnel } from './tunnel.js';

/** A frozen leader answers nobody; a store that takes 2 s for a write answers after two of them. */
const forwardWithinMs = 5_000;
/** Whoever asks once gives up after 10 s; between two leaders there are some seconds. */
const patienceMs = 6_000;
const lookAgainMs = 200;
/** For a proof a leader asks no store. */
const proofWithinMs = 2_000;

/**
 * A follower passes on to the leader what only the leader can do: method, body and key as they came,
 * signed by us, with whose it is, instead of the caller's token (cluster-proof.ts). While nobody is known to lead, or
 * the leader does not answer or prove itself, that is a 503; a request that is asked once waits first.
 */
export async function forwardToLeader(
  server: FastifyInstance,
  { leadership, proof, ports, trust }: Forwarding,
): Promise<void> {
  // Its client is large: loaded only where there are other managers.
  const { default: replyFrom } = await import('@fastify/reply-from');
  await server.register(replyFrom, { http: { requestOptions: requestOptions(trust) } });
  server.addHook('preHandler', async (request, reply) => {
    const signature = request.headers[forwardedHeader];
    // Anybody can set the header; only what a manager of the cluster signed is never passed on again.
    if (request.isPassedOn && typeof signature === 'string')
      return refuseOtherBody(proof, signature, request);
    const endpoint = endpointOf(request);
    if (endpoint?.answeredBy !== 'leader') return;
    const { clock, timers } = ports;
    const untilMs = clock.monotonicMs() + (endpoint.isAskedOnce === true ? patienceMs : 0);
    for (;;) {
      const { leading, leader } = leadership.status;
      if (leading) return;
      const mayWait = clock.monotonicMs() < untilMs;
      const ticket = leader === null ? null : await ticketFrom(leader, { proof, trust }, mayWait);
      if (leader !== null && ticket !== null) {
        const { method, url, body } = request;
        const caller = callerText(request.caller);
        if (endpoint.isStream === true) endWithLeader(leader, reply, { leadership, timers });
        const signature = proof.sign(ticket, { method, url, caller }, body);
        const passedOn = { caller, signature };
        if (wantsWebSocket(request))
          return forwardUpgrade(leader, request, reply, { ...passedOn, trust });
        return forward(leader, request, reply, passedOn);
      }
      if (!mayWait) {
        if (endpoint.isAskedOnce !== true) return;
        // Its handler would wait once more, for longer than whoever asks does.
        throw notLeading(`Nobody was known to lead for ${patienceMs} ms.`);
      }
      await timers.sleep(lookAgainMs);
    }
  });
}

interface Forwarding {
  readonly leadership: LeadershipView;
  readonly proof: ClusterProof;
  readonly ports: Pick<Ports, 'clock' | 'timers'>;
  readonly trust: Trust;
}

/** Read for each request: whom we believe may change. Left to itself the library believes everybody. */
function requestOptions(trust: Trust) {
  return {
    timeout: forwardWithinMs,
    rejectUnauthorized: true,
    get ca() {
      return trust.options().ca;
    },
  };
}

/** A stream lasts as long as its reader wants; of a leader that was replaced, frozen or not, nothing more comes. */
function endWithLeader(
  leader: string,
  { raw }: FastifyReply,
  { leadership, timers }: { leadership: LeadershipView; timers: Ports['timers'] },
): void {
  const watch = timers.every(lookAgainMs, () => {
    const { leading, leader: now } = leadership.status;
    if (leading || (now !== null && now !== leader)) raw.destroy();
  });
  raw.once('close', () => watch.cancel());
}

function refuseOtherBody(proof: ClusterProof, signature: string, { body }: FastifyRequest): void {
  if (proof.covers(signature, body)) return;
  const detail = 'The body is not the one that was signed.';
  throw new OakringError({ code: 'unauthorized', detail, field: forwardedHeader });
}

/** Nothing of a request is sent before this is there. Null, where another leader may be waited for: it is not. */
async function ticketFrom(
  leader: string,
  { proof, trust }: Pick<Forwarding, 'proof' | 'trust'>,
  mayWait: boolean,
): Promise<string | null> {
  const asked = proof.newChallenge();
  const url = `${leader}/${leaderProofPath}?${challenge.name}=${asked}`;
  const answer = await ask({ url, token: null, trust, withinMs: proofWithinMs }).catch(
    (error: unknown) => {
      if (!(error instanceof NoAnswer)) throw error;
      if (error.status !== null || mayWait) return null;
      throw notLeading(`The leader at ${shownUrl(leader)} does not answer: ${error.message}.`);
    },
  );
  const ticket = proof.ticketOf(answer, asked, leader);
  if (ticket !== null || mayWait) return ticket;
  const detail =
    `${shownUrl(leader)}, which the lease names as the leader's address, does not prove that a ` +
    `leader of this cluster is there: it must have the same OAKRING_TOKEN. Nothing was sent there.`;
  new Logger('Forwarding').warn(detail);
  throw notLeading(detail);
}

function notLeading(detail: string): OakringError {
  return new OakringError({ code: 'not-leading', detail });
}

/** What a leader is shown instead of a token. */
interface PassedOn {
  readonly caller: string;
  readonly signature: string;
}

function forward(
  leader: string,
  request: FastifyRequest,
  reply: FastifyReply,
  { caller, signature }: PassedOn,
): FastifyReply {
  const { raw } = reply;
  const isStream = endpointOf(request)?.isStream === true;
  // Fastify writes the head with the first byte, and a client waits for that a while only; all of it is set here.
  if (isStream) raw.once('pipe', () => raw.flushHeaders());
  // Where either side breaks it off, Fastify would go on to our own handler.
  raw.once('close', () => reply.hijack());
  // What is followed may say nothing for hours: its reader, or a new leader, ends it.
  const lasting = isStream ? { timeout: 0 } : {};
  return reply.from(`${leader}${request.url}`, {
    ...lasting,
    rewriteRequestHeaders: (_request, headers) => ({
      ...withoutCaller(headers),
      [forwardedHeader]: signature,
      [callerHeader]: caller,
    }),
    onError: (failed, { error }) => {
      failed.send(noAnswer(leader, error));
    },
  });
}

async function forwardUpgrade(
  leader: string,
  request: FastifyRequest,
  reply: FastifyReply,
  { caller, signature, trust }: PassedOn & Pick<Forwarding, 'trust'>,
): Promise<FastifyReply> {
  const said = { [forwardedHeader]: signature, [callerHeader]: caller };
  const headers = { ...withoutCaller(request.headers), ...said };
  try {
    await tunnel(leader, request, reply, { headers, ...trust.options() });
    return reply;
  } catch (error) {
    throw noAnswer(leader, error);
  }
}

function noAnswer(leader: string, error: unknown): OakringError {
  const why = error instanceof Error ? error.message : String(error);
  const detail = `The leader at ${shownUrl(leader)} does not answer: ${why}.`;
  return new OakringError({ code: codeOf(error), detail });
}

/** Who asks was judged here, by our own name and token. */
function withoutCaller(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const { origin, 'sec-fetch-site': site, authorization, cookie, ...rest } = headers;
  return rest;
}

/** Whoever did not take the connection did not take the command; anybody else may have. */
function codeOf(error: unknown): ErrorCode {
  const isRefused = systemCodeOf(error) === 'ECONNREFUSED';
  return isRefused ? 'not-leading' : 'outcome-unknown';
}

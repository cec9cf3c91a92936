import { isPermission, OakringError, rolesWith, type Permission } from '@oakring/contracts';
import { isLoopbackAddress } from '@oakring/host';
import { bearerOf } from '@oakring/http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { openCaller, type Caller } from '../access/caller.js';
import { mayOf, roleText } from '../access/holder.js';
import type { Identities } from '../access/identities.js';
import type { RequestRates, Sent } from '../access/request-rates.js';
import { endpointOf, type Endpoint } from './endpoints/endpoint.js';
import type { ClusterProof } from './forwarding/cluster-proof.js';
import { forwardedBy } from './forwarding/forwarded.js';

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller;
    /** Of one that is refused: whose token it was that holds no more. */
    knownAs: string | null;
    /** Another manager of the cluster passed it on, and proved that. */
    isPassedOn: boolean;
  }
}

/** What a token is not asked of: it is for everybody, or others guard it (`open-wire.ts`). */
const freeNeeds: ReadonlySet<Endpoint['needs']> = new Set(['nothing', 'oakestra']);

/** Who is known, and how fast each may send. */
export interface Admission {
  readonly identities: Identities;
  readonly rates: Pick<RequestRates, 'take'>;
  /** How managers know each other; null where there is one. */
  readonly proof: ClusterProof | null;
}

/**
 * Before anything is read of a request: who asks, whether they may, and whether it is not too many. A manager that
 * passes a request on shows no token of its own: it says whose request it is.
 */
export function admissionTo(
  server: FastifyInstance,
  { identities, rates, proof }: Admission,
): (request: FastifyRequest) => OakringError | null {
  server.decorateRequest('caller');
  server.decorateRequest('knownAs', null);
  server.decorateRequest('isPassedOn', false);
  return (request) => {
    // Where there is nothing, only who is known is told so.
    const needs = endpointOf(request)?.needs ?? 'known';
    // A signature counts once, so that it is asked for here alone.
    const forwarded = proof === null ? null : forwardedBy(request, proof);
    request.isPassedOn = forwarded !== null;
    if (freeNeeds.has(needs)) {
      request.caller = openCaller;
      return null;
    }
    const shown = bearerOf(request);
    const caller =
      forwarded === null ? identities.ofBearer(shown) : identities.ofManager(forwarded.caller);
    if (caller instanceof OakringError) {
      if (forwarded === null && shown !== null) request.knownAs = identities.nameOf(shown);
      const tooMany = rates.take({ caller: null, ip: request.ip, bodyBytes: 0 });
      if (tooMany !== null) return tooMany;
      return identities.place === null ? caller : whereItIs(caller, identities.place, request);
    }
    request.caller = caller;
    // Those who are told by address were held to their rate by the manager that they spoke to.
    const isHeld = request.isPassedOn && typeof caller.by === 'string';
    const tooMany = isHeld ? null : rates.take(sentBy(request));
    if (tooMany !== null) return tooMany;
    if (!isPermission(needs)) return null;
    return mayOf(caller).includes(needs) ? null : lacking(caller, needs);
  };
}

/** Whoever asks from this machine is told where its credential is; a proxy here asks for others. */
function whereItIs(
  refused: OakringError,
  place: string,
  { ip, headers }: FastifyRequest,
): OakringError {
  const isProxied = headers['forwarded'] !== undefined || headers['x-forwarded-for'] !== undefined;
  if (isProxied || !isLoopbackAddress(ip.replace(/^::ffff:/i, ''))) return refused;
  const detail =
    `${refused.message} The credential of this machine is in ${place}: curl -H @${place}/admin.header, or ` +
    `oakring --token-file ${place}/admin.token.`;
  return new OakringError({ code: refused.code, detail });
}

function sentBy({ caller, ip, headers }: FastifyRequest): Sent {
  const { 'content-length': length, 'transfer-encoding': encoding } = headers;
  if (length !== undefined) return { caller, ip, bodyBytes: Number(length) };
  return { caller, ip, bodyBytes: encoding === undefined ? 0 : null };
}

function lacking(caller: Caller, needs: Permission): OakringError {
  const able = rolesWith(needs).join(', ');
  const detail = `${roleText(caller)}, which may not do this: it takes ${needs}, which ${able} may.`;
  return new OakringError({ code: 'forbidden', detail });
}

import { isPermission, OakringError, rolesWith, type Permission } from '@oakring/contracts';
import { isLoopbackAddress } from '@oakring/host';
import { bearerOf } from '@oakring/http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { openCaller, type Caller } from '../access/caller.js';
import { mayOf, roleText } from '../access/holder.js';
import type { Identities } from '../access/identities.js';
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

/**
 * Before anything is read of a request: who asks, and whether they may. A manager that passes a request on shows no
 * token of its own: it says whose request it is.
 */
export function admissionTo(
  server: FastifyInstance,
  identities: Identities,
  proof: ClusterProof | null,
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
      return identities.place === null ? caller : whereItIs(caller, identities.place, request);
    }
    request.caller = caller;
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

function lacking(caller: Caller, needs: Permission): OakringError {
  const able = rolesWith(needs).join(', ');
  const detail = `${roleText(caller)}, which may not do this: it takes ${needs}, which ${able} may.`;
  return new OakringError({ code: 'forbidden', detail });
}

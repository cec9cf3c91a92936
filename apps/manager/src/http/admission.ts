import { isPermission, OakringError, rolesWith, type Permission } from '@oakring/contracts';
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
  }
}

/** What a token is not asked of: it is for everybody, or others guard it (`open-wire.ts`). */
const freeNeeds: ReadonlySet<Endpoint['needs']> = new Set(['nothing', 'oakestra']);

/** Before anything is read of a request: who asks, and whether they may. */
export function admissionTo(
  server: FastifyInstance,
  identities: Identities,
  proof: ClusterProof | null,
): (request: FastifyRequest) => OakringError | null {
  server.decorateRequest('caller');
  return (request) => {
    // Where there is nothing, only who is known is told so.
    const needs = endpointOf(request)?.needs ?? 'known';
    if (freeNeeds.has(needs)) {
      request.caller = openCaller;
      return null;
    }
    const caller = callerOf(request, identities, proof);
    if (caller instanceof OakringError) return caller;
    request.caller = caller;
    if (!isPermission(needs)) return null;
    return mayOf(caller).includes(needs) ? null : lacking(caller, needs);
  };
}

/** A manager that passes a request on shows no token of its own: it says whose request it is. */
function callerOf(
  request: FastifyRequest,
  identities: Identities,
  proof: ClusterProof | null,
): Caller | OakringError {
  const forwarded = proof === null ? null : forwardedBy(request, proof);
  return forwarded === null
    ? identities.ofBearer(bearerOf(request))
    : identities.ofManager(forwarded.caller);
}

function lacking(caller: Caller, needs: Permission): OakringError {
  const able = rolesWith(needs).join(', ');
  const detail = `${roleText(caller)}, which may not do this: it takes ${needs}, which ${able} may.`;
  return new OakringError({ code: 'forbidden', detail });
}

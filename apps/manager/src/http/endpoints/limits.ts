import { OakringError, type Refusal } from '@oakring/contracts';
import type { Refusals } from '@oakring/http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import {
  beyondNodes,
  nodeOf,
  roleText,
  seesJob,
  seesOwnOnly,
  unknownJob,
} from '../../access/holder.js';
import type { Projection } from '../../views/projection.js';
import { endpointOf } from './endpoint.js';

/**
 * Holds whoever has a limited token to it, by the view as it stands; what is ordered is held to it once more where it
 * is decided. Not what is passed on: whoever leads knows more.
 */
export function limitCallers(
  server: FastifyInstance,
  projection: Projection,
  refusals: Refusals,
): void {
  server.addHook('preHandler', (request, _reply, done) => {
    const refusal = beyond(request, projection);
    if (refusal === null) return done();
    const problem = new OakringError(refusal);
    if (problem.code === 'forbidden') refusals.note(problem, request);
    done(problem);
  });
}

function beyond(request: FastifyRequest, { state }: Projection): Refusal | null {
  const { needs, heeds } = endpointOf(request) ?? {};
  const { caller } = request;
  const isOfJobs = needs?.startsWith('jobs:') === true && seesOwnOnly(caller);
  const isOfNodes = needs === 'nodes:write' && caller.nodes !== null;
  if ((!isOfJobs && !isOfNodes) || heeds === 'itself') return null;
  // The router made it of the address; its type is left open there.
  const { id = '' } = request.params as { readonly id?: string };
  if (isOfJobs && heeds === 'job') {
    const job = state.jobs.get(id);
    return job === undefined || seesJob(caller, job) ? null : unknownJob(id);
  }
  if (isOfNodes && heeds === 'node') return beyondNodes(caller, nodeOf(state, id));
  return { code: 'forbidden', detail: `${roleText(caller)}, which is limited; this is not.` };
}

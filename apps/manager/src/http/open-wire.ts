import { OakringError } from '@oakring/contracts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { knownHosts } from '../access/known-hosts.js';
import { endpointOf } from './endpoints/endpoint.js';

/** Who may use endpoints of programs that can show no credential. */
export interface OpenWire {
  /** Addresses and networks; none: whoever reaches us. */
  readonly hosts: readonly string[];
}

/** `isOurs`: another manager passes it on, which has judged it. */
export function guardOpenWire(
  server: FastifyInstance,
  wire: OpenWire | null,
  isOurs: (request: FastifyRequest) => boolean,
): void {
  const isKnown = knownHosts(wire?.hosts ?? []);
  server.addHook('onRequest', (request, _reply, done) => {
    if (endpointOf(request)?.needs !== 'oakestra') return done();
    if (wire === null) {
      const detail = "Oakestra's wire is not spoken here: OAKRING_OAKESTRA is not set.";
      return done(new OakringError({ code: 'route-unknown', detail }));
    }
    if (isOurs(request) || isKnown(request.ip)) return done();
    const detail = `${request.ip} is not among OAKRING_OAKESTRA_HOSTS.`;
    done(new OakringError({ code: 'unauthorized', detail }));
  });
}

import { OakringError } from '@oakring/contracts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { identityOf } from '../../access/request-rates.js';
import { endpointOf } from './endpoint.js';

/** Streams open at once; each holds a page of the log and a connection, of which there are more. */
const maxStreams = 1_000;
/** Of these one identity has so many at most: nobody takes every place. */
const maxOfOne = 250;

/** Keeps answers that last as long as their readers want from taking every place. */
export function limitStreams(server: FastifyInstance): void {
  const ofIdentity = new Map<string, number>();
  let all = 0;
  server.addHook('preHandler', (request, { raw }, done) => {
    if (endpointOf(request)?.isStream !== true) return done();
    const identity = countedAs(request);
    const open = ofIdentity.get(identity ?? '') ?? 0;
    if (all >= maxStreams || open >= maxOfOne) {
      const detail = `${all} readers of streams are connected already, ${open} of them of who asks.`;
      return done(new OakringError({ code: 'overloaded', detail }));
    }
    all += 1;
    if (identity !== null) ofIdentity.set(identity, open + 1);
    raw.once('close', () => {
      all -= 1;
      if (identity === null) return;
      const left = (ofIdentity.get(identity) ?? 1) - 1;
      if (left === 0) ofIdentity.delete(identity);
      else ofIdentity.set(identity, left);
    });
    done();
  });
}

/** Null: another manager told them by the address, which is its own here, and has counted. */
function countedAs({ caller, ip, isPassedOn }: FastifyRequest): string | null {
  return isPassedOn && typeof caller.by === 'string' ? null : identityOf(caller, ip);
}

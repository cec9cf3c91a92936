import { OakringError } from '@oakring/contracts';
import type { Timers } from '@oakring/ports';
import type { FastifyInstance } from 'fastify';
import { endStalled } from './end-stalled.js';
import { endpointOf } from './endpoint.js';

/** Streams open at once; each holds a page of the log and a connection, of which there are more. */
const maxStreams = 1_000;
/** Of these one address has so many at most: nobody takes every place. */
const maxOfOneAddress = 250;

/** Keeps answers that last as long as their readers want from taking every place. */
export function limitStreams(server: FastifyInstance, timers: Timers): void {
  const ofAddress = new Map<string, number>();
  let all = 0;
  server.addHook('preHandler', (request, { raw }, done) => {
    if (endpointOf(request)?.isStream !== true) return done();
    const { ip } = request;
    const open = ofAddress.get(ip) ?? 0;
    if (all >= maxStreams || open >= maxOfOneAddress) {
      const detail = `${all} readers of streams are connected already, ${open} of them from ${ip}.`;
      return done(new OakringError({ code: 'overloaded', detail }));
    }
    all += 1;
    ofAddress.set(ip, open + 1);
    const watch = endStalled(raw, timers);
    raw.once('close', () => {
      watch.cancel();
      all -= 1;
      const left = (ofAddress.get(ip) ?? 1) - 1;
      if (left === 0) ofAddress.delete(ip);
      else ofAddress.set(ip, left);
    });
    done();
  });
}

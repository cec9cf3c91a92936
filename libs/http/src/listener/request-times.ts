import { Distribution, Labelled, quickSeconds, type RequestTimes } from '@oakring/metrics';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Injection token of the `RequestTimes` of a listener: by route class, method and kind of status. */
export const REQUEST_TIMES = Symbol('RequestTimes');

/** What a request is counted under: a word that stands in the code; null: it lasts as long as its reader wants. */
export type RouteClass = (request: FastifyRequest) => string | null;

/** Where there is nothing, whatever was asked for. */
const noRoute = 'none';
/** Others are anybody's words. */
const methods = new Set(['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE']);

export function newRequestTimes(): RequestTimes {
  return new Labelled(() => new Distribution(quickSeconds));
}

/** Times every answer, from the request's head to its last byte. */
export function timeRequests(
  server: FastifyInstance,
  classOf: RouteClass,
  times: () => RequestTimes,
): void {
  server.addHook('onResponse', (request, reply, done) => {
    const route = request.is404 ? noRoute : classOf(request);
    if (route !== null) note(times(), route, request, reply);
    done();
  });
}

function note(
  times: RequestTimes,
  route: string,
  { method }: FastifyRequest,
  { statusCode, elapsedTime }: FastifyReply,
): void {
  const status = `${Math.floor(statusCode / 100)}xx`;
  times.of(route, methods.has(method) ? method : 'other', status).observe(elapsedTime / 1_000);
}

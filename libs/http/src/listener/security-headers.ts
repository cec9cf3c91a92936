import type { FastifyInstance } from 'fastify';
import type { ServerResponse } from 'node:http';

/**
 * On every answer, streams included: what is answered is no page (a page of ours says so, `Page`), nobody frames
 * it, guesses its type, embeds it or keeps it.
 */
const headers: Readonly<Record<string, string>> = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
};

export function sendSecurityHeaders(server: FastifyInstance): void {
  server.addHook('onRequest', (_request, reply, done) => {
    setSecurityHeaders(reply.raw);
    done();
  });
}

/** On the raw answer, so that streams, which bypass Fastify, carry them too. What a handler sets by the same name counts more. */
export function setSecurityHeaders(answer: ServerResponse): void {
  for (const [name, value] of Object.entries(headers)) answer.setHeader(name, value);
}

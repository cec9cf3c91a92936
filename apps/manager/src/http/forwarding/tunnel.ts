import type { TrustOptions } from '@oakring/host';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Duplex } from 'node:stream';
import { takeUpgrade } from '../upgrades.js';

/** A leader answers a request for an upgrade at once. */
const answerWithinMs = 5_000;

/**
 * Passes a request for an upgrade on, and then whatever comes, both ways, as it comes: neither frames nor their
 * limits are looked at here. What the leader refuses is passed back as it says it. Rejects where it does not
 * answer.
 */
export async function tunnel(
  leader: string,
  request: FastifyRequest,
  reply: FastifyReply,
  { headers, ...trusted }: TrustOptions & { readonly headers: OutgoingHttpHeaders },
): Promise<void> {
  const url = new URL(request.url, leader);
  const asking = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const asked = asking(url, {
    ...trusted,
    ...{ headers: { ...headers, host: url.host }, timeout: answerWithinMs },
  });
  const answered = new Promise<Answered>((resolve, reject) => {
    asked.once('upgrade', (answer, socket, head) =>
      resolve({ answer, upgraded: { socket, head } }),
    );
    asked.once('response', (answer) => resolve({ answer, upgraded: null }));
    asked.once('timeout', () => asked.destroy(new Error(`no answer within ${answerWithinMs} ms`)));
    asked.once('error', reject);
  });
  asked.end();
  const { answer, upgraded } = await answered;
  if (upgraded === null) return refused(answer, reply);
  const own = takeUpgrade(request);
  reply.hijack();
  if (own === null) return void upgraded.socket.destroy();
  own.socket.write(headOf(answer));
  join(own, upgraded);
}

interface Answered {
  readonly answer: IncomingMessage;
  readonly upgraded: { readonly socket: Duplex; readonly head: Buffer } | null;
}

async function refused(answer: IncomingMessage, reply: FastifyReply): Promise<void> {
  const { statusCode = 502, headers } = answer;
  const { connection, 'transfer-encoding': coding, 'keep-alive': kept, ...own } = headers;
  await reply.code(statusCode).headers(own).send(answer);
}

function headOf({ statusCode, statusMessage, rawHeaders }: IncomingMessage): string {
  const lines = [`HTTP/1.1 ${statusCode} ${statusMessage}`];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`);
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
}

interface End {
  readonly socket: Duplex;
  readonly head: Buffer;
}

/** Each gets what came from the other one, and goes with it. */
function join(one: End, other: End): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.socket.on('error', () => from.socket.destroy());
    from.socket.once('close', () => to.socket.destroy());
    if (from.head.byteLength > 0) to.socket.write(from.head);
    from.socket.pipe(to.socket);
  }
}

import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ServerResponse, type IncomingMessage, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** A connection that is to become another one, with what came behind its request. */
export interface Upgrade {
  readonly socket: Socket;
  readonly head: Buffer;
}

const asked = new WeakMap<IncomingMessage, Upgrade>();

/**
 * Requests for a WebSocket take the way of all others: what guards, limits and forwards sees them, what is refused is
 * a problem document, and a method that takes no upgrade answers them as it answers anybody. Node hands the bare
 * connection over; it is closed behind such an answer. Whoever offers another protocol (h2c, as some clients do with
 * every request) is answered as if he had not: an offer may be passed over (RFC 9110, 7.8).
 */
export function acceptUpgrades({ server, routing }: FastifyInstance): void {
  const newest = new WeakMap<Socket, ServerResponse>();
  server.on('request', (raw: IncomingMessage, answer: ServerResponse) => {
    newest.set(raw.socket, answer);
  });
  server.on('upgrade', (raw: IncomingMessage, socket: Socket, head: Buffer) => {
    // Whoever goes away is no failure; Node has let go of the connection, so nobody else listens.
    const leave = (): void => void socket.destroy();
    socket.on('error', leave);
    const take = (): void => {
      if (socket.destroyed || !socket.writable) return;
      if (isForWebSocket(raw)) return answerBare(routing, raw, { socket, head });
      socket.off('error', leave);
      serveWithoutOffer(server, raw, { socket, head });
    };
    // Of one that came before it, on the same connection, the answer may not have gone yet.
    const before = newest.get(socket);
    if (before === undefined || before.writableFinished) take();
    else before.once('finish', take);
  });
}

function isForWebSocket({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket';
}

function answerBare(
  routing: FastifyInstance['routing'],
  raw: IncomingMessage,
  upgrade: Upgrade,
): void {
  const { socket } = upgrade;
  const answer = new ServerResponse(raw);
  answer.shouldKeepAlive = false;
  answer.assignSocket(socket);
  answer.once('finish', () => socket.destroySoon());
  asked.set(raw, upgrade);
  routing(raw, answer);
}

/** Node has not read its body, and reads it only of a request that makes no offer: it is given that one. */
function serveWithoutOffer(server: Server, raw: IncomingMessage, { socket, head }: Upgrade): void {
  socket.setTimeout(0);
  socket.unshift(Buffer.concat([headWithoutOffer(raw), head]));
  // What is encrypted was taken on already.
  server.emit(socket instanceof TLSSocket ? 'secureConnection' : 'connection', socket);
}

function headWithoutOffer({ method, url, httpVersion, rawHeaders }: IncomingMessage): Buffer {
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const [name = '', value = ''] = rawHeaders.slice(at, at + 2);
    if (/^upgrade$/i.test(name)) continue;
    lines.push(`${name}: ${/^connection$/i.test(name) ? withoutUpgrade(value) : value}`);
  }
  // As Node reads them: a character a byte.
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}

function withoutUpgrade(connection: string): string {
  const words = connection.split(',').map((word) => word.trim());
  return words.filter((word) => word.toLowerCase() !== 'upgrade').join(', ');
}

/** Whether a request asks for a WebSocket, by a connection that can become one. */
export function wantsWebSocket({ raw }: FastifyRequest): boolean {
  return asked.has(raw);
}

/**
 * The connection of a request, which is its taker's from now on. Its answer stays with it: who watches that one sees
 * the connection end, and who ends that one ends it. Null: there is none, or it was taken.
 */
export function takeUpgrade({ raw }: FastifyRequest): Upgrade | null {
  const found = asked.get(raw);
  asked.delete(raw);
  return found ?? null;
}

import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ServerResponse, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/** A connection that is to become another one, with what came behind its request. */
export interface Upgrade {
  readonly socket: Socket;
  readonly head: Buffer;
}

const asked = new WeakMap<IncomingMessage, Upgrade>();

/**
 * Requests for an upgrade take the way of all others: what guards, limits and forwards sees them, what is refused is
 * a problem document, and a method that takes no upgrade answers them as it answers anybody. Node hands the bare
 * connection over; it is closed behind such an answer.
 */
export function acceptUpgrades(server: FastifyInstance): void {
  server.server.on('upgrade', (raw: IncomingMessage, socket: Socket, head: Buffer) => {
    // Whoever goes away is no failure; Node has let go of the connection, so nobody else listens.
    socket.on('error', () => socket.destroy());
    const answer = new ServerResponse(raw);
    answer.shouldKeepAlive = false;
    answer.assignSocket(socket);
    answer.once('finish', () => socket.destroySoon());
    asked.set(raw, { socket, head });
    server.routing(raw, answer);
  });
}

/** Whether a request asks for a WebSocket, by a connection that can become one. */
export function wantsWebSocket({ raw, headers }: FastifyRequest): boolean {
  return asked.has(raw) && headers.upgrade?.toLowerCase() === 'websocket';
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

import type { EventEmitter } from 'node:events';
import type { ServerOptions } from 'node:http';
import type { Socket } from 'node:net';
import { answerMalformedRequest } from './malformed-request.js';

export interface HttpLimits {
  /** A request whose head, or whose whole, has not come by then is answered 408 and closed. */
  readonly headersWithinMs: number;
  readonly requestWithinMs: number;
  readonly checkEveryMs: number;
  readonly connections: number;
}

export const usualDeadlines = {
  headersWithinMs: 10_000,
  requestWithinMs: 30_000,
  checkEveryMs: 2_000,
} as const;

/** What Fastify is made with. */
export function deadlinesOf(limits: HttpLimits): {
  readonly requestTimeout: number;
  readonly http: ServerOptions;
  readonly clientErrorHandler: typeof answerMalformedRequest;
} {
  return {
    requestTimeout: limits.requestWithinMs,
    http: {
      headersTimeout: limits.headersWithinMs,
      connectionsCheckingInterval: limits.checkEveryMs,
    },
    clientErrorHandler: answerMalformedRequest,
  };
}

interface Room {
  /** Who never gives way. */
  readonly isSpared?: (socket: Socket) => boolean;
  readonly close?: (socket: Socket) => void;
}

/**
 * At most so many connections. A further one is let in, and the oldest of the address that has most
 * gives way: a stranger who takes every place takes them from himself, and nobody is locked out.
 */
export function limitConnections(
  server: Pick<EventEmitter, 'on'>,
  most: number,
  { isSpared = () => false, close = (socket) => socket.destroy() }: Room = {},
): void {
  /** Oldest first. */
  const ofAddress = new Map<string, Set<Socket>>();
  let count = 0;
  server.on('connection', (socket: Socket) => {
    const { remoteAddress: address = '' } = socket;
    const sockets = ofAddress.get(address) ?? new Set();
    // It is given to the server anew, with what it had read of it.
    if (sockets.has(socket)) return;
    ofAddress.set(address, sockets.add(socket));
    count += 1;
    socket.once('close', () => forget(address, sockets, socket));
    if (count > most) giveWay();
  });

  function giveWay(): void {
    let crowd: [address: string, sockets: Set<Socket>] = ['', new Set()];
    for (const entry of ofAddress) if (entry[1].size > crowd[1].size) crowd = entry;
    const [address, sockets] = crowd;
    for (const oldest of sockets) {
      if (isSpared(oldest)) continue;
      // At once: its close comes later.
      forget(address, sockets, oldest);
      return close(oldest);
    }
  }

  function forget(address: string, sockets: Set<Socket>, socket: Socket): void {
    if (!sockets.delete(socket)) return;
    count -= 1;
    if (sockets.size === 0) ofAddress.delete(address);
  }
}

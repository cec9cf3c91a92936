import {
  Inject,
  Injectable,
  type OnApplicationShutdown,
  type OnModuleDestroy,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Ports, Timer } from '@oakring/ports';
import { setMaxListeners } from 'node:events';
import type { Server } from 'node:http';
import { PORTS } from '../tokens.js';

/** Connections that rest are closed this often while shutting down. */
const sweepEveryMs = 50;
/** After this long even a connection in the middle of an answer is cut. */
const cutAfterMs = 1_500;

/**
 * Ends connections at a shutdown, which would otherwise wait for every follower of the log and every
 * client that keeps its connection.
 *
 * serving → closing (streams end, new requests get 503, resting connections are closed again and
 * again) → cut (what is still open after 1.5 s).
 */
@Injectable()
export class OpenConnections implements OnModuleDestroy, OnApplicationShutdown {
  private readonly ending = new AbortController();
  private timers: readonly Timer[] = [];

  constructor(
    // Named: the types of both are erased or generic.
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(PORTS) private readonly ports: Ports,
  ) {
    // One listener for each open stream.
    setMaxListeners(0, this.ending.signal);
  }

  /** Aborts when the manager begins to shut down. */
  get signal(): AbortSignal {
    return this.ending.signal;
  }

  onModuleDestroy(): void {
    this.ending.abort();
    // The adapter is Fastify's over plain HTTP.
    const server = this.host.httpAdapter.getHttpServer() as Server;
    this.timers = [
      this.ports.timers.every(sweepEveryMs, () => server.closeIdleConnections()),
      this.ports.timers.after(cutAfterMs, () => server.closeAllConnections()),
    ];
  }

  onApplicationShutdown(): void {
    for (const timer of this.timers) timer.cancel();
  }
}

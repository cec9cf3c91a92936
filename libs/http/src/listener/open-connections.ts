import type { OnApplicationShutdown, OnModuleDestroy } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';
import type { Timer, Timers } from '@oakring/ports';
import { setMaxListeners } from 'node:events';
import type { Server } from 'node:http';

/** Connections that rest are closed this often while shutting down. */
const sweepEveryMs = 50;

/**
 * Ends connections at a shutdown, which would otherwise wait for every open stream and every client
 * that keeps its connection.
 *
 * serving → closing (streams end, new requests get 503, resting connections are closed again and
 * again) → cut (what is still open after `cutAfterMs`, even in the middle of an answer).
 */
export class OpenConnections implements OnModuleDestroy, OnApplicationShutdown {
  private readonly ending = new AbortController();
  private running: readonly Timer[] = [];

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly timers: Timers,
    private readonly cutAfterMs: number,
  ) {
    // One listener for each open stream.
    setMaxListeners(0, this.ending.signal);
  }

  /** Aborts when the shutdown begins. */
  get signal(): AbortSignal {
    return this.ending.signal;
  }

  onModuleDestroy(): void {
    this.ending.abort();
    // The adapter is Fastify's over plain HTTP.
    const server = this.host.httpAdapter.getHttpServer() as Server;
    this.running = [
      this.timers.every(sweepEveryMs, () => server.closeIdleConnections()),
      this.timers.after(this.cutAfterMs, () => server.closeAllConnections()),
    ];
  }

  onApplicationShutdown(): void {
    for (const timer of this.running) timer.cancel();
  }
}

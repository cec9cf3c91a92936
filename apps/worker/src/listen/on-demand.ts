import { createServer, type Server, type Socket } from 'node:net';
import { systemCodeOf } from '@oakring/contracts';
import type { RunningListener } from './start-listener.js';

interface Place {
  readonly address: string;
  readonly port: number;
}

/** Starts the listener that serves on the socket of `holder` from then on. */
type Start = (holder: Server) => Promise<RunningListener>;

/**
 * A listener that is loaded when somebody first asks for something. What it is made of is a quarter of a worker's
 * memory, and most workers are never looked at.
 *
 * waiting (the port is held by a bare socket) → loading (who came first waits) → listening, until it is stopped.
 */
export class OnDemand {
  private readonly waiting: Socket[] = [];
  private started: Promise<RunningListener | null> | null = null;
  private isStopped = false;

  private constructor(
    private readonly server: Server,
    private readonly start: Start,
    private readonly failed: (error: unknown) => void,
  ) {
    server.on('connection', (socket) => this.hold(socket));
  }

  /** Or why the port cannot be had. */
  static async at(
    place: Place,
    start: Start,
    failed: (error: unknown) => void,
  ): Promise<OnDemand | string> {
    // What comes is read by whoever knows HTTP.
    const server = createServer({ pauseOnConnect: true });
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen({ port: place.port, host: place.address }, resolve);
      });
    } catch (error) {
      const isTaken = systemCodeOf(error) === 'EADDRINUSE';
      return isTaken ? 'it is taken' : String(error);
    }
    return new OnDemand(server, start, failed);
  }

  private hold(socket: Socket): void {
    // One that goes away while it waits is none of anybody's failures.
    socket.on('error', () => {});
    this.waiting.push(socket);
    this.started ??= this.load();
  }

  private async load(): Promise<RunningListener | null> {
    try {
      const listener = await this.start(this.server);
      for (const socket of this.waiting.splice(0)) listener.take(socket);
      return listener;
    } catch (error) {
      if (!this.isStopped) this.failed(error);
      this.letGo();
      return null;
    }
  }

  private letGo(): void {
    this.server.close();
    for (const socket of this.waiting.splice(0)) socket.destroy();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    const listener = (await this.started) ?? null;
    // The socket is the listener's own once there is one.
    if (listener === null) return this.letGo();
    await listener.stop();
  }
}

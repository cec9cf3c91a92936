import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { bracketed, OakringError, reachable, systemCodeOf } from '@oakring/contracts';
import type { Server } from 'node:net';
import { Server as TlsServer } from 'node:tls';

interface Place {
  /** Who listens, as a sentence names it. */
  readonly name: string;
  /** As it was judged (`listenAddress`). */
  readonly address: string;
  /** As it was given. */
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** The setting of the port. */
  readonly setting: string;
}

/** Lets the world in. Resolves with the URL of `host`; throws `port-taken`. */
export async function listenOn(
  app: NestFastifyApplication,
  { name, address, host, port, setting }: Place,
): Promise<string> {
  try {
    await app.init();
    // Nest's own `listen` would print what the caller is told here.
    await app.getHttpAdapter().getInstance().listen({ port, host: address });
  } catch (error) {
    if (systemCodeOf(error) !== 'EADDRINUSE') throw error;
    throw new OakringError({
      code: 'port-taken',
      detail: `The ${name} cannot listen on ${host}:${port} (${setting}): the port is taken.`,
      field: setting,
      value: port,
    });
  }
  const server: Server = app.getHttpServer();
  const bound = server.address();
  const given = typeof bound === 'object' && bound !== null ? bound.port : port;
  const scheme = server instanceof TlsServer ? 'https' : 'http';
  return `${scheme}://${bracketed(reachable(host))}:${given}`;
}

import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { OakringError, systemCodeOf } from '@oakring/contracts';
import {
  bracketed,
  deadlinesOf,
  isHealthCheck,
  limitConnections,
  listenAddress,
  ownNames,
  reachable,
  Refusals,
  requireBearerToken,
  sendSecurityHeaders,
  speakWithOurOwnOnly,
  usualDeadlines,
  withoutSchemas,
  type HttpLimits,
} from '@oakring/http';
import type { Ports } from '@oakring/ports';
import type { FastifyInstance } from 'fastify';
import { listenerOf } from './config/scheduler-settings.js';
import { acceptJsonOnly } from './answer/json-body.js';
import { ProblemFilter } from './answer/problem.filter.js';
import { HttpNodeView } from './observe/http-node-view.js';
import { Observer } from './observe/observer.js';
import { SchedulerModule } from './scheduler.module.js';

/** Many jobs in one call: more than the root may send in one body. */
const maxBodyBytes = 8 * 1024 * 1024;
/** The manager needs a few connections. */
const usualLimits: HttpLimits = { ...usualDeadlines, connections: 256 };
/** While stopping, connections whose answer is given are closed this often. */
const sweepEveryMs = 50;
/** Who waits is refused at once and a plan takes milliseconds: what is open after this is cut. */
const cutAfterMs = 1_000;

export interface SchedulerOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly managerUrl: string;
  readonly token: string | null;
  /** Further names that others reach us by. */
  readonly allowedHosts: readonly string[];
  readonly allowOpen: boolean;
  readonly ports: Ports;
  readonly limits?: HttpLimits;
}

export interface RunningScheduler {
  readonly url: string;
  /** Ends within 2 s, whoever is connected; repeated calls end together. */
  stop(): Promise<void>;
}

/** Starts the scheduler. Throws `port-taken` when its port is in use. */
export async function startScheduler(options: SchedulerOptions): Promise<RunningScheduler> {
  const { managerUrl, token, ports } = options;
  const address = await listenAddress(listenerOf(options));
  const observer = new Observer(new HttpNodeView(managerUrl, token), ports);
  const app = await createApp(observer, options, ownNames(address, options));
  await listen(app, address, options);
  observer.start();
  let stopping: Promise<void> | null = null;
  return {
    url: urlOf(app, options.host),
    stop: () => (stopping ??= stop(app, observer, ports)),
  };
}

async function createApp(
  observer: Observer,
  { token, ports, limits = usualLimits }: SchedulerOptions,
  names: readonly string[],
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: maxBodyBytes,
    ...deadlinesOf(limits),
    ...withoutSchemas,
    // At a stop, connections at rest are closed and the others answered first.
    forceCloseConnections: 'idle',
    // There is no middleware, and the engine for it would cost every request.
    skipMiddie: true,
  });
  // The adapter's type is generic over what Fastify's default already is.
  const server = adapter.getInstance() as unknown as FastifyInstance;
  limitConnections(server.server, limits.connections);
  acceptJsonOnly(server);
  const app = await NestFactory.create<NestFastifyApplication>(
    SchedulerModule.with(observer, ports),
    adapter,
    // Levels are those of the process, which the manager may share: as it sets them.
    { logger: ['warn', 'error', 'fatal'], abortOnError: false, bodyParser: false },
  );
  const logger = new Logger('Scheduler');
  const refusals = new Refusals(ports.clock, (line) => logger.warn(line));
  sendSecurityHeaders(server);
  speakWithOurOwnOnly(server, names, refusals);
  if (token !== null) requireBearerToken(server, { token, isFree: isHealthCheck, refusals });
  app.useGlobalFilters(new ProblemFilter());
  return app;
}

/** Who waits for a position is refused, who is being answered gets it, the rest is cut. */
async function stop(app: NestFastifyApplication, observer: Observer, ports: Ports): Promise<void> {
  observer.stop();
  const server = app.getHttpServer();
  const sweep = ports.timers.every(sweepEveryMs, () => server.closeIdleConnections());
  const cut = ports.timers.after(cutAfterMs, () => server.closeAllConnections());
  await app.close();
  sweep.cancel();
  cut.cancel();
}

async function listen(
  app: NestFastifyApplication,
  host: string,
  options: SchedulerOptions,
): Promise<void> {
  try {
    await app.init();
    // Not by Nest's own `listen`, which also prints what the caller is told here.
    await app.getHttpAdapter().getInstance().listen({ port: options.port, host });
  } catch (error) {
    await app.close();
    if (systemCodeOf(error) !== 'EADDRINUSE') throw error;
    throw new OakringError({
      code: 'port-taken',
      detail:
        `The scheduler cannot listen on ${options.host}:${options.port} ` +
        `(OAKRING_SCHEDULER_PORT): the port is taken.`,
      field: 'OAKRING_SCHEDULER_PORT',
      value: options.port,
    });
  }
}

function urlOf(app: NestFastifyApplication, host: string): string {
  const address = app.getHttpServer().address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return `http://${bracketed(reachable(host))}:${port}`;
}

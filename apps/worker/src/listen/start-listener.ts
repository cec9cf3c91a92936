import 'reflect-metadata';
import type { AddressInfo, Server, Socket } from 'node:net';
import { join } from 'node:path';
import type { LoggerService } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { bracketed } from '@oakring/contracts';
import { credentialsFolder, pageToken, plainTls, servedAt } from '@oakring/host';
import {
  createListener,
  isHealthCheck,
  listenAddress,
  listenOn,
  ownNames,
  readMessage,
  ShownCertificate,
  usualDeadlines,
  withOneToken,
} from '@oakring/http';
import type { Ports } from '@oakring/ports';
import type { FastifyRequest } from 'fastify';
import { asListener, type WorkerListenerOptions } from '../config/worker-options.js';
import type { WorkerLog } from '../worker-log.js';
import type { MeasuredWorker } from './worker-figures.js';
import { isPagePart } from './page/page.controller.js';
import { logContext, WorkerModule } from './worker.module.js';

/** Nothing is sent to a worker over HTTP. */
const maxBodyBytes = 1_024;
const maxDepth = 1;
/** Prometheus, a probe and who looks at the page need a few. */
const connections = 32;

export interface RunningListener {
  readonly url: string;
  /** Serves a connection that somebody else accepted, and did not read of. */
  take(socket: Socket): void;
  stop(): Promise<void>;
}

export interface ListenerStart extends WorkerListenerOptions {
  readonly dataFolder: string;
  /** Who holds the port until then: whoever came is not turned away, and nobody after him. */
  readonly holder?: Server;
}

function isFree(request: FastifyRequest): boolean {
  return isHealthCheck(request) || isPagePart(request);
}

/** What listens over HTTP. Throws `port-taken`, or `settings-invalid` when it would let others in without a token. */
export async function startListener(
  worker: MeasuredWorker,
  options: ListenerStart,
  ports: Ports,
  log: WorkerLog,
): Promise<RunningListener> {
  const { host, httpPort: port, token, dataFolder } = options;
  const makesToken = token === null && options.makesToken === true;
  const asked = makesToken ? pageToken(dataFolder) : token;
  const place = join(credentialsFolder(dataFolder), 'page.token');
  const address = await listenAddress(asListener(options));
  const { certificates = plainTls } = options;
  const files = servedAt(address, certificates);
  const certificate = files === null ? null : ShownCertificate.open(files, ports.timers);
  const app = await createListener(WorkerModule.with(worker, dataFolder, ports), {
    ...{ name: 'worker', logContext, maxBodyBytes },
    admit: withOneToken(asked, isFree, makesToken ? place : undefined),
    names: [...ownNames(address, options), ...(certificate?.names ?? [])],
    certificate,
    readBody: readMessage(maxDepth),
    requestId: () => ports.ids.next(),
    tracer: ports.tracer,
    routeClass: () => 'Operation',
    logger: loggerOf(log),
    limits: { ...usualDeadlines, connections },
  });
  try {
    const place = { address, host, port, setting: 'OAKRING_WORKER_HTTP_PORT' };
    const { holder } = options;
    const own = { name: 'worker', ...place };
    const url =
      holder === undefined ? await listenOn(app, own) : await listenInsteadOf(holder, app);
    const server: Server = app.getHttpServer();
    const take = (socket: Socket): void => {
      server.emit('connection', socket);
      socket.resume();
    };
    const stop = async (): Promise<void> => {
      certificate?.stop();
      await app.close();
      // Fastify ends what it opened itself.
      if (holder !== undefined) server.close();
    };
    return { url, take, stop };
  } catch (error) {
    certificate?.stop();
    await app.close();
    throw error;
  }
}

/** Serves on the socket that another server listens with. */
async function listenInsteadOf(holder: Server, app: NestFastifyApplication): Promise<string> {
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  const server: Server = app.getHttpServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(holder, resolve);
  });
  const { address, port } = server.address() as AddressInfo;
  return `http://${bracketed(address)}:${port}`;
}

/** How it starts is no news; who may not ask, and what fails, is. */
function loggerOf(log: WorkerLog): LoggerService {
  const tell = (message: unknown): void => log('http', String(message));
  return { log: () => {}, warn: tell, error: tell, fatal: tell };
}

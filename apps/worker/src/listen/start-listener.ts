import 'reflect-metadata';
import type { LoggerService } from '@nestjs/common';
import {
  createListener,
  isHealthCheck,
  listenAddress,
  listenOn,
  ownNames,
  readMessage,
  usualDeadlines,
  withOneToken,
} from '@oakring/http';
import type { Ports } from '@oakring/ports';
import { asListener, type WorkerListenerOptions } from '../config/worker-options.js';
import type { WorkerLog } from '../worker-log.js';
import type { MeasuredWorker } from './worker-figures.js';
import { logContext, WorkerModule } from './worker.module.js';

/** Nothing is sent to a worker over HTTP. */
const maxBodyBytes = 1_024;
const maxDepth = 1;
/** Prometheus and a probe need a few. */
const connections = 32;

export interface RunningListener {
  readonly url: string;
  stop(): Promise<void>;
}

/** What listens over HTTP. Throws `port-taken`, or `settings-invalid` when it would let others in without a token. */
export async function startListener(
  worker: MeasuredWorker,
  options: WorkerListenerOptions & { readonly dataFolder: string },
  ports: Ports,
  log: WorkerLog,
): Promise<RunningListener> {
  const { host, httpPort: port, token, dataFolder } = options;
  const address = await listenAddress(asListener(options));
  const app = await createListener(WorkerModule.with(worker, dataFolder, ports), {
    ...{ name: 'worker', logContext, maxBodyBytes },
    admit: withOneToken(token, isHealthCheck),
    names: ownNames(address, options),
    readBody: readMessage(maxDepth),
    requestId: () => ports.ids.next(),
    tracer: ports.tracer,
    routeClass: () => 'Operation',
    logger: loggerOf(log),
    limits: { ...usualDeadlines, connections },
  });
  try {
    const place = { address, host, port, setting: 'OAKRING_WORKER_HTTP_PORT' };
    return { url: await listenOn(app, { name: 'worker', ...place }), stop: () => app.close() };
  } catch (error) {
    await app.close();
    throw error;
  }
}

/** How it starts is no news; who may not ask, and what fails, is. */
function loggerOf(log: WorkerLog): LoggerService {
  const tell = (message: unknown): void => log('http', String(message));
  return { log: () => {}, warn: tell, error: tell, fatal: tell };
}

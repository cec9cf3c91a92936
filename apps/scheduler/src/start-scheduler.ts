import { timingSafeEqual, createHash } from 'node:crypto';
import { ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { OakringError, problemOf, systemCodeOf } from '@oakring/contracts';
import type { Ports } from '@oakring/ports';
import { fieldProblem } from './answer/field-problems.js';
import { ProblemFilter, sendProblem } from './answer/problem.filter.js';
import { HttpNodeView } from './observe/http-node-view.js';
import { Observer } from './observe/observer.js';
import { SchedulerModule } from './scheduler.module.js';

/** Many jobs in one call: more than the root may send in one body. */
const maxBodyBytes = 8 * 1024 * 1024;

export interface SchedulerOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly managerUrl: string;
  readonly token: string | null;
  readonly ports: Ports;
}

export interface RunningScheduler {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts the scheduler. Throws `port-taken` when its port is in use. */
export async function startScheduler(options: SchedulerOptions): Promise<RunningScheduler> {
  const view = new HttpNodeView(options.managerUrl, options.token);
  const observer = new Observer(view, options.ports);
  const adapter = new FastifyAdapter({ bodyLimit: maxBodyBytes, forceCloseConnections: true });
  const app = await NestFactory.create<NestFastifyApplication>(
    SchedulerModule.with(observer, options.ports),
    adapter,
    { logger: ['error', 'fatal'], abortOnError: false },
  );
  app.useGlobalFilters(new ProblemFilter());
  app.useGlobalPipes(
    new ValidationPipe({
      transform: true,
      exceptionFactory: (errors) => fieldProblem(errors),
    }),
  );
  if (options.token !== null) requireToken(app, options.token);
  await listen(app, options);
  observer.start();
  return {
    url: urlOf(app, options.host),
    async stop() {
      observer.stop();
      await app.close();
    },
  };
}

async function listen(app: NestFastifyApplication, options: SchedulerOptions): Promise<void> {
  try {
    await app.listen(options.port, options.host);
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
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function requireToken(app: NestFastifyApplication, token: string): void {
  const expected = digest(`Bearer ${token}`);
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRequest', (request, reply, done) => {
      const presented = digest(request.headers.authorization ?? '');
      if (request.url.startsWith('/health/') || timingSafeEqual(presented, expected)) return done();
      void reply.header('www-authenticate', 'Bearer');
      sendProblem(
        reply,
        problemOf({ code: 'unauthorized', detail: 'The request carries no valid bearer token.' }),
      );
    });
}

/** Equal lengths, so that the comparison takes the same time whatever was presented. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

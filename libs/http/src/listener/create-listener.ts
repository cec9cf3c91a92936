import {
  Logger,
  type DynamicModule,
  type LoggerService,
  type LogLevel,
  type Provider,
  type Type,
} from '@nestjs/common';
import { HttpAdapterHost, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { OakringError, traceIdOf, traceparentOf } from '@oakring/contracts';
import { inRequest } from '@oakring/log';
import { silentTracer, type Ports, type Tracer } from '@oakring/ports';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ServerResponse } from 'node:http';
import { Server as TlsServer } from 'node:tls';
import { acceptJsonOnly, type ReadBody } from '../bodies/json-body.js';
import { allowedMethods } from '../problems/allowed-methods.js';
import { ProblemFilter } from '../problems/problem.filter.js';
import { guard, type Admit } from './guard.js';
import { deadlinesOf, limitConnections, type HttpLimits } from './limits.js';
import { OpenConnections } from './open-connections.js';
import { speakWithOurOwnOnly } from './own-only.js';
import { Refusals } from './refusals.js';
import type { ShownCertificate } from './shown-certificate.js';
import { newRequestTimes, REQUEST_TIMES, timeRequests, type RouteClass } from './request-times.js';
import { StalledReaders } from './stalled-readers.js';
import { sendSecurityHeaders, setSecurityHeaders } from './security-headers.js';
import { withoutSchemas } from './without-schemas.js';

/** Ids have at most 128 characters; longer parts of an address lead nowhere. */
const maxParameterLength = 256;

declare module 'fastify' {
  interface FastifyRequest {
    /** Its `traceparent`, to be handed on (W3C Trace Context); null: it has none that may be used. */
    trace: string | null;
  }
}

export interface ListenerOptions {
  /** As a sentence names it: manager, scheduler. */
  readonly name: string;
  /** What its lines in the log stand under. */
  readonly logContext: string;
  /** Who is let in; null: everybody. */
  readonly admit: Admit | null;
  /** Names that others reach us by. */
  readonly names: readonly string[];
  readonly maxBodyBytes: number;
  readonly readBody: ReadBody;
  /** A fresh name for a request. */
  readonly requestId: () => string;
  /** What requests are counted under. */
  readonly routeClass: RouteClass;
  readonly limits: HttpLimits;
  /** What it shows, by TLS; absent: it speaks in the clear. */
  readonly certificate?: ShownCertificate | null;
  /** Absent: nobody asks for spans. */
  readonly tracer?: Tracer;
  readonly logger?: LoggerService | LogLevel[] | false | undefined;
}

/**
 * The application of a module over HTTP, as every program of ours has it: JSON only and so much of
 * it, every error a problem document, our own names and pages, a guard, bounded connections, and
 * a shutdown that waits for nobody. The module provides `listenerProviders`. The caller listens
 * (`listenOn`) and closes.
 */
export async function createListener(
  module: Type | DynamicModule,
  options: ListenerOptions,
): Promise<NestFastifyApplication> {
  const { name, admit, names, logger } = options;
  const methods = allowedMethods();
  const problems = new ProblemFilter(options, methods);
  const adapter = adapterOf(options, problems);
  // The adapter's type is generic over what Fastify's default already is.
  const server = adapter.getInstance() as unknown as FastifyInstance;
  limitConnections(server.server, options.limits.connections);
  if (server.server instanceof TlsServer) options.certificate?.showOn(server.server);
  methods.watch(server);
  timeRequests(server, options.routeClass, () => app.get(REQUEST_TIMES, { strict: false }));
  server.decorateRequest('trace', null);
  const tracer = options.tracer ?? silentTracer;
  server.addHook('onRequest', (request, { raw }, done) => {
    request.trace = traced(request, raw, tracer);
    const trace = request.trace === null ? null : traceIdOf(request.trace);
    inRequest({ id: request.id, trace }, raw, done);
  });
  acceptJsonOnly(server, options.readBody);
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    bodyParser: false,
    abortOnError: false,
    ...(logger === undefined ? {} : { logger }),
  });
  refuseWhileClosing(server, app.get(OpenConnections, { strict: false }).signal, name);
  app.get(StalledReaders, { strict: false }).watch(server.server);
  const refusals = app.get(Refusals, { strict: false });
  sendSecurityHeaders(server);
  speakWithOurOwnOnly(server, names, refusals);
  if (admit !== null) guard(server, admit, refusals);
  refuseWhatIsNotThere(server);
  app.useGlobalFilters(problems);
  return app;
}

/** What a request is part of. What is only read, by nobody who says in which trace, begins none: most of it is polled. */
function traced(
  { headers, method, routeOptions }: FastifyRequest,
  answer: ServerResponse,
  tracer: Tracer,
): string | null {
  const given = traceparentOf(headers['traceparent']);
  if (given === null && (method === 'GET' || method === 'HEAD')) return null;
  const route = routeOptions.url ?? 'unknown';
  const facts = { 'http.request.method': method, 'http.route': route };
  const span = tracer.begin(`${method} ${route}`, given, 'server', facts);
  answer.once('close', () => {
    const { statusCode } = answer;
    const failure = statusCode >= 500 ? `status ${statusCode}` : null;
    span.end({ 'http.response.status_code': statusCode }, failure);
  });
  return span.traceparent;
}

interface Provided {
  /** As `ListenerOptions` has it. */
  readonly logContext: string;
  /** How long an answer may take that has begun before a shutdown. */
  readonly cutAfterMs: number;
}

/** What a module with a listener provides; `ports` is the injection token of its ports. */
export function listenerProviders(ports: symbol, provided: Provided): Provider[] {
  const { logContext, cutAfterMs } = provided;
  const logger = new Logger(logContext);
  return [
    {
      provide: OpenConnections,
      useFactory: (host: HttpAdapterHost, { timers }: Ports) =>
        new OpenConnections(host, timers, cutAfterMs),
      inject: [HttpAdapterHost, ports],
    },
    {
      provide: Refusals,
      useFactory: ({ clock }: Ports) => new Refusals(clock, (line) => logger.warn(line)),
      inject: [ports],
    },
    {
      provide: StalledReaders,
      useFactory: ({ timers }: Ports) => new StalledReaders(timers, (line) => logger.warn(line)),
      inject: [ports],
    },
    { provide: REQUEST_TIMES, useFactory: newRequestTimes },
  ];
}

function adapterOf(
  { maxBodyBytes, limits, requestId, certificate = null }: ListenerOptions,
  problems: ProblemFilter,
): FastifyAdapter {
  const { http, ...deadlines } = deadlinesOf(limits);
  return new FastifyAdapter({
    bodyLimit: maxBodyBytes,
    genReqId: requestId,
    ...deadlines,
    ...(certificate === null ? { http } : { https: { ...http, ...certificate.options } }),
    ...withoutSchemas,
    routerOptions: { maxParamLength: maxParameterLength },
    // What the router refuses goes past Nest and its filters, and past all hooks.
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
      setSecurityHeaders(reply.raw);
      problems.respond(error, request, reply);
    },
    // Refusing new requests while shutting down is done by ourselves, as a problem document.
    return503OnClosing: false,
    // There is no middleware, and the engine for it would cost every request.
    skipMiddie: true,
  });
}

/** Before its body is read: of what is not there nothing can be wrong. The filter says which methods there are. */
function refuseWhatIsNotThere(server: FastifyInstance): void {
  server.addHook('onRequest', ({ is404 }, _reply, done) => {
    if (!is404) return done();
    done(new OakringError({ code: 'route-unknown', detail: 'There is nothing at this address.' }));
  });
}

function refuseWhileClosing(server: FastifyInstance, closing: AbortSignal, name: string): void {
  server.addHook('onRequest', (_request, reply, done) => {
    if (!closing.aborted) return done();
    void reply.header('connection', 'close');
    done(new OakringError({ code: 'shutting-down', detail: `The ${name} is shutting down.` }));
  });
}

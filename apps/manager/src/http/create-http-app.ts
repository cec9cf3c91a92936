import type { DynamicModule, LoggerService, LogLevel, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { maxHttpBodyBytes, OakringError } from '@oakring/contracts';
import {
  deadlinesOf,
  isHealthCheck,
  limitConnections,
  Refusals,
  requireBearerToken,
  sendSecurityHeaders,
  speakWithOurOwnOnly,
  usualDeadlines,
  withoutSchemas,
  type HttpLimits,
} from '@oakring/http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { allowedMethods } from './allowed-methods.js';
import { ApiDocument } from './docs/api-document.js';
import { isDescription } from './docs/docs.controller.js';
import type { LeadershipView } from '../queries/tokens.js';
import type { ClusterProof } from './forwarding/cluster-proof.js';
import { forwardedHeader, forwardToLeader, proofPath } from './forwarding/forward-to-leader.js';
import { acceptJsonOnly } from './json-body.js';
import { OpenConnections } from './open-connections.js';
import { ProblemFilter } from './problem.filter.js';

/** Ids have at most 128 characters; longer parts of an address lead nowhere. */
const maxParameterLength = 256;
const usualLimits: HttpLimits = { ...usualDeadlines, connections: 4_096 };

interface HttpAppOptions {
  /** Bearer token that requests must carry; null lets everyone in. */
  readonly token: string | null;
  /** Who leads: what a follower cannot do itself is forwarded there. */
  readonly leadership: LeadershipView;
  /** How managers know each other; null where there is one manager. */
  readonly proof: ClusterProof | null;
  /** Names that others reach us by. */
  readonly names: readonly string[];
  readonly limits?: HttpLimits;
  readonly logger?: LoggerService | LogLevel[] | false;
}

/**
 * The application of a module over HTTP: JSON only, at most 256 KiB, every error a problem document,
 * bearer token, and a shutdown within 2 s. The module provides `httpProviders`.
 * The caller listens and closes.
 */
export async function createHttpApp(
  module: Type | DynamicModule,
  { token, leadership, proof, names, limits = usualLimits, logger }: HttpAppOptions,
): Promise<NestFastifyApplication> {
  const isFree = (request: FastifyRequest): boolean =>
    isHealthCheck(request) || isDescription(request) || isAmongManagers(request, proof);
  const methods = allowedMethods();
  const problems = new ProblemFilter(methods);
  const adapter = new FastifyAdapter({
    bodyLimit: maxHttpBodyBytes,
    ...deadlinesOf(limits),
    ...withoutSchemas,
    routerOptions: { maxParamLength: maxParameterLength },
    // What the router refuses goes past Nest and its filters.
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) =>
      problems.respond(error, request, reply),
    // Refusing new requests while shutting down is done below, as a problem document.
    return503OnClosing: false,
    // There is no middleware, and the engine for it would cost every request.
    skipMiddie: true,
  });
  // The adapter's type is generic over what Fastify's default already is.
  const server = adapter.getInstance() as unknown as FastifyInstance;
  limitConnections(server.server, limits.connections);
  methods.watch(server);
  acceptJsonOnly(server);
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    bodyParser: false,
    abortOnError: false,
    ...(logger === undefined ? {} : { logger }),
  });
  refuseWhileClosing(server, app.get(OpenConnections, { strict: false }).signal);
  const refusals = app.get(Refusals, { strict: false });
  sendSecurityHeaders(server);
  speakWithOurOwnOnly(server, names, refusals);
  if (token !== null) requireBearerToken(server, { token, isFree, refusals });
  if (proof !== null) await forwardToLeader(server, leadership, proof);
  app.useGlobalFilters(problems);
  app.get(ApiDocument, { strict: false }).describe(app);
  return app;
}

/** A follower's question for a proof, or a request that it forwards with one. */
function isAmongManagers(request: FastifyRequest, proof: ClusterProof | null): boolean {
  if (proof === null) return false;
  const { method, url, headers, routeOptions } = request;
  if (routeOptions.url === proofPath) return true;
  const signature = headers[forwardedHeader];
  return typeof signature === 'string' && proof.admits(signature, { method, url });
}

function refuseWhileClosing(server: FastifyInstance, closing: AbortSignal): void {
  server.addHook('onRequest', (_request, reply, done) => {
    if (!closing.aborted) return done();
    void reply.header('connection', 'close');
    done(new OakringError({ code: 'shutting-down', detail: 'The manager is shutting down.' }));
  });
}

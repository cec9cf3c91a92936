import type { DynamicModule, LoggerService, LogLevel, Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { maxHttpBodyBytes } from '@oakring/contracts';
import {
  BodyPipe,
  createListener,
  readDocument,
  usualDeadlines,
  type HttpLimits,
} from '@oakring/http';
import type { Ports } from '@oakring/ports';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ApiDocument } from './docs/api-document.js';
import { declaredRoutes, endpointOf, refuseUnknownParameters } from './endpoints/endpoint.js';
import { limitStreams } from './endpoints/long-streams.js';
import type { LeadershipView } from '../injection/query-tokens.js';
import type { ClusterProof } from './forwarding/cluster-proof.js';
import { forwardedHeader, forwardToLeader } from './forwarding/forward-to-leader.js';
import { guardOpenWire, type OpenWire } from './open-wire.js';
import { acceptUpgrades } from './upgrades.js';
import { PORTS } from '../injection/tokens.js';

/** What the lines of the HTTP side stand under in the log. */
export const logContext = 'Http';
const usualLimits: HttpLimits = { ...usualDeadlines, connections: 4_096 };

/** What is for everybody, and what others than a token guard (`open-wire.ts`). */
const freeNeeds: ReadonlySet<unknown> = new Set(['nothing', 'oakestra']);

interface HttpAppOptions {
  /** Bearer token that requests must carry; null lets everyone in. */
  readonly token: string | null;
  /** Who leads: what a follower cannot do itself is forwarded there. */
  readonly leadership: LeadershipView;
  /** How managers know each other; null where there is one manager. */
  readonly proof: ClusterProof | null;
  /** Who may use what nobody can show a token for; null: nobody. */
  readonly openWire: OpenWire | null;
  /** Names that others reach us by. */
  readonly names: readonly string[];
  readonly ports: Ports;
  readonly logger?: LoggerService | LogLevel[] | false;
}

/**
 * The manager's listener: documents of at most 256 KiB, and what a follower cannot do itself is
 * forwarded. The module provides `httpProviders`. The caller listens and closes.
 */
export async function createHttpApp(
  module: Type | DynamicModule,
  { token, leadership, proof, openWire, names, ports, logger }: HttpAppOptions,
): Promise<NestFastifyApplication> {
  const app = await createListener(module, {
    ...{ name: 'manager', logContext, token, names, limits: usualLimits, logger },
    isFree: (request) => {
      if (freeNeeds.has(endpointOf(request)?.needs)) return true;
      if (!isAmongManagers(request, proof)) return false;
      // It was judged by the manager that passes it on, by the same token.
      request.caller = 'token';
      return true;
    },
    maxBodyBytes: maxHttpBodyBytes,
    readBody: readDocument,
    requestId: () => ports.ids.next(),
    routeClass: (request) => {
      const { tag, isStream = false } = endpointOf(request) ?? { tag: 'none' };
      return isStream ? null : tag;
    },
    tracer: ports.tracer,
  });
  // Nest's type of it is generic over what Fastify's default already is.
  const server = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  app.useGlobalPipes(new BodyPipe());
  acceptUpgrades(server);
  const routes = declaredRoutes(server);
  guardOpenWire(server, openWire, (request) => isAmongManagers(request, proof));
  if (proof !== null) await forwardToLeader(server, { leadership, proof, ports });
  refuseUnknownParameters(server);
  limitStreams(server, app.get<Ports>(PORTS, { strict: false }).timers);
  app.get(ApiDocument, { strict: false }).describe(app, routes);
  return app;
}

/** A request that a follower forwards with a proof. */
function isAmongManagers(request: FastifyRequest, proof: ClusterProof | null): boolean {
  if (proof === null) return false;
  const { method, url, headers } = request;
  const signature = headers[forwardedHeader];
  return typeof signature === 'string' && proof.admits(signature, { method, url });
}

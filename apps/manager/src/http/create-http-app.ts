import type { DynamicModule, LoggerService, LogLevel, Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { maxHttpBodyBytes, OakringError } from '@oakring/contracts';
import { Trust } from '@oakring/host';
import {
  BodyPipe,
  createListener,
  readDocument,
  Refusals,
  usualDeadlines,
  type HttpLimits,
  type ShownCertificate,
} from '@oakring/http';
import type { Ports } from '@oakring/ports';
import type { FastifyInstance } from 'fastify';
import { ApiDocument } from './docs/api-document.js';
import { Identities } from '../access/identities.js';
import { RequestRates } from '../access/request-rates.js';
import { Projection } from '../views/projection.js';
import { admissionTo } from './admission.js';
import { endWithToken } from './endpoints/end-with-token.js';
import { declaredRoutes, endpointOf, refuseUnknownParameters } from './endpoints/endpoint.js';
import { limitCallers } from './endpoints/limits.js';
import { limitStreams } from './endpoints/long-streams.js';
import type { LeadershipView } from '../injection/query-tokens.js';
import type { ClusterProof } from './forwarding/cluster-proof.js';
import { forwardToLeader } from './forwarding/forward-to-leader.js';
import { forwardedBy } from './forwarding/forwarded.js';
import { guardOpenWire, type OpenWire } from './open-wire.js';
import { acceptUpgrades } from './upgrades.js';

/** What the lines of the HTTP side stand under in the log. */
export const logContext = 'Http';
const usualLimits: HttpLimits = { ...usualDeadlines, connections: 4_096 };

interface HttpAppOptions {
  /** Who leads: what a follower cannot do itself is forwarded there. */
  readonly leadership: LeadershipView;
  /** How managers know each other; null where there is one manager. */
  readonly proof: ClusterProof | null;
  /** Who may use what nobody can show a token for; null: nobody. */
  readonly openWire: OpenWire | null;
  /** Names that others reach us by. */
  readonly names: readonly string[];
  /** Requests that one person may send (OAKRING_HTTP_RATE). */
  readonly requestsPerSecond: number;
  readonly ports: Ports;
  /** What it shows, by TLS; absent: it speaks in the clear. */
  readonly certificate?: ShownCertificate | null;
  /** Whom another manager is believed by; absent: those whom this machine's Node believes. */
  readonly trust?: Trust;
  readonly logger?: LoggerService | LogLevel[] | false;
}

/**
 * The manager's listener: documents of at most 256 KiB, and what a follower cannot do itself is
 * forwarded. The module provides `httpProviders` and `Identities`. The caller listens and closes.
 */
export async function createHttpApp(
  module: Type | DynamicModule,
  options: HttpAppOptions,
): Promise<NestFastifyApplication> {
  const { leadership, proof, openWire, names, requestsPerSecond, ports, logger } = options;
  const { certificate = null, trust = Trust.in(null) } = options;
  let admit: ReturnType<typeof admissionTo> | null = null;
  const app = await createListener(module, {
    ...{ name: 'manager', logContext, names, limits: usualLimits, logger, certificate },
    // Nobody is let in before it is there: it is made of what the module provides.
    admit: (request) => (admit === null ? notYet() : admit(request)),
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
  const identities = app.get(Identities, { strict: false });
  const projection = app.get(Projection, { strict: false });
  const rates = new RequestRates(requestsPerSecond, maxHttpBodyBytes, ports.clock);
  admit = admissionTo(server, { identities, rates, proof });
  guardOpenWire(
    server,
    openWire,
    (request) => proof !== null && forwardedBy(request, proof) !== null,
  );
  endWithToken(server, identities, { projection, timers: ports.timers });
  if (proof !== null) await forwardToLeader(server, { leadership, proof, ports, trust });
  limitCallers(server, projection, app.get(Refusals, { strict: false }));
  refuseUnknownParameters(server);
  limitStreams(server);
  app.get(ApiDocument, { strict: false }).describe(app, routes);
  return app;
}

function notYet(): OakringError {
  return new OakringError({ code: 'unauthorized', detail: 'Nobody is known here yet.' });
}

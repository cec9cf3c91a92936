import { applyDecorators, HttpCode } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { OakringError, type ErrorCode, type Permission } from '@oakring/contracts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Answer } from './answers.js';
import { strangerIn, type Described, type Query } from './parameters.js';

/** All that an endpoint says of itself: what guards, forwards, limits and describes it reads this. */
export interface Endpoint {
  /** Of the operation: functions of clients are called so. */
  readonly id: string;
  readonly tag: 'Jobs' | 'Nodes' | 'Ledger' | 'Access' | 'Operation' | 'Root';
  readonly summary: string;
  /**
   * `nothing`: it is public, whoever asks. `known`: whoever has a token, whatever it may. `oakestra`: what Oakestra's
   * workers and root do, who can show no token.
   */
  readonly needs: Permission | 'nothing' | 'known' | 'oakestra';
  /**
   * How it keeps to what a token is limited to. `job`, `node`: `{id}` of the address is looked up before anything
   * else. `itself`: its method leaves out what is not for whoever asks. Without it nobody is let in who is limited in
   * what it needs.
   */
  readonly heeds?: 'job' | 'node' | 'itself';
  /** `leader`: a follower passes the request on to it. */
  readonly answeredBy: 'any' | 'leader';
  /** Who asks looks at no answer and never asks again: while nobody leads, the request waits. */
  readonly isAskedOnce?: boolean;
  /** It may last as long as its reader wants: so many at most, fewer of one address. */
  readonly isStream?: boolean;
  /** What of the address and the headers counts. Other parameters are refused. */
  readonly parameters?: readonly Described[];
  /** The first one's status is what is answered unless the method says another. */
  readonly answers: readonly [Answer, ...Answer[]];
  /** Refusals that are its own; those of what it takes, needs and is are known (`problemsOf`). */
  readonly problems?: readonly ErrorCode[];
}

declare module 'fastify' {
  interface FastifyContextConfig {
    endpoint?: Endpoint;
  }
}

/** On each method of a controller that answers a route. A route without it does not start. */
export function Endpoint(endpoint: Endpoint): MethodDecorator {
  return applyDecorators(RouteConfig({ endpoint }), HttpCode(endpoint.answers[0].status));
}

/** Undefined where there is no route. */
export function endpointOf({ routeOptions }: FastifyRequest): Endpoint | undefined {
  return routeOptions.config.endpoint;
}

/** A route that is there. */
export interface DeclaredRoute {
  readonly method: string;
  /** As OpenAPI writes it: `/api/v1/jobs/{id}`. */
  readonly path: string;
  readonly endpoint: Endpoint;
}

/**
 * The routes, as they are registered from now on. One that does not say what it needs is refused, and
 * with it the start: nothing would guard it.
 */
export function declaredRoutes(server: FastifyInstance): readonly DeclaredRoute[] {
  const routes: DeclaredRoute[] = [];
  server.addHook('onRoute', ({ method, url, config }) => {
    const endpoint = config?.endpoint;
    if (endpoint === undefined) {
      const detail = `${String(method)} ${url} does not say what it needs.`;
      throw new OakringError({ code: 'endpoint-undeclared', detail });
    }
    const path = url.replaceAll(/:(\w+)/g, '{$1}');
    for (const each of [method].flat()) routes.push({ method: each, path, endpoint });
  });
  return routes;
}

/** A parameter that is not known is refused before the method runs. */
export function refuseUnknownParameters(server: FastifyInstance): void {
  server.addHook('preHandler', (request, _reply, done) => {
    const known = endpointOf(request)?.parameters ?? [];
    // Fastify parsed it; its type is left open there.
    done(strangerIn(request.query as Query, known) ?? undefined);
  });
}

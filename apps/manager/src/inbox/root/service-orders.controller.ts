import { Body, Controller, Delete, Get, Inject, Param, Post, Req } from '@nestjs/common';
import { errorCatalogue, idOf, OakringError } from '@oakring/contracts';
import { OakestraClusterStatus, OakestraService, OakestraTaken } from '@oakring/contracts/http';
import { currentRoot } from '@oakring/model';
import type { Ports } from '@oakring/ports';
import type { FastifyRequest } from 'fastify';
import type { CommandQueue, Outcome } from '../../commands/command.js';
import type { CommandOrigin } from '../../commands/origin.js';
import { ok } from '../../http/endpoints/answers.js';
import { Endpoint } from '../../http/endpoints/endpoint.js';
import { badParameter } from '../../http/endpoints/parameters.js';
import { COMMAND_QUEUE, PORTS } from '../../injection/tokens.js';
import { Projection } from '../../views/projection.js';
import { originOf, placeOf } from '../http/idempotency.js';
import { parsed, settled } from '../http/settled.js';
import { ROOT_LINK, SERVICE_RULES, type RootLink } from './root-orders.js';
import { translatedService, type ServiceRules } from './service-translation.js';

const taken: OakestraTaken = { status: 'ok' };
/** An end of all instances. */
const allOf = '-1';
/** Less than a follower that passes it on waits, and so does its root. */
const patienceMs = 4_000;
const againEveryMs = 100;

/**
 * What Oakestra's root asks of a cluster. It looks at no answer, never asks again, and answers nobody
 * while it asks: each is answered once it is in the log, and waits for nothing else; where nobody can write
 * one down just now, it is attempted until somebody can. The same order again, and an end of what is not
 * there, are well.
 */
@Controller('api')
export class ServiceOrdersController {
  constructor(
    @Inject(COMMAND_QUEUE) private readonly queue: CommandQueue,
    @Inject(SERVICE_RULES) private readonly rules: ServiceRules | null,
    @Inject(ROOT_LINK) private readonly root: RootLink,
    @Inject(PORTS) private readonly ports: Ports,
    private readonly projection: Projection,
  ) {}

  @Post('service/:id/:number')
  @Endpoint({
    id: 'orderServiceInstance',
    tag: 'Root',
    summary: 'Order an instance of a service of Oakestra’s root, by its number',
    needs: 'oakestra',
    answeredBy: 'leader',
    isAskedOnce: true,
    answers: [
      ok(OakestraTaken, 'In the log. What is wrong with the service is told in the report.'),
    ],
    problems: ['invalid-id', 'job-id-taken'],
  })
  async order(
    @Param('id') id: string,
    @Param('number') number: string,
    @Body() body: OakestraService,
    @Req() request: FastifyRequest,
  ): Promise<OakestraTaken> {
    const rules = this.rulesOr404(request);
    const instance = instanceOf(number);
    const { ...service } = body;
    const job = translatedService(parsed(idOf(id, 'id')), service, rules);
    const root = this.presentRoot();
    const command = { type: 'OrderInstance', id, ...job, instance, root } as const;
    await this.decided(() => this.queue.submit<'OrderInstance'>(command, byRoot(request)));
    return taken;
  }

  @Delete('service/:id/:number')
  @Endpoint({
    id: 'endServiceInstance',
    tag: 'Root',
    summary: 'End an instance of a service of Oakestra’s root, by its number; -1: all of them',
    needs: 'oakestra',
    answeredBy: 'leader',
    isAskedOnce: true,
    answers: [ok(OakestraTaken, 'In the log, or there is no such instance.')],
  })
  async end(
    @Param('id') id: string,
    @Param('number') number: string,
    @Req() request: FastifyRequest,
  ): Promise<OakestraTaken> {
    this.rulesOr404(request);
    const instance = number === allOf ? null : instanceOf(number);
    // What is called as none of our jobs can be is not there.
    if (!idOf(id, 'id').ok) return taken;
    const origin = byRoot(request);
    const root = this.presentRoot();
    await this.decided(() =>
      instance === null
        ? this.queue.submit<'DismissJob'>({ type: 'DismissJob', id }, origin)
        : this.queue.submit<'EndInstance'>({ type: 'EndInstance', id, instance, root }, origin),
    );
    return taken;
  }

  /** By what is known as it comes: until it is decided, the root may turn out to be another one. */
  private presentRoot(): string | null {
    return currentRoot(this.projection.state);
  }

  /** Submitted again where it could not be decided; that it was all the same changes nothing. */
  private async decided<A>(submit: () => Promise<Outcome<A>>): Promise<void> {
    const { clock, timers } = this.ports;
    const untilMs = clock.monotonicMs() + patienceMs;
    for (;;) {
      const outcome = await submit().catch((error: unknown) => {
        if (isUndecided(error) && clock.monotonicMs() < untilMs) return null;
        throw error;
      });
      if (outcome !== null) return void settled(outcome);
      await timers.sleep(againEveryMs);
    }
  }

  @Get('cluster/status')
  @Endpoint({
    id: 'tellRootClusterStatus',
    tag: 'Root',
    summary: 'Who we are to Oakestra’s root',
    needs: 'oakestra',
    answeredBy: 'leader',
    answers: [ok(OakestraClusterStatus, 'As of now.')],
  })
  status(@Req() request: FastifyRequest): OakestraClusterStatus {
    const { clusterName } = this.rulesOr404(request);
    const { clusterId, isConnected } = this.root.now();
    return { cluster_name: clusterName, cluster_id: clusterId, connected_to_root: isConnected };
  }

  /** Where nobody asked for Oakestra there is nothing at these addresses. */
  private rulesOr404(request: FastifyRequest): ServiceRules {
    if (this.rules !== null) return this.rules;
    throw new OakringError({
      code: 'route-unknown',
      detail: `There is nothing at ${placeOf(request)} (OAKRING_OAKESTRA is not set).`,
    });
  }
}

/** Nobody can, just now: the store is late or away, or there are too many. */
function isUndecided(error: unknown): boolean {
  if (!(error instanceof OakringError) || error.code === 'shutting-down') return false;
  return errorCatalogue[error.code].status === 503;
}

function byRoot(request: FastifyRequest): CommandOrigin {
  return { ...originOf(request, undefined), by: 'root' };
}

function instanceOf(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw badParameter('number', text, 'not the number of an instance');
}

import { OakringError, type JsonObject } from '@oakring/contracts';
import type { OakestraService, OakestraWorker } from '@oakring/contracts/http';
import type { FastifyRequest } from 'fastify';
import { OakestraRegistrationController } from '../apps/manager/src/inbox/http/oakestra-registration.controller.js';
import { openCaller } from '../apps/manager/src/access/caller.js';
import type { OpenBroker } from '../apps/manager/src/inbox/http/open-broker.js';
import { ServiceOrdersController } from '../apps/manager/src/inbox/root/service-orders.controller.js';
import { withoutRoot } from '../apps/manager/src/inbox/root/root-orders.js';
import type { ServiceRules } from '../apps/manager/src/inbox/root/service-translation.js';
import type { WorkerAdmission } from '../apps/manager/src/inbox/worker-admission.js';
import { commandsOf, correspondenceOf } from '../apps/manager/src/leadership/current-term.js';
import type { InboxParts } from '../apps/manager/src/compose/inbox-parts.js';

/** As it is without settings. */
const rules: ServiceRules = {
  ...{ clusterName: 'simulated', clusterPlace: null },
  ...{ cpuOvercommit: null, unkept: 'place', lostAfterMs: 20_000 },
};

type Parts = Pick<InboxParts, 'ports' | 'leadership' | 'projection' | 'deadLetters'> & {
  readonly broker: OpenBroker;
  readonly admission: WorkerAdmission;
};

/**
 * A manager's HTTP, as far as Oakestra's workers and its root call it: the real controllers, asked without
 * a socket between.
 */
export class OpenDesk {
  private readonly registrations: OakestraRegistrationController;
  private readonly services: ServiceOrdersController;
  private asked = 0;

  constructor({ ports, leadership, projection, deadLetters, broker, admission }: Parts) {
    const queue = commandsOf(leadership);
    this.registrations = new OakestraRegistrationController(
      queue,
      correspondenceOf(leadership),
      broker,
      ports,
      admission,
      projection,
      deadLetters,
    );
    this.services = new ServiceOrdersController(queue, rules, withoutRoot, ports, projection);
  }

  async register(
    body: JsonObject,
    ip: string,
  ): Promise<{ readonly id: string; readonly MQTT_BROKER_PORT: string }> {
    const request = this.request('POST', '/api/node/register', ip);
    const answer = await this.registrations.register(body as unknown as OakestraWorker, request);
    const { id, MQTT_BROKER_PORT: port } = answer;
    if (typeof id === 'string' && typeof port === 'string') return answer;
    throw new OakringError({ code: 'internal', detail: `answered ${JSON.stringify(answer)}` });
  }

  async order(id: string, number: number, document: JsonObject): Promise<void> {
    const request = this.request('POST', `/api/service/${id}/${number}`);
    await this.services.order(id, String(number), document as OakestraService, request);
  }

  async end(id: string, number: number): Promise<void> {
    const request = this.request('DELETE', `/api/service/${id}/${number}`);
    await this.services.end(id, String(number), request);
  }

  private request(method: string, url: string, ip = '10.9.0.1'): FastifyRequest {
    const id = `open-${(this.asked += 1)}`;
    const request: Partial<FastifyRequest> = { id, ip, method, url, headers: {} };
    return { ...request, caller: openCaller } as FastifyRequest;
  }
}

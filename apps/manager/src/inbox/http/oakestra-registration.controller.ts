import { Body, Controller, Inject, Post, Req } from '@nestjs/common';
import { OakringError, type JsonObject, type Refusal } from '@oakring/contracts';
import { OakestraWorker, OakestraWorkerAnswer } from '@oakring/contracts/http';
import type { FastifyRequest } from 'fastify';
import type { Answers, CommandQueue } from '../../commands/command.js';
import { suspectAfterMs } from '../../detection/sight.js';
import { DeadLetters } from '../../dead-letters/dead-letters.js';
import { ok } from '../../http/endpoints/answers.js';
import { Endpoint } from '../../http/endpoints/endpoint.js';
import { COMMAND_QUEUE, CORRESPONDENCE, PORTS } from '../../injection/tokens.js';
import type { Ports } from '@oakring/ports';
import { Projection } from '../../views/projection.js';
import { arrivalIn, type Arrival } from '../../wires/spoken.js';
import type { Correspondence } from '../mqtt/worker-message.js';
import { WorkerAdmission } from '../worker-admission.js';
import { originOf } from './idempotency.js';
import { OPEN_BROKER, type OpenBroker } from './open-broker.js';
import { parsed, settled } from './settled.js';

const path = 'api/node/register';

/**
 * Where Oakestra's workers begin: each start of one registers once, over HTTP, and connects at once to the
 * port that it is told. It never knows who it was, so that is found out here; and all that it ran has
 * ended before.
 */
@Controller(path)
export class OakestraRegistrationController {
  /** Those alike register one after the other: the first one has to be known when the next one is judged. */
  private readonly turns = new Map<string, Promise<unknown>>();

  constructor(
    @Inject(COMMAND_QUEUE) private readonly queue: CommandQueue,
    @Inject(CORRESPONDENCE) private readonly correspondence: Pick<Correspondence, 'registered'>,
    @Inject(OPEN_BROKER) private readonly broker: OpenBroker,
    @Inject(PORTS) private readonly ports: Ports,
    private readonly admission: WorkerAdmission,
    private readonly projection: Projection,
    private readonly deadLetters: DeadLetters,
  ) {}

  @Post()
  @Endpoint({
    id: 'registerOakestraWorker',
    tag: 'Nodes',
    summary: 'Register a worker of Oakestra: it gets its id and the port of its broker',
    needs: 'oakestra',
    answeredBy: 'leader',
    answers: [ok(OakestraWorkerAnswer, 'Registered: its workloads before this are gone.')],
    problems: [
      ...(['broker-unreachable', 'node-id-taken', 'rate-exceeded', 'too-many-nodes'] as const),
      ...(['store-away', 'log-damaged', 'route-unknown', 'unauthorized'] as const),
    ],
  })
  async register(
    @Body() body: OakestraWorker,
    @Req() request: FastifyRequest,
  ): Promise<OakestraWorkerAnswer> {
    const { ...document } = body;
    const arrival = parsed(arrivalIn(document as JsonObject, request.ip));
    const port = this.portToTell();
    const { id } = await this.inTurn(arrival.kind, () => this.take(arrival, document, request));
    this.correspondence.registered(id);
    return { id, MQTT_BROKER_PORT: String(port) };
  }

  /** A worker that finds no broker there ends: it is told to come later instead. */
  private portToTell(): number {
    const port = this.broker.portToTell();
    if (port !== null) return port;
    const detail = 'The broker is not connected yet; workers register again by themselves.';
    throw new OakringError({ code: 'broker-unreachable', detail });
  }

  private async take(
    arrival: Arrival,
    body: object,
    request: FastifyRequest,
  ): Promise<Answers['RegisterNode']> {
    const { registration, dialect, isItself } = arrival.claimOf({
      nodes: this.projection.state.nodes.values(),
      isHeard: (nodeId) => this.isHeard(nodeId),
    });
    for (const part of arrival.leftOut) this.leaveOut(registration.id, body, part);
    const command = {
      ...({ type: 'RegisterNode', token: 'absent', registration, dialect } as const),
      // As that of another machine it is refused there, and on record.
      ...(isItself ? ({ startsAnew: true } as const) : {}),
    };
    const size = JSON.stringify(body).length;
    const settle = parsed(this.admission.admit(registration.id, command, size));
    let bytes = 0;
    try {
      const outcome = await this.queue.submit<'RegisterNode'>(
        command,
        originOf(request, undefined),
      );
      bytes = outcome.bytes ?? 0;
      return settled(outcome);
    } finally {
      settle(bytes);
    }
  }

  private isHeard(nodeId: string): boolean {
    const seenMs = this.broker.lastHeardMs(nodeId);
    return seenMs !== null && this.ports.clock.wallMs() - seenMs < suspectAfterMs;
  }

  private leaveOut(nodeId: string, body: object, { code, detail: reason }: Refusal): void {
    const payload = Buffer.from(JSON.stringify(body));
    this.deadLetters.record({ topic: `POST /${path}`, code, reason, payload, nodeId });
  }

  private async inTurn<T>(kind: string, work: () => Promise<T>): Promise<T> {
    const before = this.turns.get(kind) ?? Promise.resolve();
    const turn = before.then(work, work);
    this.turns.set(kind, turn);
    try {
      return await turn;
    } finally {
      if (this.turns.get(kind) === turn) this.turns.delete(kind);
    }
  }
}

import { Body, Controller, Inject, Post, Req } from '@nestjs/common';
import { RegisterNode, RegisteredAnswer } from '@oakring/contracts/http';
import { parseRegistration, type Registered, type Registration } from '@oakring/contracts';
import type { FastifyRequest } from 'fastify';
import type { Answers, CommandQueue } from '../../commands/command.js';
import { created } from '../../http/endpoints/answers.js';
import { Endpoint } from '../../http/endpoints/endpoint.js';
import { COMMAND_QUEUE, CORRESPONDENCE } from '../../injection/tokens.js';
import { Projection } from '../../views/projection.js';
import { WorkerAdmission } from '../worker-admission.js';
import type { Correspondence } from '../mqtt/worker-message.js';
import { answerTo } from '../registration-answer.js';
import { hashOf, idempotencyKey, keyOf, originOf } from './idempotency.js';
import { NODE_TOKENS, type TokenVerdicts } from './token-verdicts.js';
import { parsed, settled } from './settled.js';

/** Registration over HTTP, for workers that cannot wait for an answer on MQTT. */
@Controller('api/v1/nodes')
export class NodeCommandsController {
  constructor(
    @Inject(COMMAND_QUEUE) private readonly queue: CommandQueue,
    @Inject(NODE_TOKENS) private readonly tokens: TokenVerdicts,
    @Inject(CORRESPONDENCE) private readonly correspondence: Pick<Correspondence, 'registered'>,
    private readonly admission: WorkerAdmission,
    private readonly projection: Projection,
  ) {}

  @Post()
  @Endpoint({
    id: 'registerNode',
    tag: 'Nodes',
    summary: 'Register a node, as on nodes/<id>/registration',
    needs: 'nodes:register',
    answeredBy: 'leader',
    parameters: [idempotencyKey],
    answers: [created(RegisteredAnswer, 'Registered, or registered before.')],
    problems: [
      'invalid-id',
      'technology-unknown',
      'node-id-taken',
      'incarnation-stale',
      'incarnation-implausible',
      'node-run-elsewhere',
      'rate-exceeded',
      'too-many-nodes',
    ],
  })
  async register(@Body() body: RegisterNode, @Req() request: FastifyRequest): Promise<Registered> {
    const { ...document } = body;
    const registration = parsed(parseRegistration(document));
    const token = this.tokens.verdict(registration.id, registration.token);
    const command = { type: 'RegisterNode', registration, token } as const;
    const settle = parsed(
      this.admission.admit(registration.id, command, JSON.stringify(body).length),
    );
    let bytes = 0;
    try {
      const key = keyOf(request, () => hashOf(body));
      const outcome = await this.queue.submit<'RegisterNode'>(command, originOf(request, key), key);
      bytes = outcome.bytes ?? 0;
      return this.answer(registration, settled(outcome));
    } finally {
      settle(bytes);
    }
  }

  private answer(registration: Registration, answer: Answers['RegisterNode']): Registered {
    this.correspondence.registered(answer.id);
    // The first answer to a key comes again, also when the token has been presented since.
    const isPresented = this.projection.state.nodes.get(answer.id)?.tokenPresented === true;
    const givesToken = answer.givesToken && !isPresented;
    return answerTo(registration, { ...answer, givesToken }, this.tokens);
  }
}

import { Body, Controller, Inject, Post, Query, Req } from '@nestjs/common';
import { parseRegistration, type JsonObject, type Registered } from '@oakring/contracts';
import type { FastifyRequest } from 'fastify';
import type { CommandQueue } from '../../commands/command.js';
import { periodMs } from '../../detection/silence-watch.js';
import { refuseUnknown, type Query as QueryString } from '../../http/query-parameters.js';
import { COMMAND_QUEUE, CORRESPONDENCE } from '../../tokens.js';
import type { Correspondence } from '../mqtt/worker-message.js';
import { RegisterNodeDto } from './bodies/register-node.dto.js';
import { validated } from './bodies/validated.js';
import { hashOf, keyOf } from './idempotency.js';
import { NODE_TOKENS, type TokenVerdicts } from './token-verdicts.js';
import { parsed, settled } from './settled.js';

/** Registration over HTTP, for workers that cannot wait for an answer on MQTT. */
@Controller('api/v1/nodes')
export class NodeCommandsController {
  constructor(
    @Inject(COMMAND_QUEUE) private readonly queue: CommandQueue,
    @Inject(NODE_TOKENS) private readonly tokens: TokenVerdicts,
    @Inject(CORRESPONDENCE) private readonly correspondence: Pick<Correspondence, 'registered'>,
  ) {}

  @Post()
  async register(
    @Body() body: JsonObject | undefined,
    @Query() query: QueryString,
    @Req() request: FastifyRequest,
  ): Promise<Registered> {
    refuseUnknown(query, []);
    const registration = parsed(parseRegistration(validated(RegisterNodeDto, body)));
    const token = this.tokens.verdict(registration.id, registration.token);
    const answer = settled(
      await this.queue.submit<'RegisterNode'>(
        { type: 'RegisterNode', registration, token },
        keyOf(request, () => hashOf(body)),
      ),
    );
    this.correspondence.registered(answer.id);
    return { ...answer, token: this.tokens.token(answer.id), periodMs };
  }
}

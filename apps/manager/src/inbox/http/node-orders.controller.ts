import {
  Body,
  Controller,
  Delete,
  HttpCode,
  Inject,
  Param,
  Post,
  Query,
  Req,
} from '@nestjs/common';
import { idOf, type JsonObject } from '@oakring/contracts';
import type { FastifyRequest } from 'fastify';
import type { Answers, CommandQueue } from '../../commands/command.js';
import type { NodeOrder } from '../../commands/node-order.js';
import {
  flagParameter,
  refuseUnknown,
  type Query as QueryString,
} from '../../http/query-parameters.js';
import { COMMAND_QUEUE } from '../../tokens.js';
import { DrainNodeDto, NodeReasonDto } from './bodies/node-orders.dto.js';
import { validatedOnly } from '@oakring/http';
import { hashOf, keyOf } from './idempotency.js';
import { parsed, settled } from './settled.js';

type MaybeBody = JsonObject | undefined;
type NodeOrderAnswer = Answers['OrderNode'];

const defaultDrainMs = 600_000;

/** What an operator orders about a node. POST sets, DELETE takes back. */
@Controller('api/v1/nodes')
export class NodeOrdersController {
  constructor(@Inject(COMMAND_QUEUE) private readonly queue: CommandQueue) {}

  @Post(':id/cordon')
  @HttpCode(200)
  cordon(
    @Param('id') id: string,
    @Body() body: MaybeBody,
    @Req() request: FastifyRequest,
  ): Promise<NodeOrderAnswer> {
    return this.order(id, { do: 'cordon', reason: reasonOf(body) }, request);
  }

  @Delete(':id/cordon')
  uncordon(@Param('id') id: string, @Req() request: FastifyRequest): Promise<NodeOrderAnswer> {
    return this.order(id, { do: 'uncordon' }, request);
  }

  @Post(':id/drain')
  @HttpCode(200)
  drain(
    @Param('id') id: string,
    @Body() body: MaybeBody,
    @Req() request: FastifyRequest,
  ): Promise<NodeOrderAnswer> {
    // The rules of the DTO have checked both.
    const { withinMs = defaultDrainMs, force = false } = validatedOnly(DrainNodeDto, body) as {
      withinMs?: number;
      force?: boolean;
    };
    return this.order(id, { do: 'drain', withinMs, force }, request);
  }

  @Delete(':id/drain')
  cancelDrain(@Param('id') id: string, @Req() request: FastifyRequest): Promise<NodeOrderAnswer> {
    return this.order(id, { do: 'cancel-drain' }, request);
  }

  @Post(':id/quarantine')
  @HttpCode(200)
  quarantine(
    @Param('id') id: string,
    @Body() body: MaybeBody,
    @Req() request: FastifyRequest,
  ): Promise<NodeOrderAnswer> {
    return this.order(id, { do: 'quarantine', reason: reasonOf(body) }, request);
  }

  @Delete(':id/quarantine')
  release(@Param('id') id: string, @Req() request: FastifyRequest): Promise<NodeOrderAnswer> {
    return this.order(id, { do: 'release' }, request);
  }

  @Delete(':id')
  forget(
    @Param('id') id: string,
    @Query() query: QueryString,
    @Req() request: FastifyRequest,
  ): Promise<NodeOrderAnswer> {
    const byForce = flagParameter(query, 'force') ? ({ force: true } as const) : {};
    const order = { do: 'forget', reason: 'ordered', ...byForce } as const;
    return this.order(id, order, request, ['force']);
  }

  private async order(
    id: string,
    order: NodeOrder,
    request: FastifyRequest,
    parameters: readonly string[] = [],
  ): Promise<NodeOrderAnswer> {
    refuseUnknown(request.query as QueryString, parameters);
    const command = { type: 'OrderNode', id: parsed(idOf(id, 'id')), order } as const;
    const key = keyOf(request, () => hashOf({ ...order }));
    return settled(await this.queue.submit<'OrderNode'>(command, key));
  }
}

function reasonOf(body: MaybeBody): string {
  const { reason } = validatedOnly(NodeReasonDto, body);
  return typeof reason === 'string' ? reason : 'ordered';
}

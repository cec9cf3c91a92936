import { Body, Controller, Delete, Inject, Param, Post, Put, Query, Req } from '@nestjs/common';
import {
  DrainNode,
  LabelNode,
  NodeOrderAnswer,
  NodeReason,
  OutlookAnswer,
  usualDrainMs,
} from '@oakring/contracts/http';
import { idOf, labelsOf } from '@oakring/contracts';
import type { FastifyRequest } from 'fastify';
import type { CommandQueue } from '../../commands/command.js';
import type { NodeOrder } from '../../commands/node-order.js';
import { ok } from '../../http/endpoints/answers.js';
import { Endpoint } from '../../http/endpoints/endpoint.js';
import { flag, type Query as QueryString } from '../../http/endpoints/parameters.js';
import { COMMAND_QUEUE } from '../../injection/tokens.js';
import { dryRunWanted } from './dry-run.js';
import { hashOf, idempotencyKey, keyOf, originOf } from './idempotency.js';
import { Outlooks } from './outlooks.js';
import { parsed, settled } from './settled.js';

const force = flag('force', 'Also one that speaks or was heard of not long ago.');

/** What an operator orders about a node. POST sets, DELETE takes back. */
@Controller('api/v1/nodes')
export class NodeOrdersController {
  constructor(
    @Inject(COMMAND_QUEUE) private readonly queue: CommandQueue,
    private readonly outlooks: Outlooks,
  ) {}

  @Post(':id/cordon')
  @Endpoint({
    id: 'cordonNode',
    tag: 'Nodes',
    summary: 'Place nothing new on a node; what runs there goes on',
    needs: 'nodes:write',
    heeds: 'node',
    answeredBy: 'leader',
    parameters: [idempotencyKey],
    answers: [ok(NodeOrderAnswer, 'Ordered, or so already.')],
    problems: ['invalid-id', 'node-unknown'],
  })
  cordon(
    @Param('id') id: string,
    @Body() body: NodeReason,
    @Req() request: FastifyRequest,
  ): Promise<NodeOrderAnswer> {
    return this.order(id, { do: 'cordon', reason: reasonOf(body) }, request);
  }

  @Delete(':id/cordon')
  @Endpoint({
    id: 'uncordonNode',
    tag: 'Nodes',
    summary: 'Place on a node again; ends a drain as well',
    needs: 'nodes:write',
    heeds: 'node',
    answeredBy: 'leader',
    parameters: [idempotencyKey],
    answers: [ok(NodeOrderAnswer, 'Ordered, or so already.')],
    problems: ['invalid-id', 'node-unknown'],
  })
  uncordon(@Param('id') id: string, @Req() request: FastifyRequest): Promise<NodeOrderAnswer> {
    return this.order(id, { do: 'uncordon' }, request);
  }

  @Post(':id/drain')
  @Endpoint({
    id: 'drainNode',
    tag: 'Nodes',
    summary: 'Move everything off a node, make before break, until a deadline',
    needs: 'nodes:write',
    heeds: 'node',
    answeredBy: 'leader',
    parameters: [dryRunWanted, idempotencyKey],
    answers: [
      ok(NodeOrderAnswer, 'Ordered, or so already.'),
      ok(OutlookAnswer, 'The answer to a dry run.'),
    ],
    problems: ['invalid-id', 'node-unknown', 'scheduler-refused', 'scheduler-unavailable'],
  })
  drain(
    @Param('id') id: string,
    @Body() { withinMs, force: byForce }: DrainNode,
    @Query() query: QueryString,
    @Req() request: FastifyRequest,
  ): Promise<NodeOrderAnswer | OutlookAnswer> {
    if (dryRunWanted.of(query)) return this.outlooks.ofDrain(parsed(idOf(id, 'id')));
    const order = { withinMs: withinMs ?? usualDrainMs, force: byForce ?? false };
    return this.order(id, { do: 'drain', ...order }, request);
  }

  @Delete(':id/drain')
  @Endpoint({
    id: 'cancelDrain',
    tag: 'Nodes',
    summary: 'Call off a drain; the node stays cordoned',
    needs: 'nodes:write',
    heeds: 'node',
    answeredBy: 'leader',
    parameters: [idempotencyKey],
    answers: [ok(NodeOrderAnswer, 'Ordered, or so already.')],
    problems: ['invalid-id', 'node-unknown'],
  })
  cancelDrain(@Param('id') id: string, @Req() request: FastifyRequest): Promise<NodeOrderAnswer> {
    return this.order(id, { do: 'cancel-drain' }, request);
  }

  @Post(':id/quarantine')
  @Endpoint({
    id: 'quarantineNode',
    tag: 'Nodes',
    summary: 'Place nothing new on a node that is not trusted',
    needs: 'nodes:write',
    heeds: 'node',
    answeredBy: 'leader',
    parameters: [idempotencyKey],
    answers: [ok(NodeOrderAnswer, 'Ordered, or so already.')],
    problems: ['invalid-id', 'node-unknown'],
  })
  quarantine(
    @Param('id') id: string,
    @Body() body: NodeReason,
    @Req() request: FastifyRequest,
  ): Promise<NodeOrderAnswer> {
    return this.order(id, { do: 'quarantine', reason: reasonOf(body) }, request);
  }

  @Delete(':id/quarantine')
  @Endpoint({
    id: 'releaseNode',
    tag: 'Nodes',
    summary: 'Trust a node again',
    needs: 'nodes:write',
    heeds: 'node',
    answeredBy: 'leader',
    parameters: [idempotencyKey],
    answers: [ok(NodeOrderAnswer, 'Ordered, or so already.')],
    problems: ['invalid-id', 'node-unknown'],
  })
  release(@Param('id') id: string, @Req() request: FastifyRequest): Promise<NodeOrderAnswer> {
    return this.order(id, { do: 'release' }, request);
  }

  @Put(':id/labels')
  @Endpoint({
    id: 'labelNode',
    tag: 'Nodes',
    summary: 'Say what a node is, beside what its worker says; it counts more',
    needs: 'nodes:write',
    heeds: 'node',
    answeredBy: 'leader',
    parameters: [idempotencyKey],
    answers: [ok(NodeOrderAnswer, 'Ordered, or so already.')],
    problems: ['invalid-id', 'node-unknown'],
  })
  label(
    @Param('id') id: string,
    @Body() body: LabelNode,
    @Req() request: FastifyRequest,
  ): Promise<NodeOrderAnswer> {
    const labels = parsed(labelsOf(body.labels, 'labels'));
    return this.order(id, { do: 'label', labels }, request);
  }

  @Delete(':id/credential')
  @Endpoint({
    id: 'revokeNode',
    tag: 'Nodes',
    summary: 'Revoke the credential of a node: its link is cut, and it joins anew or not at all',
    needs: 'nodes:write',
    heeds: 'node',
    answeredBy: 'leader',
    parameters: [idempotencyKey],
    answers: [ok(NodeOrderAnswer, 'Revoked, or so already.')],
    problems: ['invalid-id', 'node-unknown', 'credential-unknown'],
  })
  revoke(@Param('id') id: string, @Req() request: FastifyRequest): Promise<NodeOrderAnswer> {
    return this.order(id, { do: 'revoke', reason: 'ordered' }, request);
  }

  @Delete(':id')
  @Endpoint({
    id: 'forgetNode',
    tag: 'Nodes',
    summary:
      'Forget a node that will not come back; its instances are lost, and its credential ends',
    needs: 'nodes:write',
    heeds: 'node',
    answeredBy: 'leader',
    parameters: [force, idempotencyKey],
    answers: [ok(NodeOrderAnswer, 'Ordered, or so already.')],
    problems: ['invalid-id', 'node-unknown', 'node-in-use'],
  })
  forget(
    @Param('id') id: string,
    @Query() query: QueryString,
    @Req() request: FastifyRequest,
  ): Promise<NodeOrderAnswer> {
    const byForce = force.of(query) ? ({ force: true } as const) : {};
    const order = { do: 'forget', reason: 'ordered', ...byForce } as const;
    return this.order(id, order, request);
  }

  private async order(
    id: string,
    order: NodeOrder,
    request: FastifyRequest,
  ): Promise<NodeOrderAnswer> {
    const command = { type: 'OrderNode', id: parsed(idOf(id, 'id')), order } as const;
    const key = keyOf(request, () => hashOf({ ...order }));
    return settled(await this.queue.submit<'OrderNode'>(command, originOf(request, key), key));
  }
}

function reasonOf({ reason }: NodeReason): string {
  return reason ?? 'ordered';
}

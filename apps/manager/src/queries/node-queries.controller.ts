import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { NodeAnswer, NodePage } from '@oakring/contracts/http';
import { OakringError, type Page } from '@oakring/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { viewed } from '../http/endpoints/answers.js';
import { Endpoint } from '../http/endpoints/endpoint.js';
import { nodeAnswer } from './node-answer.js';
import { pageOf, pageParameters, pageRequestOf } from './paging.js';
import { ViewAnswers, viewParameters } from './view-answers.js';

@Controller('api/v1/nodes')
export class NodeQueriesController {
  constructor(private readonly views: ViewAnswers) {}

  @Get()
  @Endpoint({
    id: 'listNodes',
    tag: 'Nodes',
    summary: 'List nodes, by id',
    needs: 'nodes:read',
    answeredBy: 'any',
    parameters: [...pageParameters, ...viewParameters],
    answers: viewed(NodePage, 'A page.'),
  })
  list(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<NodeAnswer> | undefined> {
    return this.views.answer(
      { request, reply, joinsTelemetry: true },
      (query, { state, position, telemetry }) =>
        pageOf(state.nodes.values(), pageRequestOf(query), position, {
          answer: (node) => nodeAnswer(node, { state, telemetry }),
          nameOf: ({ name }) => name,
        }),
    );
  }

  @Get(':id')
  @Endpoint({
    id: 'showNode',
    tag: 'Nodes',
    summary: 'Show a node',
    needs: 'nodes:read',
    answeredBy: 'any',
    parameters: viewParameters,
    answers: viewed(NodeAnswer, 'The node.'),
    problems: ['node-unknown'],
  })
  show(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<NodeAnswer | undefined> {
    return this.views.answer(
      { request, reply, joinsTelemetry: true },
      (_, { state, telemetry }) => {
        const node = state.nodes.get(id);
        if (node !== undefined) return nodeAnswer(node, { state, telemetry });
        const detail = `There is no node ${id}.`;
        throw new OakringError({ code: 'node-unknown', detail, field: 'id', value: id });
      },
    );
  }
}

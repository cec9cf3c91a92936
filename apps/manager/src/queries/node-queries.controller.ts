import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import { OakringError, type NodeAnswer, type NodeChanges, type Page } from '@oakring/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { integerParameter, type Query } from '../http/query-parameters.js';
import type { TelemetryReader } from '../telemetry/telemetry-table.js';
import { TELEMETRY } from '../tokens.js';
import { NodeChangeFeed } from '@oakring/model';
import { Projection } from '../views/projection.js';
import { nodeAnswer } from './node-answer.js';
import { pageOf, pageParameters, pageRequestOf } from './paging.js';
import { ViewAnswers } from './view-answers.js';

@Controller('api/v1')
export class NodeQueriesController {
  constructor(
    private readonly views: ViewAnswers,
    private readonly projection: Projection,
    private readonly changeFeed: NodeChangeFeed,
    @Inject(TELEMETRY) private readonly telemetry: TelemetryReader,
  ) {}

  @Get('nodes')
  list(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<NodeAnswer> | undefined> {
    const question = { request, reply, parameters: pageParameters, joinsTelemetry: true };
    return this.views.answer(question, (query, { state, position, telemetry }) =>
      pageOf(state.nodes.values(), pageRequestOf(query), position, (node) =>
        nodeAnswer(node, { state, telemetry }),
      ),
    );
  }

  /** What the scheduler's copy lacks. Not below `nodes/`: a node may be called `changes`. */
  @Get('node-changes')
  changes(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<NodeChanges | undefined> {
    const parameters = ['since', 'telemetrySince'];
    return this.views.answer({ request, reply, parameters, joinsTelemetry: true }, (query) => {
      const { newest, foreign } = this.telemetry.foreignSince(naturalOf(query, 'telemetrySince'));
      return {
        position: this.projection.position,
        telemetry: newest,
        ...this.changeFeed.since(naturalOf(query, 'since')),
        foreign,
      };
    });
  }

  @Get('nodes/:id')
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

function naturalOf(query: Query, name: string): number {
  const range = { minimum: 0, maximum: Number.MAX_SAFE_INTEGER };
  return integerParameter(query, name, range) ?? 0;
}

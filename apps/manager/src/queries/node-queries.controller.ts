import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import { NodeAnswer, NodeChangesAnswer, NodePage } from '@oakring/contracts/http';
import { OakringError, type NodeChanges, type Page } from '@oakring/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { viewed } from '../http/endpoints/answers.js';
import { Endpoint } from '../http/endpoints/endpoint.js';
import { integer } from '../http/endpoints/parameters.js';
import type { TelemetryReader } from '../telemetry/telemetry-table.js';
import { TELEMETRY } from '../injection/tokens.js';
import { NodeChangeFeed } from '@oakring/model';
import { Projection } from '../views/projection.js';
import { nodeAnswer } from './node-answer.js';
import { pageOf, pageParameters, pageRequestOf } from './paging.js';
import { ViewAnswers, viewParameters } from './view-answers.js';

const since = integer('since', 'Position that the copy reflects; 0 for all.', { minimum: 0 });
const telemetrySince = integer(
  'telemetrySince',
  'Number of the newest reading that the copy reflects.',
  { minimum: 0 },
);

@Controller('api/v1')
export class NodeQueriesController {
  constructor(
    private readonly views: ViewAnswers,
    private readonly projection: Projection,
    private readonly changeFeed: NodeChangeFeed,
    @Inject(TELEMETRY) private readonly telemetry: TelemetryReader,
  ) {}

  @Get('nodes')
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
        pageOf(state.nodes.values(), pageRequestOf(query), position, (node) =>
          nodeAnswer(node, { state, telemetry }),
        ),
    );
  }

  /** What the scheduler's copy lacks. Not below `nodes/`: a node may be called `changes`. */
  @Get('node-changes')
  @Endpoint({
    id: 'nodeChanges',
    tag: 'Nodes',
    summary: 'What changed since a position: the food of a scheduler',
    needs: 'nodes:read',
    answeredBy: 'leader',
    parameters: [since, telemetrySince, ...viewParameters],
    answers: viewed(NodeChangesAnswer, 'The changes.'),
  })
  changes(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<NodeChanges | undefined> {
    return this.views.answer({ request, reply, joinsTelemetry: true }, (query) => {
      const { newest, foreign } = this.telemetry.foreignSince(telemetrySince.of(query) ?? 0);
      return {
        position: this.projection.position,
        telemetry: newest,
        ...this.changeFeed.since(since.of(query) ?? 0),
        foreign,
      };
    });
  }

  @Get('nodes/:id')
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

import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { nodeChangesPath, type NodeChanges } from '@oakring/contracts';
import { NodeChangesAnswer } from '@oakring/contracts/http';
import { NodeChangeFeed } from '@oakring/model';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { viewed } from '../http/endpoints/answers.js';
import { Endpoint } from '../http/endpoints/endpoint.js';
import { integer } from '../http/endpoints/parameters.js';
import { TELEMETRY } from '../injection/tokens.js';
import type { TelemetryReader } from '../telemetry/telemetry-table.js';
import { Projection } from '../views/projection.js';
import { ViewAnswers, viewParameters } from './view-answers.js';

const since = integer('since', 'Position that the copy reflects; 0 for all.', { minimum: 0 });
const telemetrySince = integer(
  'telemetrySince',
  'Number of the newest reading that the copy reflects.',
  { minimum: 0 },
);

/** What the scheduler's copy lacks. Not below `nodes/`: a node may be called `changes`. */
@Controller(nodeChangesPath)
export class NodeChangesController {
  constructor(
    private readonly views: ViewAnswers,
    private readonly projection: Projection,
    private readonly changeFeed: NodeChangeFeed,
    @Inject(TELEMETRY) private readonly telemetry: TelemetryReader,
  ) {}

  @Get()
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
}

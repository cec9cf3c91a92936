import { Controller, Get, Inject, Res } from '@nestjs/common';
import { type Stranger, StrangerPage } from '@oakring/contracts/http';
import type { Page } from '@oakring/contracts';
import type { FastifyReply } from 'fastify';
import { okAtPosition } from '../http/endpoints/answers.js';
import { Endpoint } from '../http/endpoints/endpoint.js';
import { STRANGERS, type StrangerList } from '../injection/query-tokens.js';
import { Projection } from '../views/projection.js';

@Controller('api/v1/strangers')
export class StrangerQueriesController {
  constructor(
    @Inject(STRANGERS) private readonly strangers: StrangerList,
    private readonly projection: Projection,
  ) {}

  @Get()
  @Endpoint({
    id: 'listStrangers',
    tag: 'Nodes',
    summary: 'Workers that speak under an id that nobody knows, and what they say that they run',
    needs: 'nodes:read',
    answeredBy: 'leader',
    answers: [okAtPosition(StrangerPage, 'Those of the last minutes.')],
  })
  list(@Res({ passthrough: true }) reply: FastifyReply): Page<Stranger> {
    const { position, state } = this.projection;
    void reply.header('oakring-position', String(position));
    const items = this.strangers.list().filter(({ id }) => state.nodes.get(id) === undefined);
    return { items, position };
  }
}

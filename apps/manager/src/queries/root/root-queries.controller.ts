import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { RootAnswer } from '@oakring/contracts/http';
import type { Ports } from '@oakring/ports';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { okAtPosition } from '../../http/endpoints/answers.js';
import { Endpoint } from '../../http/endpoints/endpoint.js';
import { ROOT_VIEW, type RootView } from '../../injection/query-tokens.js';
import { PORTS } from '../../injection/tokens.js';
import { Projection } from '../../views/projection.js';
import { seenBy } from '../seen-jobs.js';
import { rootAnswer } from './root-answer.js';

/** The root that this cluster works for: who leads speaks with it. */
@Controller('api/v1/root')
export class RootQueriesController {
  constructor(
    private readonly projection: Projection,
    @Inject(ROOT_VIEW) private readonly root: RootView | null,
    @Inject(PORTS) private readonly ports: Ports,
  ) {}

  @Get()
  @Endpoint({
    id: 'showRoot',
    tag: 'Root',
    summary: 'How we stand with Oakestra’s root, and what runs on although it does not know it',
    needs: 'cluster:read',
    answeredBy: 'leader',
    answers: [okAtPosition(RootAnswer, 'The root.')],
  })
  show(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): RootAnswer {
    const { state, position } = this.projection;
    void reply.header('oakring-position', String(position));
    const jobs = seenBy(request, state.jobs.values());
    return rootAnswer(state, jobs, this.root, this.ports.clock.wallMs());
  }
}

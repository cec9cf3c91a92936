import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { DeadLetter, Page } from '@oakring/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { integerParameter, refuseUnknown, type Query } from '../http/query-parameters.js';
import { Projection } from '../views/projection.js';
import { DEAD_LETTERS, type DeadLetterList } from './tokens.js';

const defaultLetters = 100;
/** As many as are kept. */
const maxLetters = 10_000;

@Controller('api/v1/dead-letters')
export class DeadLetterQueriesController {
  constructor(
    @Inject(DEAD_LETTERS) private readonly letters: DeadLetterList,
    private readonly projection: Projection,
  ) {}

  /** Newest first. */
  @Get()
  list(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Page<DeadLetter> {
    // Fastify parsed it; its type is left open there.
    const query = request.query as Query;
    refuseUnknown(query, ['limit']);
    const limit = integerParameter(query, 'limit', { minimum: 1, maximum: maxLetters });
    const { position } = this.projection;
    void reply.header('oakring-position', String(position));
    return { items: this.letters.list(limit ?? defaultLetters), position };
  }
}

import { Controller, Get, Inject, Query, Res } from '@nestjs/common';
import { DeadLetterPage } from '@oakring/contracts/http';
import type { DeadLetter, Page } from '@oakring/contracts';
import type { FastifyReply } from 'fastify';
import { okAtPosition } from '../http/endpoints/answers.js';
import { Endpoint } from '../http/endpoints/endpoint.js';
import { integer, type Query as QueryString } from '../http/endpoints/parameters.js';
import { Projection } from '../views/projection.js';
import { DEAD_LETTERS, type DeadLetterList } from '../injection/query-tokens.js';

const defaultLetters = 100;
/** As many as are kept. */
const maxLetters = 10_000;
const limit = integer('limit', `${defaultLetters} by default.`, {
  minimum: 1,
  maximum: maxLetters,
});

@Controller('api/v1/dead-letters')
export class DeadLetterQueriesController {
  constructor(
    @Inject(DEAD_LETTERS) private readonly letters: DeadLetterList,
    private readonly projection: Projection,
  ) {}

  @Get()
  @Endpoint({
    id: 'listDeadLetters',
    tag: 'Ledger',
    summary: 'Messages that were refused, newest first',
    needs: 'ledger:read',
    answeredBy: 'any',
    parameters: [limit],
    answers: [okAtPosition(DeadLetterPage, 'The newest.')],
  })
  list(
    @Query() query: QueryString,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Page<DeadLetter> {
    const items = this.letters.list(limit.of(query) ?? defaultLetters);
    const { position } = this.projection;
    void reply.header('oakring-position', String(position));
    return { items, position };
  }
}

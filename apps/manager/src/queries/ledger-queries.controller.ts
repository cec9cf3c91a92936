import { Controller, Get, Inject, Query, Res } from '@nestjs/common';
import type { EventLogReader } from '@oakring/events';
import type { FastifyReply } from 'fastify';
import { refuseUnknown, type Query as QueryString } from '../http/query-parameters.js';
import { EVENT_LOG } from '../tokens.js';

/** `GET /api/v1/ledger/head`: one hash that stands for the whole history up to a position. */
interface LedgerHeadAnswer {
  readonly position: number;
  readonly hash: string;
  readonly epoch: number;
  /** Whether this manager is the one that writes. */
  readonly leading: boolean;
}

@Controller('api/v1/ledger')
export class LedgerQueriesController {
  constructor(@Inject(EVENT_LOG) private readonly log: EventLogReader) {}

  @Get('head')
  async head(
    @Query() query: QueryString,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<LedgerHeadAnswer> {
    refuseUnknown(query, []);
    const { position, hash, epoch } = await this.log.head();
    void reply.header('oakring-position', String(position));
    return { position, hash, epoch, leading: true };
  }
}

import { Controller, Get, Inject, Query, Res } from '@nestjs/common';
import type { EventLogReader } from '@oakring/events';
import type { FastifyReply } from 'fastify';
import { refuseUnknown, type Query as QueryString } from '../http/query-parameters.js';
import { EVENT_LOG } from '../tokens.js';
import { LEADERSHIP, type LeadershipView } from './tokens.js';

/** `GET /api/v1/ledger/head`: one hash that stands for the whole history up to a position. */
interface LedgerHeadAnswer {
  readonly position: number;
  readonly hash: string;
  readonly epoch: number;
  /** Where the leader takes commands; null while nobody is known to lead. */
  readonly leader: string | null;
  /** Whether this manager is the one that writes. */
  readonly leading: boolean;
}

@Controller('api/v1/ledger')
export class LedgerQueriesController {
  constructor(
    @Inject(EVENT_LOG) private readonly log: EventLogReader,
    @Inject(LEADERSHIP) private readonly leadership: LeadershipView,
  ) {}

  @Get('head')
  async head(
    @Query() query: QueryString,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<LedgerHeadAnswer> {
    refuseUnknown(query, []);
    const { position, hash, epoch } = await this.log.head();
    void reply.header('oakring-position', String(position));
    const { leader, leading } = this.leadership.status;
    return { position, hash, epoch, leader, leading };
  }
}

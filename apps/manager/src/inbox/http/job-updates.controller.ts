import {
  Body,
  Controller,
  Delete,
  HttpCode,
  Inject,
  Param,
  Post,
  Put,
  Query,
  Req,
} from '@nestjs/common';
import {
  idOf,
  parseJobDocument,
  warningsOf,
  type JobOrderAnswer,
  type JsonObject,
  OakringError,
} from '@oakring/contracts';
import type { FastifyRequest } from 'fastify';
import type { CommandQueue } from '../../commands/command.js';
import {
  badParameter,
  refuseUnknown,
  type Query as QueryString,
} from '../../http/query-parameters.js';
import { COMMAND_QUEUE } from '../../tokens.js';
import { NothingDto } from './bodies/job-orders.dto.js';
import { SubmitJobDto } from './bodies/submit-job.dto.js';
import { validated, validatedOnly } from '@oakring/http';
import { hashOf, keyOf } from './idempotency.js';
import { parsed, settled } from './settled.js';

/** Changes to jobs under way: a new revision, a restart, and a move that is called off. */
@Controller('api/v1/jobs')
export class JobUpdatesController {
  constructor(@Inject(COMMAND_QUEUE) private readonly queue: CommandQueue) {}

  @Put(':id')
  async update(
    @Param('id') id: string,
    @Body() body: JsonObject | undefined,
    @Query() query: QueryString,
    @Req() request: FastifyRequest,
  ): Promise<JobOrderAnswer> {
    refuseUnknown(query, []);
    const job = parsed(parseJobDocument(validated(SubmitJobDto, body)));
    const jobId = parsed(idOf(id, 'id'));
    if (job.id !== null && job.id !== jobId) {
      const detail = `The address names job ${jobId}, the body job ${job.id}.`;
      throw new OakringError({ code: 'id-mismatch', detail, field: 'id', value: job.id });
    }
    const bodyHash = hashOf(job.document);
    const ifPosition = positionOf(request.headers['if-match']);
    const command = { type: 'UpdateJob', id: jobId, job, bodyHash, ifPosition } as const;
    const key = keyOf(request, () => bodyHash);
    const answer = settled(await this.queue.submit<'UpdateJob'>(command, key));
    return { ...answer, ...warningsOf(job.document) };
  }

  @Post(':id/restart')
  @HttpCode(200)
  async restart(
    @Param('id') id: string,
    @Body() body: JsonObject | undefined,
    @Query() query: QueryString,
    @Req() request: FastifyRequest,
  ): Promise<JobOrderAnswer> {
    refuseUnknown(query, []);
    validatedOnly(NothingDto, body);
    const command = { type: 'RestartJob', id: parsed(idOf(id, 'id')) } as const;
    const key = keyOf(request, () => hashOf({}));
    return settled(await this.queue.submit<'RestartJob'>(command, key));
  }

  @Delete(':id/instances/:number/move')
  @HttpCode(200)
  async cancelMove(
    @Param('id') id: string,
    @Param('number') number: string,
    @Query() query: QueryString,
    @Req() request: FastifyRequest,
  ): Promise<JobOrderAnswer> {
    refuseUnknown(query, []);
    if (!/^\d{1,9}$/.test(number)) {
      throw badParameter('instance', number, 'not the number of an instance');
    }
    const instance = Number(number);
    const command = { type: 'CancelMove', id: parsed(idOf(id, 'id')), instance } as const;
    const key = keyOf(request, () => hashOf({}));
    return settled(await this.queue.submit<'CancelMove'>(command, key));
  }
}

/** The position in an ETag of ours; null without the header, or for any. */
function positionOf(header: string | undefined): number | null {
  if (header === undefined || header.trim() === '*') return null;
  const [, digits] = /^\s*(?:W\/)?"(\d{1,16})(?:-\d+)?"\s*$/.exec(header) ?? [];
  if (digits !== undefined) return Number(digits);
  const detail = `If-Match is ${JSON.stringify(header.slice(0, 64))}, not an ETag of this interface.`;
  throw new OakringError({ code: 'invalid-field', detail, field: 'If-Match' });
}

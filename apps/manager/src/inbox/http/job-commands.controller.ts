import {
  Body,
  Controller,
  Delete,
  HttpCode,
  Inject,
  Param,
  Post,
  Query,
  Req,
  Res,
} from '@nestjs/common';
import {
  countOf,
  idOf,
  parseJobDocument,
  type JobAnswer,
  type JobDocument,
  type JobOrderAnswer,
  type JsonObject,
} from '@oakring/contracts';
import type { Ports } from '@oakring/ports';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CommandQueue } from '../../commands/command.js';
import {
  badParameter,
  flagParameter,
  refuseUnknown,
  type Query as QueryString,
} from '../../http/query-parameters.js';
import { Scheduler } from '../../scheduling/scheduler.port.js';
import { COMMAND_QUEUE, PORTS } from '../../tokens.js';
import { Projection } from '../../views/projection.js';
import { MoveInstanceDto, ReplicateJobDto } from './bodies/job-orders.dto.js';
import { SubmitJobDto } from './bodies/submit-job.dto.js';
import { validated, validatedOnly } from '@oakring/http';
import { dryRun, type DryRunAnswer } from './dry-run.js';
import { hashOf, jobIdOf, keyOf } from './idempotency.js';
import { InstanceMoves } from './instance-moves.js';
import { parsed, settled } from './settled.js';
import { submittedJob } from './submitted-job.js';

type MaybeBody = JsonObject | undefined;

/** Orders of a root about jobs. */
@Controller('api/v1/jobs')
export class JobCommandsController {
  constructor(
    @Inject(COMMAND_QUEUE) private readonly queue: CommandQueue,
    @Inject(PORTS) private readonly ports: Ports,
    private readonly scheduler: Scheduler,
    private readonly projection: Projection,
    private readonly moves: InstanceMoves,
  ) {}

  @Post()
  async submit(
    @Body() body: MaybeBody,
    @Query() query: QueryString,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JobAnswer | DryRunAnswer> {
    refuseUnknown(query, ['dryRun']);
    const dry = flagParameter(query, 'dryRun');
    const job = parsed(parseJobDocument(validated(SubmitJobDto, body)));
    if (dry) {
      void reply.code(200);
      return dryRun(this.scheduler, job.id ?? this.ports.ids.next(), job, this.projection.position);
    }
    const answer = await this.submitJob(job, request);
    void reply.header('location', `/api/v1/jobs/${answer.id}`);
    return answer;
  }

  private async submitJob(job: JobDocument, request: FastifyRequest): Promise<JobAnswer> {
    const bodyHash = hashOf(job.document);
    const key = keyOf(request, () => bodyHash);
    const id = job.id ?? (key === undefined ? this.ports.ids.next() : jobIdOf(key));
    const command = { type: 'SubmitJob', id, job, bodyHash } as const;
    return submittedJob(job, settled(await this.queue.submit<'SubmitJob'>(command, key)));
  }

  @Delete(':id')
  async delete(
    @Param('id') id: string,
    @Query() query: QueryString,
    @Req() request: FastifyRequest,
  ): Promise<JobOrderAnswer> {
    refuseUnknown(query, []);
    const command = { type: 'DeleteJob', id: parsed(idOf(id, 'id')) } as const;
    return settled(
      await this.queue.submit<'DeleteJob'>(
        command,
        keyOf(request, () => hashOf({})),
      ),
    );
  }

  @Post(':id/replicate')
  @HttpCode(200)
  async replicate(
    @Param('id') id: string,
    @Body() body: MaybeBody,
    @Query() query: QueryString,
    @Req() request: FastifyRequest,
  ): Promise<JobOrderAnswer> {
    refuseUnknown(query, []);
    const order = validatedOnly(ReplicateJobDto, body);
    const count = parsed(countOf(order['count']));
    const command = { type: 'ScaleJob', id: parsed(idOf(id, 'id')), count } as const;
    return settled(
      await this.queue.submit<'ScaleJob'>(
        command,
        keyOf(request, () => hashOf(order)),
      ),
    );
  }

  @Post(':id/instances/:number/move')
  @HttpCode(200)
  async move(
    @Param('id') id: string,
    @Param('number') number: string,
    @Body() body: MaybeBody,
    @Req() request: FastifyRequest,
  ): Promise<JobOrderAnswer> {
    refuseUnknown(request.query as QueryString, []);
    const order = validatedOnly(MoveInstanceDto, body);
    const { worker } = order;
    return this.moves.move({
      id: parsed(idOf(id, 'id')),
      number: instanceNumberOf(number),
      worker: worker === undefined || worker === null ? null : parsed(idOf(worker, 'worker')),
      key: keyOf(request, () => hashOf(order)),
    });
  }
}

function instanceNumberOf(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw badParameter('instance', text, 'not the number of an instance');
}

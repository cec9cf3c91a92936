import { Body, Controller, Delete, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import {
  DryRunAnswer,
  JobAnswer,
  JobOrderAnswer,
  MoveInstance,
  OutlookAnswer,
  ReplicateJob,
  SubmitJob,
} from '@oakring/contracts/http';
import { idOf, type JobDocument } from '@oakring/contracts';
import type { Ports } from '@oakring/ports';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CommandQueue } from '../../commands/command.js';
import { created, ok } from '../../http/endpoints/answers.js';
import { Endpoint } from '../../http/endpoints/endpoint.js';
import { badParameter, flag, type Query as QueryString } from '../../http/endpoints/parameters.js';
import { Scheduler } from '../../scheduling/scheduler.port.js';
import { COMMAND_QUEUE, PORTS } from '../../injection/tokens.js';
import { Projection } from '../../views/projection.js';
import { refuseUnused, strictly } from './document-warnings.js';
import { dryRun, dryRunWanted } from './dry-run.js';
import { hashOf, idempotencyKey, jobIdOf, keyOf, originOf } from './idempotency.js';
import { InstanceMoves } from './instance-moves.js';
import { Outlooks } from './outlooks.js';
import { refuseWithoutSecrets } from './secrets-named.js';
import { parsed, settled } from './settled.js';
import { documentOf, submittedJob } from './submitted-job.js';

const force = flag('force', 'Also a job whose instances a root numbers; the root is told.');

/** Orders of a root about jobs. */
@Controller('api/v1/jobs')
export class JobCommandsController {
  constructor(
    @Inject(COMMAND_QUEUE) private readonly queue: CommandQueue,
    @Inject(PORTS) private readonly ports: Ports,
    private readonly scheduler: Scheduler,
    private readonly projection: Projection,
    private readonly moves: InstanceMoves,
    private readonly outlooks: Outlooks,
  ) {}

  @Post()
  @Endpoint({
    id: 'submitJob',
    tag: 'Jobs',
    summary: 'Submit a job',
    needs: 'jobs:write',
    heeds: 'itself',
    answeredBy: 'leader',
    parameters: [dryRunWanted, strictly, idempotencyKey],
    answers: [
      created(JobAnswer, 'Accepted and durable. The same request again gets the same answer.', [
        { name: 'Location', says: 'Address of the job.' },
      ]),
      ok(DryRunAnswer, 'The answer to a dry run.'),
    ],
    problems: [
      'invalid-id',
      'technology-unknown',
      'constraint-unknown',
      'job-id-taken',
      'job-deleting',
      'secret-missing',
      'scheduler-refused',
      'scheduler-unavailable',
    ],
  })
  async submit(
    @Body() body: SubmitJob,
    @Query() query: QueryString,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JobAnswer | DryRunAnswer> {
    const dry = dryRunWanted.of(query);
    const isStrict = strictly.of(query);
    const job = documentOf(body);
    if (isStrict) refuseUnused(job.document, this.projection.state);
    if (dry) {
      refuseWithoutSecrets(request, this.projection.state, job);
      void reply.code(200);
      return dryRun(this.scheduler, job.id ?? this.ports.ids.next(), job, this.projection.state);
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
    return submittedJob(
      job,
      settled(await this.queue.submit<'SubmitJob'>(command, originOf(request, key), key)),
      this.projection.state,
    );
  }

  @Delete(':id')
  @Endpoint({
    id: 'deleteJob',
    tag: 'Jobs',
    summary: 'Delete a job; it is gone when its last instance has ended',
    needs: 'jobs:write',
    heeds: 'job',
    answeredBy: 'leader',
    parameters: [force, dryRunWanted, idempotencyKey],
    answers: [ok(JobOrderAnswer, 'Ordered.'), ok(OutlookAnswer, 'The answer to a dry run.')],
    problems: ['invalid-id', 'job-unknown', 'job-of-root'],
  })
  async delete(
    @Param('id') id: string,
    @Query() query: QueryString,
    @Req() request: FastifyRequest,
  ): Promise<JobOrderAnswer | OutlookAnswer> {
    const byForce = force.of(query);
    const command = { type: 'DeleteJob', id: parsed(idOf(id, 'id')), force: byForce } as const;
    if (dryRunWanted.of(query)) return this.outlooks.ofJob(command);
    const key = keyOf(request, () => hashOf(byForce ? { force: true } : {}));
    return settled(await this.queue.submit<'DeleteJob'>(command, originOf(request, key), key));
  }

  @Post(':id/replicate')
  @Endpoint({
    id: 'replicateJob',
    tag: 'Jobs',
    summary: 'Change the desired number of instances',
    needs: 'jobs:write',
    heeds: 'job',
    answeredBy: 'leader',
    parameters: [force, dryRunWanted, idempotencyKey],
    answers: [ok(JobOrderAnswer, 'Ordered.'), ok(OutlookAnswer, 'The answer to a dry run.')],
    problems: [
      'invalid-id',
      'job-unknown',
      'job-of-root',
      'job-deleting',
      'job-completed',
      'update-without-effect',
      'scheduler-refused',
      'scheduler-unavailable',
    ],
  })
  async replicate(
    @Param('id') id: string,
    @Body() order: ReplicateJob,
    @Query() query: QueryString,
    @Req() request: FastifyRequest,
  ): Promise<JobOrderAnswer | OutlookAnswer> {
    const { count } = order;
    const byForce = force.of(query);
    const job = parsed(idOf(id, 'id'));
    const command = { type: 'ScaleJob', id: job, count, force: byForce } as const;
    if (dryRunWanted.of(query)) return this.outlooks.ofJob(command);
    const key = keyOf(request, () => hashOf(byForce ? { count, force: true } : order));
    return settled(await this.queue.submit<'ScaleJob'>(command, originOf(request, key), key));
  }

  @Post(':id/instances/:number/move')
  @Endpoint({
    id: 'moveInstance',
    tag: 'Jobs',
    summary: 'Move an instance to another node: it runs there before it ends here',
    needs: 'jobs:write',
    heeds: 'job',
    answeredBy: 'leader',
    parameters: [idempotencyKey],
    answers: [ok(JobOrderAnswer, 'The move has begun.')],
    problems: [
      'invalid-id',
      'job-unknown',
      'job-deleting',
      'instance-unknown',
      'instance-not-movable',
      'secret-missing',
      'worker-does-not-fit',
      'no-target',
      'scheduler-refused',
      'scheduler-unavailable',
    ],
  })
  async move(
    @Param('id') id: string,
    @Param('number') number: string,
    @Body() order: MoveInstance,
    @Req() request: FastifyRequest,
  ): Promise<JobOrderAnswer> {
    const { worker } = order;
    const key = keyOf(request, () => hashOf(order));
    return this.moves.move({
      id: parsed(idOf(id, 'id')),
      number: instanceNumberOf(number),
      worker: worker === undefined || worker === null ? null : parsed(idOf(worker, 'worker')),
      origin: originOf(request, key),
      key,
    });
  }
}

function instanceNumberOf(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw badParameter('instance', text, 'not the number of an instance');
}

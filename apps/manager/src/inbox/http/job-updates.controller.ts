import { Body, Controller, Delete, Inject, Param, Post, Put, Query, Req } from '@nestjs/common';
import { JobOrderAnswer, Nothing, OutlookAnswer, SubmitJob } from '@oakring/contracts/http';
import { idOf, OakringError } from '@oakring/contracts';
import type { FastifyRequest } from 'fastify';
import type { CommandQueue } from '../../commands/command.js';
import { ok } from '../../http/endpoints/answers.js';
import { Endpoint } from '../../http/endpoints/endpoint.js';
import {
  badParameter,
  header,
  integer,
  type Query as QueryString,
} from '../../http/endpoints/parameters.js';
import { COMMAND_QUEUE } from '../../injection/tokens.js';
import { Projection } from '../../views/projection.js';
import { refuseUnused, strictly, warningsTo } from './document-warnings.js';
import { dryRunWanted } from './dry-run.js';
import { hashOf, idempotencyKey, keyOf, originOf } from './idempotency.js';
import { Outlooks } from './outlooks.js';
import { refuseWithoutSecrets } from './secrets-named.js';
import { parsed, settled } from './settled.js';
import { documentOf } from './submitted-job.js';

export const ifMatch = header('If-Match', 'ETag of the answer that the change is made from.', [
  'invalid-field',
  'position-changed',
]);

const atPosition = integer(
  'atPosition',
  'Only if what the job is to be was not changed behind this position: that of a plan.',
  { minimum: 1 },
);
const ifRevision = integer('ifRevision', 'Only if the job is of this revision.', { minimum: 1 });

/** Changes to jobs under way: a new revision, a restart, and a move that is called off. */
@Controller('api/v1/jobs')
export class JobUpdatesController {
  constructor(
    @Inject(COMMAND_QUEUE) private readonly queue: CommandQueue,
    private readonly projection: Projection,
    private readonly outlooks: Outlooks,
  ) {}

  @Put(':id')
  @Endpoint({
    id: 'updateJob',
    tag: 'Jobs',
    summary:
      'Roll out a new revision of a job, and set its desired count. A newer one takes over from one that is under way; one that leaves alone how an instance runs restarts nothing',
    needs: 'jobs:write',
    heeds: 'job',
    answeredBy: 'leader',
    parameters: [atPosition, ifRevision, dryRunWanted, strictly, ifMatch, idempotencyKey],
    answers: [ok(JobOrderAnswer, 'Ordered.'), ok(OutlookAnswer, 'The answer to a dry run.')],
    problems: [
      'invalid-id',
      'job-unknown',
      'job-of-root',
      'job-deleting',
      'job-completed',
      'update-without-effect',
      'secret-missing',
      'plan-outdated',
      'scheduler-refused',
      'scheduler-unavailable',
      'id-mismatch',
      'technology-unknown',
      'constraint-unknown',
    ],
  })
  async update(
    @Param('id') id: string,
    @Body() body: SubmitJob,
    @Query() query: QueryString,
    @Req() request: FastifyRequest,
  ): Promise<JobOrderAnswer | OutlookAnswer> {
    const isStrict = strictly.of(query);
    const job = documentOf(body);
    const jobId = parsed(idOf(id, 'id'));
    if (job.id !== null && job.id !== jobId) {
      const detail = `The address names job ${jobId}, the body job ${job.id}.`;
      throw new OakringError({ code: 'id-mismatch', detail, field: 'id', value: job.id });
    }
    if (isStrict) refuseUnused(job.document, this.projection.state);
    const bodyHash = hashOf(job.document);
    const ifPosition = positionOf(request.headers[ifMatch.name.toLowerCase()]);
    const planned = { position: atPosition.of(query), revision: ifRevision.of(query) };
    const command = { type: 'UpdateJob', id: jobId, job, bodyHash, ifPosition, planned } as const;
    if (dryRunWanted.of(query)) {
      refuseWithoutSecrets(request, this.projection.state, job);
      return {
        ...(await this.outlooks.ofJob(command)),
        ...warningsTo(job.document, this.projection.state),
      };
    }
    const key = keyOf(request, () => bodyHash);
    const answer = settled(
      await this.queue.submit<'UpdateJob'>(command, originOf(request, key), key),
    );
    return { ...answer, ...warningsTo(job.document, this.projection.state) };
  }

  @Post(':id/restart')
  @Endpoint({
    id: 'restartJob',
    tag: 'Jobs',
    summary: 'Start every instance anew, as a new revision; what was given up is tried again',
    needs: 'jobs:write',
    heeds: 'job',
    answeredBy: 'leader',
    parameters: [idempotencyKey],
    answers: [ok(JobOrderAnswer, 'Ordered.')],
    problems: ['invalid-id', 'job-unknown', 'job-deleting', 'job-completed', 'secret-missing'],
  })
  async restart(
    @Param('id') id: string,
    @Body() _body: Nothing,
    @Req() request: FastifyRequest,
  ): Promise<JobOrderAnswer> {
    const command = { type: 'RestartJob', id: parsed(idOf(id, 'id')) } as const;
    const key = keyOf(request, () => hashOf({}));
    return settled(await this.queue.submit<'RestartJob'>(command, originOf(request, key), key));
  }

  @Delete(':id/instances/:number/move')
  @Endpoint({
    id: 'cancelMove',
    tag: 'Jobs',
    summary: 'Call off a move: the original stays',
    needs: 'jobs:write',
    heeds: 'job',
    answeredBy: 'leader',
    parameters: [idempotencyKey],
    answers: [ok(JobOrderAnswer, 'Ordered.')],
    problems: ['invalid-id', 'job-unknown', 'instance-unknown', 'instance-not-movable'],
  })
  async cancelMove(
    @Param('id') id: string,
    @Param('number') number: string,
    @Req() request: FastifyRequest,
  ): Promise<JobOrderAnswer> {
    if (!/^\d{1,9}$/.test(number)) {
      throw badParameter('instance', number, 'not the number of an instance');
    }
    const instance = Number(number);
    const command = { type: 'CancelMove', id: parsed(idOf(id, 'id')), instance } as const;
    const key = keyOf(request, () => hashOf({}));
    return settled(await this.queue.submit<'CancelMove'>(command, originOf(request, key), key));
  }
}

/** The position in an ETag of ours; null without the header, or for any. */
export function positionOf(given: string | string[] | undefined): number | null {
  const tag = given === undefined ? '*' : String(given);
  if (tag.trim() === '*') return null;
  const [, digits] = /^\s*(?:W\/)?"(\d{1,16})(?:-\d+)?"\s*$/.exec(tag) ?? [];
  if (digits !== undefined) return Number(digits);
  const detail = `If-Match is ${JSON.stringify(tag.slice(0, 64))}, not an ETag of this interface.`;
  throw new OakringError({ code: 'invalid-field', detail, field: 'If-Match' });
}

import { Body, Controller, Inject, Param, Post, Req } from '@nestjs/common';
import { JobOrderAnswer, RollBack } from '@oakring/contracts/http';
import { documentChanges, idOf, jobOf, OakringError, type SubmitJob } from '@oakring/contracts';
import type { JobRecord } from '@oakring/model';
import type { EventLogReader } from '@oakring/stores';
import type { FastifyRequest } from 'fastify';
import type { CommandQueue, IdempotencyKey } from '../../commands/command.js';
import {
  keptRevision,
  keptRevisions,
  pastRevision,
  type PastRevision,
} from '../../history/past-revisions.js';
import { ok } from '../../http/endpoints/answers.js';
import { Endpoint } from '../../http/endpoints/endpoint.js';
import { COMMAND_QUEUE, EVENT_LOG } from '../../injection/tokens.js';
import { Projection } from '../../views/projection.js';
import { warningsTo } from './document-warnings.js';
import { hashOf, idempotencyKey, keyOf, originOf } from './idempotency.js';
import { ifMatch, positionOf } from './job-updates.controller.js';
import { parsed, settled } from './settled.js';

/** A former revision ordered again: a new one, with the old document. */
@Controller('api/v1/jobs')
export class JobRollbacksController {
  constructor(
    @Inject(COMMAND_QUEUE) private readonly queue: CommandQueue,
    @Inject(EVENT_LOG) private readonly log: EventLogReader,
    private readonly projection: Projection,
  ) {}

  @Post(':id/rollback')
  @Endpoint({
    id: 'rollBackJob',
    tag: 'Jobs',
    summary:
      'Go back to a former revision: its document becomes a new one, and is rolled out as any other. The number of instances stays',
    needs: 'jobs:write',
    heeds: 'job',
    answeredBy: 'leader',
    parameters: [ifMatch, idempotencyKey],
    answers: [ok(JobOrderAnswer, 'Ordered.')],
    problems: [
      'invalid-id',
      'job-unknown',
      'revision-unknown',
      'nothing-to-go-back-to',
      'job-of-root',
      'job-deleting',
      'job-completed',
      'update-without-effect',
      'secret-missing',
    ],
  })
  async rollBack(
    @Param('id') given: string,
    @Body() order: RollBack,
    @Req() request: FastifyRequest,
  ): Promise<JobOrderAnswer> {
    const id = parsed(idOf(given, 'id'));
    const job = this.projection.state.jobs.get(id);
    if (job === undefined) {
      const detail = `There is no job ${id}.`;
      throw new OakringError({ code: 'job-unknown', detail, field: 'id', value: id });
    }
    const key = keyOf(request, () => hashOf(order));
    const { revision, document } = await this.wanted(job, order, key);
    const restored = { ...document, id, count: job.desired };
    const command = {
      // The inbox validated it before its event was written.
      ...({ type: 'UpdateJob', id, job: jobOf(restored as unknown as SubmitJob) } as const),
      bodyHash: hashOf(restored),
      ifPosition: positionOf(request.headers[ifMatch.name.toLowerCase()]),
      restores: revision,
    };
    const answer = settled(
      await this.queue.submit<'UpdateJob'>(command, originOf(request, key), key),
    );
    return { ...answer, ...warningsTo(restored, this.projection.state) };
  }

  private async wanted(
    job: JobRecord,
    { to }: RollBack,
    key: IdempotencyKey | undefined,
  ): Promise<PastRevision> {
    const { state } = this.projection;
    // The queue gives its first answer again, and does not look at the order.
    const isRepeated = key !== undefined && state.answers.get(key.id) !== undefined;
    const named = isRepeated ? job.revision : (to ?? null);
    if (named === null) return this.newestGood(job);
    return pastRevision(this.log, keptRevision(state, job, named));
  }

  /** The newest former one that nothing is said against, and that is another than the present one. */
  private async newestGood(job: JobRecord): Promise<PastRevision> {
    const [newest, ...former] = keptRevisions(this.projection.state, job, job.revision);
    if (newest !== undefined) {
      const current = await pastRevision(this.log, newest);
      for (const kept of former) {
        const { status } = kept.place;
        if (status === 'failed' || status === 'wentBack' || status === 'superseded') continue;
        const past = await pastRevision(this.log, kept);
        if (documentChanges(past.document, current.document).length > 0) return past;
      }
    }
    const detail = `Job ${job.id} has no former revision that was everywhere and has another document.`;
    throw new OakringError({ code: 'nothing-to-go-back-to', detail });
  }
}

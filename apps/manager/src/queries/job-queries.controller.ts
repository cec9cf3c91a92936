import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { OakringError, type JobAnswer, type JobSummary, type Page } from '@oakring/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { jobAnswer, jobSummary } from './job-answer.js';
import { pageOf, pageParameters, pageRequestOf } from './paging.js';
import { ViewAnswers } from './view-answers.js';

@Controller('api/v1/jobs')
export class JobQueriesController {
  constructor(private readonly views: ViewAnswers) {}

  @Get()
  list(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<JobSummary> | undefined> {
    return this.views.answer(
      { request, reply, parameters: pageParameters },
      (query, { state, position }) =>
        pageOf(state.jobs.values(), pageRequestOf(query), position, (job) =>
          jobSummary(state, job),
        ),
    );
  }

  @Get(':id')
  show(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JobAnswer | undefined> {
    return this.views.answer({ request, reply }, (_, { state }) => {
      const job = state.jobs.get(id);
      if (job !== undefined) return jobAnswer(state, job);
      const detail = `There is no job ${id}.`;
      throw new OakringError({ code: 'job-unknown', detail, field: 'id', value: id });
    });
  }
}

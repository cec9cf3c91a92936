import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { JobAnswer, JobPage } from '@oakring/contracts/http';
import { carries, labelTests, ownLabels, type JobSummary, type Page } from '@oakring/contracts';
import type { JobRecord } from '@oakring/model';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { viewed } from '../http/endpoints/answers.js';
import { Endpoint } from '../http/endpoints/endpoint.js';
import { badParameter, text, type Query } from '../http/endpoints/parameters.js';
import { jobAnswer, jobSummary } from './job-answer.js';
import { jobSeenBy, seenBy } from './seen-jobs.js';
import { pageOf, pageParameters, pageRequestOf } from './paging.js';
import { ViewAnswers, viewParameters } from './view-answers.js';

const label = text(
  'label',
  'Only jobs with all of these labels of their own, such as `team=shop,tier`: a name alone is there with any value.',
);

function labelled(jobs: Iterable<JobRecord>, query: Query): Iterable<JobRecord> {
  const asked = label.of(query);
  if (asked === null) return jobs;
  const tests = labelTests(asked);
  if (tests === null) throw badParameter(label.name, asked, 'not like team=shop,tier');
  return [...jobs].filter(({ document }) => carries(ownLabels(document), tests));
}

@Controller('api/v1/jobs')
export class JobQueriesController {
  constructor(private readonly views: ViewAnswers) {}

  @Get()
  @Endpoint({
    id: 'listJobs',
    tag: 'Jobs',
    summary: 'List jobs, by id',
    needs: 'jobs:read',
    heeds: 'itself',
    answeredBy: 'any',
    parameters: [...pageParameters, label, ...viewParameters],
    answers: viewed(JobPage, 'A page.'),
  })
  list(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<JobSummary> | undefined> {
    return this.views.answer({ request, reply }, (query, { state, position }) =>
      pageOf(
        labelled(seenBy(request, state.jobs.values()), query),
        pageRequestOf(query),
        position,
        {
          answer: (job) => jobSummary(state, job),
          nameOf: ({ document }) => String(document['name']),
        },
      ),
    );
  }

  @Get(':id')
  @Endpoint({
    id: 'showJob',
    tag: 'Jobs',
    summary: 'Show a job with its instances',
    needs: 'jobs:read',
    heeds: 'itself',
    answeredBy: 'any',
    parameters: viewParameters,
    answers: viewed(JobAnswer, 'The job.'),
    problems: ['job-unknown'],
  })
  show(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JobAnswer | undefined> {
    const question = { request, reply, joinsTelemetry: true };
    return this.views.answer(question, (_, { state, telemetry }) => {
      return jobAnswer(state, jobSeenBy(request, state, id), telemetry);
    });
  }
}

import { Controller, Get, Req, Res } from '@nestjs/common';
import { InstancePage } from '@oakring/contracts/http';
import type { InstanceSummary, Page } from '@oakring/contracts';
import type { ClusterState, InstanceRecord } from '@oakring/model';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { viewed } from '../http/endpoints/answers.js';
import { Endpoint } from '../http/endpoints/endpoint.js';
import { instanceSummary } from './job-answer.js';
import { seesJobOf } from './seen-jobs.js';
import { pageOf, pageParameters, pageRequestOf } from './paging.js';
import { ViewAnswers, viewParameters } from './view-answers.js';

@Controller('api/v1/instances')
export class InstanceQueriesController {
  constructor(private readonly views: ViewAnswers) {}

  @Get()
  @Endpoint({
    id: 'listInstances',
    tag: 'Jobs',
    summary: 'List the instances of all jobs, with what each uses',
    needs: 'jobs:read',
    heeds: 'itself',
    answeredBy: 'any',
    parameters: [...pageParameters, ...viewParameters],
    answers: viewed(InstancePage, 'A page, by `<job>/<number>`.'),
  })
  list(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<InstanceSummary> | undefined> {
    return this.views.answer(
      { request, reply, joinsTelemetry: true },
      (query, { state, position, telemetry }) =>
        pageOf(withIds(seen(request, state)), pageRequestOf(query), position, {
          answer: ({ instance }) => instanceSummary(state, instance, telemetry),
          nameOf: ({ id }) => id,
        }),
    );
  }
}

interface Identified {
  readonly id: string;
  readonly instance: InstanceRecord;
}

function* seen(request: FastifyRequest, state: ClusterState): Iterable<InstanceRecord> {
  for (const instance of state.instances.values()) {
    if (seesJobOf(request, state, instance.job)) yield instance;
  }
}

function* withIds(instances: Iterable<InstanceRecord>): Iterable<Identified> {
  for (const instance of instances) yield { id: `${instance.job}/${instance.number}`, instance };
}

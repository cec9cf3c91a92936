import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import {
  OakringError,
  parseRequirement,
  type ScheduleAnswer,
  type ScheduleAnswers,
} from '@oakring/contracts';
import type { Ports } from '@oakring/ports';
import { Observer } from '../observe/observer.js';
import { planJobs, policy, type JobPlan, type JobToPlan } from '../plan/plan.js';
import { ScheduleRequestDto, type ScheduleJobDto } from './schedule-request.dto.js';
import { PORTS } from './tokens.js';

const seedBound = 2 ** 31;

/** Observe, plan, answer. */
@Controller('api/v1/schedule')
export class ScheduleController {
  constructor(
    private readonly observer: Observer,
    @Inject(PORTS) private readonly ports: Ports,
  ) {}

  @Post()
  @HttpCode(200)
  async schedule(@Body() request: ScheduleRequestDto): Promise<ScheduleAnswers> {
    const jobs = request.jobs.map((job, index) => this.jobToPlan(job, index));
    await this.observer.reach(request.position);
    const { table } = this.observer;
    const positions = { ledger: table.position, telemetry: table.telemetry };
    const plans = planJobs(table, jobs);
    const answers: ScheduleAnswer[] = [];
    for (const [index, plan] of plans.entries()) {
      const asked = request.jobs[index];
      const planned = jobs[index];
      if (asked === undefined || planned === undefined) continue;
      answers.push({ ...answerOf(asked, plan), policy, seed: planned.seed, positions });
    }
    return { answers };
  }

  private jobToPlan(job: ScheduleJobDto, index: number): JobToPlan {
    const requirement = parseRequirement(job.job);
    if (!requirement.ok) {
      const { field } = requirement.refusal;
      throw new OakringError({ ...requirement.refusal, field: `jobs.${index}.job.${field ?? ''}` });
    }
    return {
      requirement: requirement.value,
      instances: job.instances,
      exclude: new Set(job.exclude),
      present: new Map(Object.entries(job.present ?? {})),
      seed: job.seed ?? this.ports.randomness.integer(seedBound),
    };
  }
}

function answerOf(
  asked: ScheduleJobDto,
  plan: JobPlan,
): Pick<ScheduleAnswer, 'workers' | 'job' | 'placements' | 'refusal' | 'considered'> {
  return {
    workers: plan.placements.map(({ nodeId }) => nodeId),
    job: asked.job,
    placements: plan.placements,
    refusal: plan.refusal,
    considered: plan.considered,
  };
}

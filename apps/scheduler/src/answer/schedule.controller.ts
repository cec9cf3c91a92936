import { Body, Controller, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { schedulePath, type JsonObject, type ScheduleAnswers } from '@oakring/contracts';
import { seedBound } from '@oakring/contracts/http';
import { answersOf, jobsToPlan } from '@oakring/planning';
import { seededRandomness, type Ports } from '@oakring/ports';
import type { FastifyRequest } from 'fastify';
import { Observer } from '../observe/observer.js';
import { scheduleRequestOf } from './schedule-request.js';
import { PlanFigures } from './plan-figures.js';
import { PORTS } from './tokens.js';

/** Observe, plan, answer. */
@Controller(schedulePath)
export class ScheduleController {
  constructor(
    private readonly observer: Observer,
    @Inject(PORTS) private readonly ports: Ports,
    private readonly figures: PlanFigures,
  ) {}

  @Post()
  @HttpCode(200)
  async schedule(
    @Body() body: JsonObject | undefined,
    @Req() { trace }: FastifyRequest,
  ): Promise<ScheduleAnswers> {
    try {
      return await this.planFor(body, trace);
    } catch (error) {
      this.figures.failed();
      throw error;
    }
  }

  private async planFor(
    body: JsonObject | undefined,
    trace: string | null,
  ): Promise<ScheduleAnswers> {
    const request = scheduleRequestOf(body);
    const jobs = jobsToPlan(request.jobs, () => this.ports.randomness.integer(seedBound));
    await this.observer.reach(request.position);
    // From here to the answer nothing is awaited: all jobs are planned on one state of the copy.
    const { table } = this.observer;
    const span = trace === null ? null : this.ports.tracer.begin('plan', trace);
    const beganMs = this.ports.clock.monotonicMs();
    const answers = answersOf(table, request.jobs, jobs, seededRandomness);
    this.figures.planned(answers, this.ports.clock.monotonicMs() - beganMs);
    span?.end({ 'oakring.jobs': answers.length, 'oakring.position': table.position });
    return { answers };
  }
}

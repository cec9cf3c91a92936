import { Controller, Get, Inject, Res } from '@nestjs/common';
import { HealthAnswer } from '@oakring/contracts/http';
import {
  HealthCheckService,
  HealthIndicatorService,
  type HealthCheckResult,
  type HealthIndicatorResult,
} from '@nestjs/terminus';
import { healthAnswer } from '@oakring/http';
import type { FastifyReply } from 'fastify';
import { ok } from '../../http/endpoints/answers.js';
import { Endpoint } from '../../http/endpoints/endpoint.js';
import { READINESS, type Readiness } from '../../injection/query-tokens.js';

/** For probes: `live` asks whether the process answers, `ready` whether it does its work. */
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    @Inject(READINESS) private readonly readiness: Readiness,
  ) {}

  @Get('live')
  @Endpoint({
    id: 'isLive',
    tag: 'Operation',
    summary: 'The process answers',
    needs: 'nothing',
    answeredBy: 'any',
    answers: [ok(HealthAnswer, 'Alive.')],
  })
  live(): Promise<HealthCheckResult> {
    return this.health.check([]);
  }

  @Get('ready')
  @Endpoint({
    id: 'isReady',
    tag: 'Operation',
    summary: 'The manager does its work',
    needs: 'nothing',
    answeredBy: 'any',
    answers: [ok(HealthAnswer, 'Ready.'), { ...ok(HealthAnswer, 'Not ready.'), status: 503 }],
  })
  ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    return healthAnswer(this.health.check([() => this.manager()]), reply);
  }

  private async manager(): Promise<HealthIndicatorResult> {
    const check = this.indicators.check('manager');
    const { ready, ...why } = await this.readiness.isReady();
    return ready ? check.up(why) : check.down(why);
  }
}

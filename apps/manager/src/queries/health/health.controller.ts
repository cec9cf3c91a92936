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
import type { PartHealth } from '../../injection/health.js';
import { READINESS, type Readiness } from '../../injection/query-tokens.js';

/**
 * For probes: `live` asks whether a restart would not help, `ready` whether the manager does its work, part by
 * part. What each part says is for anybody: probes need no token.
 */
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
    summary: 'The process answers, and a restart would not help it',
    needs: 'nothing',
    answeredBy: 'any',
    answers: [ok(HealthAnswer, 'Alive.'), { ...ok(HealthAnswer, 'Stuck.'), status: 503 }],
  })
  live(@Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    return healthAnswer(this.health.check([() => this.progress()]), reply);
  }

  @Get('ready')
  @Endpoint({
    id: 'isReady',
    tag: 'Operation',
    summary: 'The manager does its work, part by part',
    needs: 'nothing',
    answeredBy: 'any',
    answers: [ok(HealthAnswer, 'Ready.'), { ...ok(HealthAnswer, 'Not ready.'), status: 503 }],
  })
  ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    return healthAnswer(this.checkAll(), reply);
  }

  private async checkAll(): Promise<HealthCheckResult> {
    const { ready, parts, ...why } = await this.readiness.isReady();
    const check = this.indicators.check('manager');
    return this.health.check([
      () => (ready ? check.up(why) : check.down(why)),
      ...parts.map((part) => () => this.part(part)),
    ]);
  }

  private part({ part, status, sinceMs, ...words }: PartHealth): HealthIndicatorResult {
    const check = this.indicators.check(part);
    const told = { ...words, since: new Date(sinceMs).toISOString() };
    switch (status) {
      case 'up':
        return check.up(told);
      case 'degraded':
        return check.degraded(told);
      case 'down':
        return check.down(told);
    }
  }

  private progress(): HealthIndicatorResult {
    const check = this.indicators.check('progress');
    const { stuck } = this.readiness;
    if (stuck === null) return check.up();
    return check.down({ detail: stuck, remedy: 'Start the manager again.' });
  }
}

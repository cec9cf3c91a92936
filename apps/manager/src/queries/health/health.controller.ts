import { Controller, Get, HttpException, Inject, Res } from '@nestjs/common';
import {
  HealthCheckService,
  HealthIndicatorService,
  type HealthCheckResult,
  type HealthIndicatorResult,
} from '@nestjs/terminus';
import type { FastifyReply } from 'fastify';
import { READINESS, type Readiness } from '../tokens.js';

/** For probes: `live` asks whether the process answers, `ready` whether it does its work. */
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    @Inject(READINESS) private readonly readiness: Readiness,
  ) {}

  @Get('live')
  live(): Promise<HealthCheckResult> {
    return this.health.check([]);
  }

  @Get('ready')
  async ready(
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<HealthCheckResult | object> {
    try {
      return await this.health.check([() => this.manager()]);
    } catch (error) {
      // Probes and dashboards know this shape; a problem document would tell them less.
      if (!(error instanceof HttpException)) throw error;
      void reply.code(error.getStatus());
      return Object(error.getResponse());
    }
  }

  private async manager(): Promise<HealthIndicatorResult> {
    const check = this.indicators.check('manager');
    const { ready, ...why } = await this.readiness.isReady();
    return ready ? check.up(why) : check.down(why);
  }
}

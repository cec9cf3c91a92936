import { Controller, Get, Res } from '@nestjs/common';
import {
  HealthCheck,
  HealthCheckService,
  HealthIndicatorService,
  type HealthIndicatorResult,
} from '@nestjs/terminus';
import { healthAnswer } from '@oakring/http';
import type { FastifyReply } from 'fastify';
import { Observer } from '../observe/observer.js';

/** The description of its answers would load all of @nestjs/swagger at the start. */
const undescribed = { noCache: true, swaggerDocumentation: false };

/** Live while it answers; ready once it has seen the node view. */
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly observer: Observer,
  ) {}

  @Get('live')
  @HealthCheck(undescribed)
  live(): ReturnType<HealthCheckService['check']> {
    return this.health.check([]);
  }

  @Get('ready')
  @HealthCheck(undescribed)
  ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    return healthAnswer(this.health.check([() => this.nodeView()]), reply);
  }

  private nodeView(): HealthIndicatorResult {
    const indicator = this.indicators.check('nodeView');
    return this.observer.isFilled
      ? indicator.up({ position: this.observer.table.position })
      : indicator.down({ reason: 'the manager has not answered yet' });
  }
}

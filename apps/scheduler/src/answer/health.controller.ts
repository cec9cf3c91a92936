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

/** A manager that is started again is back within this. */
const graceMs = 10_000;
const remedy = 'See that the manager of OAKRING_MANAGER_URL runs and takes our OAKRING_TOKEN.';

/**
 * Live while it answers: it keeps nothing that a restart would mend. Ready once it has seen the node view, and
 * while it hears of its changes: without them it refuses what is to be planned on newer ones.
 */
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
    const { isFilled, silence, silentMs, table } = this.observer;
    const { position } = table;
    if (isFilled && silence === null) return indicator.up({ position });
    const since = silence === null ? null : new Date(silence.sinceMs).toISOString();
    const words = { since, remedy };
    if (!isFilled) return indicator.down({ reason: 'the manager has not answered yet', ...words });
    const reason = 'the manager does not answer any more: only what is known is planned with';
    const told = { position, reason, ...words };
    return silentMs < graceMs ? indicator.degraded(told) : indicator.down(told);
  }
}

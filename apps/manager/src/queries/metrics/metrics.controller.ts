import { Controller, Get, Inject, Res } from '@nestjs/common';
import { Refusals } from '@oakring/http';
import type { FastifyReply } from 'fastify';
import type { Registry } from 'prom-client';
import type { TelemetryReader } from '../../telemetry/telemetry-table.js';
import { TELEMETRY } from '../../tokens.js';
import { Projection } from '../../views/projection.js';
import { DEAD_LETTERS, type DeadLetterList } from '../tokens.js';

/** For Prometheus. */
@Controller('metrics')
export class MetricsController {
  private registry: Promise<Registry> | null = null;

  constructor(
    private readonly projection: Projection,
    @Inject(TELEMETRY) private readonly telemetry: TelemetryReader,
    @Inject(DEAD_LETTERS) private readonly deadLetters: DeadLetterList,
    private readonly refusals: Refusals,
  ) {}

  @Get()
  async scrape(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    // Loaded by the first scrape: who is not scraped does not pay for it.
    this.registry ??= import('./metrics.js').then(({ managerMetrics }) =>
      managerMetrics(this.projection, this.telemetry, this.deadLetters, this.refusals),
    );
    const registry = await this.registry;
    void reply.header('content-type', registry.contentType);
    return registry.metrics();
  }
}

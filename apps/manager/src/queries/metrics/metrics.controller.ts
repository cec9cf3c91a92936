import { Controller, Get, Inject, Res } from '@nestjs/common';
import { Refusals } from '@oakring/http';
import type { FastifyReply } from 'fastify';
import type { Registry } from 'prom-client';
import type { TelemetryReader } from '../../telemetry/telemetry-table.js';
import { ofMedia } from '../../http/endpoints/answers.js';
import { Endpoint } from '../../http/endpoints/endpoint.js';
import { TELEMETRY } from '../../injection/tokens.js';
import { EvidenceSources } from './evidence-sources.js';
import { Projection } from '../../views/projection.js';
import {
  DEAD_LETTERS,
  LEADERSHIP,
  MESSAGE_COUNTS,
  type DeadLetterList,
  type LeadershipView,
} from '../../injection/query-tokens.js';

/** For Prometheus. */
@Controller('metrics')
export class MetricsController {
  private registry: Promise<Registry> | null = null;

  constructor(
    readonly projection: Projection,
    @Inject(TELEMETRY) readonly telemetry: TelemetryReader,
    @Inject(DEAD_LETTERS) readonly deadLetters: DeadLetterList,
    @Inject(MESSAGE_COUNTS) readonly messages: ReadonlyMap<string, number>,
    readonly refusals: Refusals,
    @Inject(LEADERSHIP) readonly leadership: LeadershipView,
    readonly evidence: EvidenceSources,
  ) {}

  @Get()
  @Endpoint({
    id: 'scrapeMetrics',
    tag: 'Operation',
    summary: 'For Prometheus',
    needs: 'cluster:metrics',
    answeredBy: 'any',
    answers: [ofMedia(['text/plain'], 'Metrics.')],
  })
  async scrape(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    // Loaded by the first scrape: who is not scraped does not pay for it.
    this.registry ??= import('./metrics.js').then(({ managerMetrics }) => managerMetrics(this));
    const registry = await this.registry;
    void reply.header('content-type', registry.contentType);
    return registry.metrics();
  }
}

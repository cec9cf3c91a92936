import { Controller, Get, Res } from '@nestjs/common';
import { Scrapes } from '@oakring/metrics';
import type { FastifyReply } from 'fastify';
import { ofMedia } from '../../http/endpoints/answers.js';
import { Endpoint } from '../../http/endpoints/endpoint.js';
import { managerFigures } from './manager-figures.js';
import { MetricSources } from './metric-sources.js';

/** For Prometheus. */
@Controller('metrics')
export class MetricsController {
  private readonly scrapes: Scrapes;

  constructor(sources: MetricSources) {
    this.scrapes = new Scrapes((book) => managerFigures(book, sources));
  }

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
    const { contentType, text } = await this.scrapes.scrape();
    void reply.header('content-type', contentType);
    return text;
  }
}

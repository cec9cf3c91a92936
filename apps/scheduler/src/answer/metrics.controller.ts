import { Controller, Get, Inject, Res } from '@nestjs/common';
import { REQUEST_TIMES } from '@oakring/http';
import { Scrapes, type RequestTimes } from '@oakring/metrics';
import type { FastifyReply } from 'fastify';
import { Observer } from '../observe/observer.js';
import { PlanFigures } from './plan-figures.js';
import { schedulerFigures } from './scheduler-figures.js';

/** For Prometheus. */
@Controller('metrics')
export class MetricsController {
  private readonly scrapes = new Scrapes((book) => schedulerFigures(book, this));

  constructor(
    readonly observer: Observer,
    readonly figures: PlanFigures,
    @Inject(REQUEST_TIMES) readonly requests: RequestTimes,
  ) {}

  @Get()
  async scrape(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const { contentType, text } = await this.scrapes.scrape();
    void reply.header('content-type', contentType);
    return text;
  }
}

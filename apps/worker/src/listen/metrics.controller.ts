import { Controller, Get, Inject, Res } from '@nestjs/common';
import { REQUEST_TIMES } from '@oakring/http';
import { Scrapes, type RequestTimes } from '@oakring/metrics';
import type { FastifyReply } from 'fastify';
import { DATA_FOLDER, WORKER } from './tokens.js';
import { workerFigures, type MeasuredWorker } from './worker-figures.js';

/** For Prometheus. */
@Controller('metrics')
export class MetricsController {
  private readonly scrapes = new Scrapes((book) => workerFigures(book, this));

  constructor(
    @Inject(WORKER) readonly worker: MeasuredWorker,
    @Inject(DATA_FOLDER) readonly dataFolder: string,
    @Inject(REQUEST_TIMES) readonly requests: RequestTimes,
  ) {}

  @Get()
  async scrape(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const { contentType, text } = await this.scrapes.scrape();
    void reply.header('content-type', contentType);
    return text;
  }
}

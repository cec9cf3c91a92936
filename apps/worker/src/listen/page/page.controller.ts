import { Controller, Get, Header, Inject, Req, Res } from '@nestjs/common';
import { softwareVersion } from '@oakring/host';
import { Page } from '@oakring/http';
import type { Ports } from '@oakring/ports';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { WorkerStanding } from '../../connect/measured-session.js';
import { PORTS, WORKER } from '../tokens.js';
import { page, script, style } from './page.js';
import { statusAnswer, type StatusAnswer } from './status-answer.js';
import { statusText } from './status-text.js';

const css = 'text/css; charset=utf-8';
const javascript = 'text/javascript; charset=utf-8';

/** For whoever has the machine before them: a page, and what is on it for a terminal or a program. */
@Controller()
export class PageController {
  private readonly version = softwareVersion();

  constructor(
    @Inject(WORKER) private readonly worker: { standing(): WorkerStanding },
    @Inject(PORTS) private readonly ports: Ports,
  ) {}

  @Get()
  @Page()
  show(): string {
    return page;
  }

  @Get('status.css')
  @Header('content-type', css)
  style(): string {
    return style;
  }

  @Get('status.js')
  @Header('content-type', javascript)
  script(): string {
    return script;
  }

  /** JSON for who asks for it, as the page does; text for everybody else. */
  @Get('status')
  status(
    @Req() { headers }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): StatusAnswer | string {
    const { clock } = this.ports;
    const about = { nowMs: clock.wallMs(), version: this.version };
    const answer = statusAnswer(this.worker.standing(), about);
    if (headers.accept?.includes('application/json') === true) return answer;
    void reply.header('content-type', 'text/plain; charset=utf-8');
    return statusText(answer);
  }
}

const free: ReadonlySet<string> = new Set(['/', '/status.css', '/status.js']);

/** What the page is made of tells nothing: a browser cannot send a token to open it. */
export function isPagePart({ url }: Pick<FastifyRequest, 'url'>): boolean {
  return free.has(url);
}

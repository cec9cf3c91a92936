import { Controller, Get, Inject, Logger, Param, Req, Res } from '@nestjs/common';
import { OakringError } from '@oakring/contracts';
import { LogLine } from '@oakring/contracts/http';
import { OpenConnections } from '@oakring/http';
import type { Ports } from '@oakring/ports';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { lines } from '../http/endpoints/answers.js';
import { Endpoint } from '../http/endpoints/endpoint.js';
import { badParameter } from '../http/endpoints/parameters.js';
import { PORTS, STREAMS } from '../injection/tokens.js';
import { Projection } from '../views/projection.js';
import { logParameters, logQueryOf, type LogFormat, type LogQuery } from './log-query.js';
import { logTarget, needFeature, refuseOthersOutput } from './log-target.js';
import { linesOfStream, written, writtenEnd } from './log-text.js';
import type { NodeStream } from './node-stream.js';
import type { Streams } from './node-streams.js';

/** Bytes that wait for a reader before more is asked of the worker. */
const readAheadBytes = 65_536;
/** A reader of server-sent events hears something at least this often. */
const keepAliveEveryMs = 15_000;

const media: Readonly<Record<LogFormat, string>> = {
  text: 'text/plain; charset=utf-8',
  ndjson: 'application/x-ndjson',
  sse: 'text/event-stream',
};

/** `GET /api/v1/jobs/{id}/instances/{number}/logs`: what an instance printed, from its worker. */
@Controller('api/v1/jobs')
export class InstanceLogsController {
  private readonly logger = new Logger('Logs');

  constructor(
    @Inject(STREAMS) private readonly streams: Streams,
    @Inject(PORTS) private readonly ports: Ports,
    private readonly projection: Projection,
    private readonly connections: OpenConnections,
  ) {}

  @Get(':id/instances/:number/logs')
  @Endpoint({
    id: 'readLogs',
    tag: 'Jobs',
    summary: 'Read what an instance printed, and follow it',
    needs: 'jobs:logs',
    heeds: 'job',
    answeredBy: 'leader',
    isStream: true,
    parameters: logParameters,
    answers: [
      lines(LogLine, 'As text, a line of JSON a line, or a server-sent event.', {
        media: ['text/plain', 'application/x-ndjson', 'text/event-stream'],
      }),
    ],
    problems: [
      ...(['job-unknown', 'instance-unknown', 'instance-nowhere', 'nothing-printed'] as const),
      ...(['feature-missing', 'node-away', 'worker-silent', 'broker-unreachable'] as const),
      'stream-broken',
    ],
  })
  async read(
    @Param('id') id: string,
    @Param('number') number: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const query = logQueryOf(request, this.ports.clock.wallMs());
    const wanted = { id, number: numberOf(number), previous: query.previous };
    const target = logTarget(this.projection.state, wanted);
    const { node, technology, generation, isBefore, notBefore } = target;
    needFeature(node, 'logs');
    refuseOthersOutput(request.caller, target);
    const { agoMs, tail, follow } = query;
    // Of another generation it says nothing: all of this one is news then.
    const after = query.after?.generation === generation ? query.after.mark : null;
    const isNext = query.after !== null && query.after.generation < generation;
    const stream = this.streams.open(node, {
      ...{ wants: 'logs', job: id, instance: wanted.number, generation, notBefore },
      ...{ technology: technology as 'process', follow },
      ...(isBefore ? { previous: true } : {}),
      ...(agoMs === null || isNext || after !== null ? {} : { agoMs }),
      ...(tail === null || isNext || after !== null ? {} : { tail }),
      ...(after === null || after === '' ? {} : { after }),
    });
    const left = (): void => stream.close();
    reply.raw.once('close', left);
    await stream.opened;
    reply.hijack();
    reply.raw.writeHead(200, {
      'content-type': media[query.format],
      'cache-control': 'no-store',
      'oakring-node': node.id,
      'oakring-generation': String(generation),
      // Proxies that gather answers would hold a live stream back.
      'x-accel-buffering': 'no',
    });
    if (request.method === 'HEAD') {
      stream.close();
      return void reply.raw.end();
    }
    // A follower of a quiet instance would otherwise not learn that it is connected.
    reply.raw.flushHeaders();
    await this.send(stream, query, reply);
  }

  private async send(stream: NodeStream, query: LogQuery, { raw }: FastifyReply): Promise<void> {
    const { signal: closing } = this.connections;
    const end = (): void => stream.close();
    closing.addEventListener('abort', end);
    const keptAlive =
      query.format === 'sse'
        ? this.ports.timers.every(keepAliveEveryMs, () => {
            if (!raw.writableNeedDrain) raw.write(': still here\n\n');
          })
        : null;
    try {
      const text = Readable.from(answer(stream, query), {
        objectMode: false,
        highWaterMark: readAheadBytes,
      });
      await pipeline(text, raw);
    } catch (error) {
      // A reader that goes away is no failure, and one that stays is told by the break.
      if (!raw.destroyed) raw.destroy();
      if (!(error instanceof OakringError) && stream.end?.problem === null) {
        this.logger.debug(`a stream of logs broke: ${String(error)}`);
      }
    } finally {
      keptAlive?.cancel();
      stream.close();
      closing.removeEventListener('abort', end);
    }
  }
}

async function* answer(stream: NodeStream, query: LogQuery): AsyncGenerator<string> {
  try {
    for await (const batch of linesOfStream(stream)) {
      if (batch.length > 0) yield written(batch, query);
    }
    yield writtenEnd(null, query.format);
  } catch (error) {
    // Text has no place for it: the answer is cut, which a client tells from its end.
    if (query.format === 'text' || !(error instanceof OakringError)) throw error;
    yield writtenEnd(error, query.format);
  }
}

function numberOf(text: string): number {
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw badParameter('number', text, 'not the number of an instance');
}

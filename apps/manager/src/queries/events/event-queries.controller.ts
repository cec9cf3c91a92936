import { Controller, Get, Inject, Logger, Req, Res } from '@nestjs/common';
import { EventLine } from '@oakring/contracts/http';
import { OakringError } from '@oakring/contracts';
import type { EventLogReader } from '@oakring/stores';
import { OpenConnections } from '@oakring/http';
import type { Ports } from '@oakring/ports';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { lines } from '../../http/endpoints/answers.js';
import { Endpoint } from '../../http/endpoints/endpoint.js';
import { EVENT_LOG, PORTS } from '../../injection/tokens.js';
import { Projection } from '../../views/projection.js';
import { eventLines } from './event-lines.js';
import { eventParameters, eventQueryOf, type EventQuery } from './event-query.js';

/** Bytes that wait for a reader before the log is read on. */
const readAheadBytes = 65_536;

/** `GET /api/v1/events`: replay, and the live stream of what happens. */
@Controller('api/v1/events')
export class EventQueriesController {
  private readonly logger = new Logger('Events');

  constructor(
    @Inject(EVENT_LOG) private readonly log: EventLogReader,
    @Inject(PORTS) private readonly ports: Ports,
    private readonly projection: Projection,
    private readonly connections: OpenConnections,
  ) {}

  @Get()
  @Endpoint({
    id: 'streamEvents',
    tag: 'Ledger',
    summary: 'Replay the ledger, and follow it',
    needs: 'ledger:read',
    answeredBy: 'any',
    isStream: true,
    parameters: eventParameters,
    answers: [
      lines(EventLine, 'A line an event, or a server-sent event.', {
        isAtPosition: true,
        media: ['application/x-ndjson', 'text/event-stream'],
      }),
    ],
  })
  async stream(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const query = eventQueryOf(request);
    const { position } = await this.log.head();
    refuseBeyond(position, query);
    reply.hijack();
    reply.raw.writeHead(200, {
      'content-type': query.format === 'sse' ? 'text/event-stream' : 'application/x-ndjson',
      'cache-control': 'no-store',
      'oakring-position': String(position),
      // Proxies that gather answers would hold a live stream back.
      'x-accel-buffering': 'no',
    });
    if (request.method === 'HEAD') return void reply.raw.end();
    // A follower of a quiet log would otherwise not learn that it is connected.
    reply.raw.flushHeaders();
    await this.send(query, reply);
  }

  private async send(query: EventQuery, { raw }: FastifyReply): Promise<void> {
    const ending = new AbortController();
    const end = (): void => ending.abort();
    const { signal: closing } = this.connections;
    closing.addEventListener('abort', end);
    raw.once('close', end);
    if (closing.aborted || raw.destroyed) end();
    try {
      const { log, projection, ports } = this;
      const source = { log, projection, timers: ports.timers, signal: ending.signal };
      const events = Readable.from(eventLines(query, source), {
        objectMode: false,
        highWaterMark: readAheadBytes,
      });
      await pipeline(events, raw);
    } catch (error) {
      // A reader that goes away is no failure.
      if (!ending.signal.aborted) this.logger.error(`a stream of events broke: ${String(error)}`);
    } finally {
      closing.removeEventListener('abort', end);
    }
  }
}

/** The next position is worth waiting for; what lies beyond it was never said by this log. */
function refuseBeyond(head: number, { from, knownIndex }: EventQuery): void {
  const isLastSeen = knownIndex >= 0;
  if (from <= (isLastSeen ? head : head + 1)) return;
  throw new OakringError({
    code: 'position-invalid',
    detail: `The log ends at position ${head}; position ${from} is not in it.`,
    field: isLastSeen ? 'Last-Event-ID' : 'from',
    value: from,
  });
}

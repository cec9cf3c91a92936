import { Controller, Get, Inject, Logger, Req, Res } from '@nestjs/common';
import { OakringError } from '@oakring/contracts';
import type { EventLogReader } from '@oakring/stores';
import { OpenConnections } from '@oakring/http';
import type { Ports } from '@oakring/ports';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { EVENT_LOG, PORTS } from '../../tokens.js';
import { Projection } from '../../views/projection.js';
import { endStalled } from './end-stalled.js';
import { eventLines } from './event-lines.js';
import { eventQueryOf, type EventQuery } from './event-query.js';

/** Streams open at once; each holds a page of the log and a connection, of which there are more. */
const maxStreams = 1_000;
/** Of these one address has so many at most: nobody takes every place. */
const maxOfOneAddress = 250;
/** Bytes that wait for a reader before the log is read on. */
const readAheadBytes = 65_536;

/** `GET /api/v1/events`: replay, and the live stream of what happens. */
@Controller('api/v1/events')
export class EventQueriesController {
  private readonly logger = new Logger('Events');
  /** Open ones by address. */
  private readonly streams = new Map<string, number>();

  constructor(
    @Inject(EVENT_LOG) private readonly log: EventLogReader,
    @Inject(PORTS) private readonly ports: Ports,
    private readonly projection: Projection,
    private readonly connections: OpenConnections,
  ) {}

  @Get()
  async stream(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const query = eventQueryOf(request);
    const { position } = await this.log.head();
    refuseBeyond(position, query);
    this.refuseMore(request.ip);
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
    await this.send(query, reply, request.ip);
  }

  private refuseMore(address: string): void {
    const ofAddress = this.streams.get(address) ?? 0;
    let all = 0;
    for (const count of this.streams.values()) all += count;
    if (all < maxStreams && ofAddress < maxOfOneAddress) return;
    const detail = `${all} readers of events are connected already, ${ofAddress} of them from ${address}.`;
    throw new OakringError({ code: 'overloaded', detail });
  }

  private count(address: string, by: 1 | -1): void {
    const count = (this.streams.get(address) ?? 0) + by;
    if (count === 0) this.streams.delete(address);
    else this.streams.set(address, count);
  }

  private async send(query: EventQuery, { raw }: FastifyReply, address: string): Promise<void> {
    const ending = new AbortController();
    const end = (): void => ending.abort();
    const { signal: closing } = this.connections;
    closing.addEventListener('abort', end);
    raw.once('close', end);
    if (closing.aborted || raw.destroyed) end();
    this.count(address, 1);
    const watch = endStalled(raw, this.ports.timers);
    try {
      const { log, projection, ports } = this;
      const source = { log, projection, timers: ports.timers, signal: ending.signal };
      const lines = Readable.from(eventLines(query, source), {
        objectMode: false,
        highWaterMark: readAheadBytes,
      });
      await pipeline(lines, raw);
    } catch (error) {
      // A reader that goes away is no failure.
      if (!ending.signal.aborted) this.logger.error(`a stream of events broke: ${String(error)}`);
    } finally {
      this.count(address, -1);
      watch.cancel();
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

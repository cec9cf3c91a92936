import { Controller, Get, Inject, Param, Query, Res } from '@nestjs/common';
import { OakringError, type NodeTelemetry } from '@oakring/contracts';
import { decodeEvents } from '@oakring/events';
import { type EventLogReader } from '@oakring/stores';
import {
  type RecordedReading,
  type TelemetryLog,
  type TruncationManifest,
} from '@oakring/telemetry';
import type { Ports } from '@oakring/ports';
import type { FastifyReply } from 'fastify';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { timeOf } from '../history/moment.js';
import {
  badParameter,
  integerParameter,
  refuseUnknown,
  textParameter,
  type Query as QueryString,
} from '../http/query-parameters.js';
import type { TelemetryReader } from '../telemetry/telemetry-table.js';
import { EVENT_LOG, PORTS, TELEMETRY, TELEMETRY_LOG } from '../tokens.js';
import { Projection } from '../views/projection.js';
import { ReadingSteps } from './reading-steps.js';

const lastHourMs = 3_600_000;
const maxPoints = 500;
/** Commits read at a time while looking for a manifest. */
const pageCommits = 500;

/** Readings of the past: for charts, and as they were written. */
@Controller('api/v1')
export class TelemetryQueriesController {
  constructor(
    private readonly projection: Projection,
    @Inject(TELEMETRY_LOG) private readonly telemetryLog: TelemetryLog,
    @Inject(TELEMETRY) private readonly telemetry: TelemetryReader,
    @Inject(EVENT_LOG) private readonly log: EventLogReader,
    @Inject(PORTS) private readonly ports: Ports,
  ) {}

  @Get('nodes/:id/telemetry')
  async node(@Param('id') nodeId: string, @Query() query: QueryString): Promise<NodeTelemetry> {
    refuseUnknown(query, ['from', 'to', 'step']);
    if (this.projection.state.nodes.get(nodeId) === undefined) {
      const detail = `There is no node ${nodeId}.`;
      throw new OakringError({ code: 'node-unknown', detail, field: 'id', value: nodeId });
    }
    const to = this.momentOf(query, 'to') ?? this.ports.clock.wallMs();
    const from = this.momentOf(query, 'from') ?? to - lastHourMs;
    if (from > to) throw badParameter('from', query['from'], 'later than to');
    const steps = new ReadingSteps(from, stepOf(query, from, to));
    await this.telemetryLog.read({ nodeId, from, to }, (reading: RecordedReading) =>
      steps.take(reading),
    );
    return {
      nodeId,
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
      stepMs: steps.stepMs,
      points: steps.points(),
      readingsShed: this.telemetry.shedOf(nodeId),
    };
  }

  /** The telemetry log itself, for auditors: lines as they are stored, from a batch on. */
  @Get('telemetry/batches')
  async batches(@Query() query: QueryString, @Res() reply: FastifyReply): Promise<void> {
    refuseUnknown(query, ['from']);
    const range = { minimum: 1, maximum: Number.MAX_SAFE_INTEGER };
    const from = integerParameter(query, 'from', range) ?? 1;
    const floor = await this.telemetryLog.floor();
    if (floor !== null && from < floor) throw await this.truncated(from, floor);
    reply.hijack();
    reply.raw.writeHead(200, { 'content-type': 'application/x-ndjson' });
    const lines = Readable.from(withEnds(this.telemetryLog.lines(from)));
    await pipeline(lines, reply.raw).catch(() => {
      // A reader that goes away is no failure.
    });
  }

  private momentOf(query: QueryString, name: 'from' | 'to'): number | null {
    const text = textParameter(query, name);
    if (text === null) return null;
    const at = timeOf(text, this.ports.clock);
    if (at !== null) return at;
    throw badParameter(
      name,
      text,
      'neither a time like 2026-11-23T10:00:00Z nor one ago like -15m',
    );
  }

  private async truncated(from: number, floor: number): Promise<OakringError> {
    const manifest = await this.manifestOf(from);
    const proof = manifest === null ? 'no manifest was found' : JSON.stringify(manifest);
    return new OakringError({
      code: 'log-truncated',
      detail: `Batch ${from} was dropped; the log begins with batch ${floor}. Manifest: ${proof}`,
      field: 'from',
      value: from,
    });
  }

  private async manifestOf(batch: number): Promise<TruncationManifest | null> {
    for (let from = 1; ;) {
      const commits = await this.log.read({ from, limit: pageCommits, stream: 'cluster' });
      const last = commits.at(-1);
      if (last === undefined) return null;
      for (const event of commits.flatMap(decodeEvents)) {
        if (event.type !== 'TelemetryTruncated') continue;
        if (event.data.firstBatch <= batch && batch <= event.data.lastBatch) return event.data;
      }
      from = last.position + 1;
    }
  }
}

/** At most 500 points, whatever step is asked for. */
function stepOf(query: QueryString, from: number, to: number): number {
  const least = Math.max(1, Math.ceil((to - from + 1) / maxPoints));
  const asked = integerParameter(query, 'step', { minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
  return Math.max(least, asked ?? least);
}

async function* withEnds(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield `${line}\n`;
}

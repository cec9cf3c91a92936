import { Controller, Get, Inject, Param, Query, Res } from '@nestjs/common';
import { NodeTelemetry } from '@oakring/contracts/http';
import { OakringError } from '@oakring/contracts';
import { clusterStream, decodeEvents } from '@oakring/events';
import { type EventLogReader } from '@oakring/stores';
import {
  type RecordedReading,
  type TelemetryLogReader,
  type TruncationManifest,
} from '@oakring/telemetry';
import type { Ports } from '@oakring/ports';
import type { FastifyReply } from 'fastify';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { lines, ok } from '../http/endpoints/answers.js';
import { Endpoint } from '../http/endpoints/endpoint.js';
import {
  badParameter,
  integer,
  text,
  type Parameter,
  type Query as QueryString,
} from '../http/endpoints/parameters.js';
import type { TelemetryReader } from '../telemetry/telemetry-table.js';
import { EVENT_LOG, PORTS, TELEMETRY, TELEMETRY_LOG } from '../injection/tokens.js';
import { timeMsOf } from '../history/moment.js';
import { Projection } from '../views/projection.js';
import { ReadingSteps } from './reading-steps.js';

const lastHourMs = 3_600_000;
const maxPoints = 500;
/** Commits read at a time while looking for a manifest. */
const pageCommits = 500;
const from = text('from', 'A moment; an hour before `to` by default.', 'moment-invalid');
const to = text('to', 'A moment; now by default.', 'moment-invalid');
const step = integer('step', 'Milliseconds of a point.', { minimum: 1 });
const firstBatch = integer('from', 'First batch; the oldest that is kept by default.', {
  minimum: 1,
});

/** Milliseconds since 1970. */
interface Range {
  readonly from: number;
  readonly to: number;
}

/** Readings of the past: for charts, and as they were written. */
@Controller('api/v1')
export class TelemetryQueriesController {
  constructor(
    private readonly projection: Projection,
    @Inject(TELEMETRY_LOG) private readonly telemetryLog: TelemetryLogReader,
    @Inject(TELEMETRY) private readonly telemetry: TelemetryReader,
    @Inject(EVENT_LOG) private readonly log: EventLogReader,
    @Inject(PORTS) private readonly ports: Ports,
  ) {}

  @Get('nodes/:id/telemetry')
  @Endpoint({
    id: 'showNodeTelemetry',
    tag: 'Nodes',
    summary: 'Readings of a node, for charts',
    needs: 'nodes:read',
    answeredBy: 'leader',
    parameters: [from, to, step],
    answers: [ok(NodeTelemetry, 'At most 500 points.')],
    problems: ['node-unknown'],
  })
  async node(@Param('id') nodeId: string, @Query() query: QueryString): Promise<NodeTelemetry> {
    if (this.projection.state.nodes.get(nodeId) === undefined) {
      const detail = `There is no node ${nodeId}.`;
      throw new OakringError({ code: 'node-unknown', detail, field: 'id', value: nodeId });
    }
    const range = await this.rangeOf(query);
    const steps = new ReadingSteps(range.from, stepOf(query, range));
    await this.telemetryLog.read({ nodeId, ...range }, (reading: RecordedReading) =>
      steps.take(reading),
    );
    return {
      nodeId,
      from: new Date(range.from).toISOString(),
      to: new Date(range.to).toISOString(),
      stepMs: steps.stepMs,
      points: steps.points(),
      readingsShed: this.telemetry.shedOf(nodeId),
    };
  }

  /** The telemetry log itself, for auditors: lines as they are stored, from a batch on. */
  @Get('telemetry/batches')
  @Endpoint({
    id: 'streamTelemetryBatches',
    tag: 'Ledger',
    summary: 'The telemetry log as it is stored',
    needs: 'ledger:read',
    answeredBy: 'leader',
    isStream: true,
    parameters: [firstBatch],
    answers: [lines(null, 'A batch a line.')],
    problems: ['log-truncated'],
  })
  async batches(@Query() query: QueryString, @Res() reply: FastifyReply): Promise<void> {
    const floor = await this.telemetryLog.floor();
    const first = firstBatch.of(query) ?? floor ?? 1;
    if (floor !== null && first < floor) throw await this.truncated(first, floor);
    reply.hijack();
    reply.raw.writeHead(200, { 'content-type': 'application/x-ndjson' });
    const batches = Readable.from(withEnds(this.telemetryLog.lines(first)));
    await pipeline(batches, reply.raw).catch(() => {
      // A reader that goes away is no failure.
    });
  }

  private async rangeOf(query: QueryString): Promise<Range> {
    const end = (await this.momentOf(query, to)) ?? this.ports.clock.wallMs();
    const begin = (await this.momentOf(query, from)) ?? end - lastHourMs;
    if (begin <= end) return { from: begin, to: end };
    throw badParameter(from.name, query[from.name], 'later than to');
  }

  private async momentOf(
    query: QueryString,
    parameter: Parameter<string | null>,
  ): Promise<number | null> {
    const given = parameter.of(query);
    if (given === null) return null;
    return timeMsOf(given, parameter.name, { log: this.log, clock: this.ports.clock });
  }

  private async truncated(batch: number, floor: number): Promise<OakringError> {
    const manifest = await this.manifestOf(batch);
    const proof = manifest === null ? 'no manifest was found' : JSON.stringify(manifest);
    return new OakringError({
      code: 'log-truncated',
      detail: `Batch ${batch} was dropped; the log begins with batch ${floor}. Manifest: ${proof}`,
      field: firstBatch.name,
      value: batch,
    });
  }

  private async manifestOf(batch: number): Promise<TruncationManifest | null> {
    for (let next = 1; ;) {
      const commits = await this.log.read({
        from: next,
        limit: pageCommits,
        stream: clusterStream,
      });
      const last = commits.at(-1);
      if (last === undefined) return null;
      for (const event of commits.flatMap(decodeEvents)) {
        if (event.type !== 'TelemetryTruncated') continue;
        if (event.data.firstBatch <= batch && batch <= event.data.lastBatch) return event.data;
      }
      next = last.position + 1;
    }
  }
}

/** At most 500 points, whatever step is asked for. */
function stepOf(query: QueryString, range: Range): number {
  const least = Math.max(1, Math.ceil((range.to - range.from + 1) / maxPoints));
  return Math.max(least, step.of(query) ?? least);
}

async function* withEnds(texts: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of texts) yield `${line}\n`;
}

import { Inject, Injectable } from '@nestjs/common';
import { momentForms, OakringError, timeOf } from '@oakring/contracts';
import type { TelemetryLogReader } from '@oakring/telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Ports } from '@oakring/ports';
import { PastStates } from '../history/past-states.js';
import { header, integer, text, type Described, type Query } from '../http/endpoints/parameters.js';
import { readingsAsOf } from '../telemetry/past-readings.js';
import { PORTS, TELEMETRY, TELEMETRY_LOG } from '../injection/tokens.js';
import type { TelemetryReader } from '../telemetry/telemetry-table.js';
import type { ClusterState } from '@oakring/model';
import { Projection } from '../views/projection.js';

/** How long a reader is kept waiting for a position. */
const reachWithinMs = 5_000;

const minPosition = integer('minPosition', 'Wait up to 5 s for the view to be there.', {
  minimum: 0,
  code: 'position-invalid',
});
const at = text(
  'at',
  `As it was at a moment: ${momentForms}. Times without a zone are UTC.`,
  'moment-invalid',
);
/** What every view looks at. */
export const viewParameters: readonly Described[] = [
  { ...minPosition, problems: [...minPosition.problems, 'position-not-reached'] },
  // Few are gone back to at once.
  { ...at, problems: [...at.problems, 'overloaded'] },
  header('If-None-Match', 'ETag of the answer that the reader has.', []),
];

interface ViewQuestion {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** True when the answer joins readings in, which change without a commit. */
  readonly joinsTelemetry?: boolean;
  /** What else the answer says of now and changes without a commit, in signs of a tag. */
  readonly beside?: string;
}

/** One moment of the cluster: now, or any before. */
export interface View {
  readonly state: ClusterState;
  readonly position: number;
  readonly isNow: boolean;
  /** Readings are no part of a view: they are joined in, of the past as far as they are kept. */
  readonly telemetry: TelemetryReader;
}

const noReadings: TelemetryReader = {
  latest: () => null,
  lastSeenMs: () => null,
  usesOn: () => [],
  shedOf: () => 0,
  shedTotal: 0,
  newest: 0,
  foreignSince: () => ({ newest: 0, foreign: [] }),
};

/** What all views have in common: `minPosition`, position and age, and answers not sent again. */
@Injectable()
export class ViewAnswers {
  constructor(
    private readonly projection: Projection,
    @Inject(TELEMETRY) private readonly telemetry: TelemetryReader,
    private readonly past: PastStates,
    @Inject(TELEMETRY_LOG) private readonly telemetryLog: TelemetryLogReader,
    @Inject(PORTS) private readonly ports: Ports,
  ) {}

  /**
   * Waits for the position asked for, or goes back to the moment asked for, then builds the answer
   * in one go: it is of one position.
   */
  async answer<T>(
    question: ViewQuestion,
    build: (query: Query, view: View) => T,
  ): Promise<T | undefined> {
    const { request, reply, joinsTelemetry = false, beside = '' } = question;
    // Fastify parsed it; its type is left open there.
    const query = request.query as Query;
    await this.reach(query);
    const moment = at.of(query);
    const view = moment === null ? this.present() : await this.pastAt(moment, joinsTelemetry);
    const tag = moment === null ? this.tagOf(joinsTelemetry, beside) : `W/"${view.position}"`;
    const ageMs = moment === null ? this.projection.ageMs : this.ageOf(view.state.head.at);
    const isKnown = namesTag(request.headers['if-none-match'], tag);
    // Built before anything is said of it: a problem has no position and no tag.
    const answer = isKnown ? undefined : build(query, view);
    if (isKnown) void reply.code(304);
    void reply.headers({
      'oakring-position': String(view.position),
      'oakring-age-ms': String(ageMs),
      etag: tag,
    });
    return answer;
  }

  private present(): View {
    const { state, position } = this.projection;
    return { state, position, isNow: true, telemetry: this.telemetry };
  }

  private async pastAt(moment: string, joinsTelemetry: boolean): Promise<View> {
    const state = await this.past.at(moment, 'at');
    const { position } = state.head;
    // Readings go on where commits pause: those of the time that was asked for.
    const timeMs = timeOf(moment, this.ports.clock.wallMs()) ?? state.head.at;
    const telemetry = joinsTelemetry ? await readingsAsOf(this.telemetryLog, timeMs) : noReadings;
    return { state, position, isNow: false, telemetry };
  }

  private ageOf(at: number): number {
    return Math.max(0, this.ports.clock.wallMs() - at);
  }

  private async reach(query: Query): Promise<void> {
    const position = minPosition.of(query);
    if (position === null || (await this.projection.reach(position, reachWithinMs))) return;
    throw new OakringError({
      code: 'position-not-reached',
      detail: `The view is at position ${this.projection.position} after ${reachWithinMs / 1000} s.`,
      field: 'minPosition',
      value: position,
    });
  }

  private tagOf(joinsTelemetry: boolean, beside: string): string {
    if (!joinsTelemetry) return `W/"${this.projection.position}${beside}"`;
    return `W/"${this.projection.position}-${this.telemetry.newest}${beside}"`;
  }
}

function namesTag(header: string | undefined, tag: string): boolean {
  return header !== undefined && header.split(',').some((given) => given.trim() === tag);
}

import { Inject, Injectable } from '@nestjs/common';
import { OakringError } from '@oakring/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { integerParameter, refuseUnknown, type Query } from '../http/query-parameters.js';
import { TELEMETRY } from '../tokens.js';
import type { TelemetryReader } from '../telemetry/telemetry-table.js';
import { Projection } from '../views/projection.js';

/** How long a reader is kept waiting for a position (design §6). */
const reachWithinMs = 5_000;

interface ViewQuestion {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** Parameters that the view takes, besides `minPosition`. */
  readonly parameters?: readonly string[];
  /** True when the answer joins readings in, which change without a commit. */
  readonly joinsTelemetry?: boolean;
}

/** What all views have in common: `minPosition`, position and age, and answers not sent again. */
@Injectable()
export class ViewAnswers {
  constructor(
    private readonly projection: Projection,
    @Inject(TELEMETRY) private readonly telemetry: TelemetryReader,
  ) {}

  /** Waits for the position asked for, then builds the answer in one go: it is of one position. */
  async answer<T>(question: ViewQuestion, build: (query: Query) => T): Promise<T | undefined> {
    const { request, reply, parameters = [], joinsTelemetry = false } = question;
    // Fastify parsed it; its type is left open there.
    const query = request.query as Query;
    refuseUnknown(query, [...parameters, 'minPosition']);
    await this.reach(query);
    const tag = this.tagOf(joinsTelemetry);
    void reply.headers({
      'oakring-position': String(this.projection.position),
      'oakring-age-ms': String(this.projection.ageMs),
      etag: tag,
    });
    if (!namesTag(request.headers['if-none-match'], tag)) return build(query);
    void reply.code(304);
    return undefined;
  }

  private async reach(query: Query): Promise<void> {
    const position = integerParameter(query, 'minPosition', {
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      code: 'position-invalid',
    });
    if (position === null || (await this.projection.reach(position, reachWithinMs))) return;
    throw new OakringError({
      code: 'position-not-reached',
      detail: `The view is at position ${this.projection.position} after ${reachWithinMs / 1000} s.`,
      field: 'minPosition',
      value: position,
    });
  }

  private tagOf(joinsTelemetry: boolean): string {
    if (!joinsTelemetry) return `W/"${this.projection.position}"`;
    const { newest } = this.telemetry.foreignSince(Number.MAX_SAFE_INTEGER);
    return `W/"${this.projection.position}-${newest}"`;
  }
}

function namesTag(header: string | undefined, tag: string): boolean {
  return header !== undefined && header.split(',').some((given) => given.trim() === tag);
}

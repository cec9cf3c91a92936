import { Controller, Get, Inject, Param } from '@nestjs/common';
import { OakringError } from '@oakring/contracts';
import { decodeEvents, type StoredEvent } from '@oakring/events';
import { type EventLogReader } from '@oakring/stores';
import { ok } from '../http/endpoints/answers.js';
import { Endpoint } from '../http/endpoints/endpoint.js';
import { EVENT_LOG } from '../injection/tokens.js';

/** `GET /api/v1/decisions/{id}`: everything that was recorded of one scheduling answer. */
export type DecisionAnswer = Decision['data'] & {
  readonly id: string;
  readonly type: Decision['type'];
  readonly job: string;
  /** ISO 8601, the leader's clock at the commit. */
  readonly at: string;
  readonly position: number;
};

type Decision = Extract<
  StoredEvent,
  { type: 'InstancesPlaced' | 'PlacementRefused' | 'MoveStarted' }
>;

/** Read from the log itself: a decision can be asked about however long ago it was. */
@Controller('api/v1/decisions')
export class DecisionQueriesController {
  constructor(@Inject(EVENT_LOG) private readonly log: EventLogReader) {}

  @Get(':id')
  @Endpoint({
    id: 'showDecision',
    tag: 'Ledger',
    summary: 'Why an instance was placed where it is, or nowhere',
    needs: 'ledger:read',
    answeredBy: 'any',
    answers: [ok('Decision', 'The decision as it was recorded.')],
    problems: ['decision-unknown'],
  })
  async show(@Param('id') id: string): Promise<DecisionAnswer> {
    const event = await this.find(id);
    if (event === null) {
      const detail = `There is no decision ${id}.`;
      throw new OakringError({ code: 'decision-unknown', detail, field: 'id', value: id });
    }
    const { type, position, at, data, stream } = event;
    const job = stream.slice('jobs/'.length);
    return { id, type, job, at: new Date(at).toISOString(), position, ...data };
  }

  private async find(id: string): Promise<Decision | null> {
    const [, position, index] = /^([1-9]\d{0,14})-(\d{1,6})$/.exec(id) ?? [];
    if (position === undefined) return null;
    const [commit] = await this.log.read({ from: Number(position), limit: 1 });
    if (commit?.position !== Number(position)) return null;
    const event = decodeEvents(commit)[Number(index)];
    return event !== undefined && isDecision(event) ? event : null;
  }
}

function isDecision(event: StoredEvent): event is Decision {
  const { type } = event;
  return type === 'InstancesPlaced' || type === 'PlacementRefused' || type === 'MoveStarted';
}

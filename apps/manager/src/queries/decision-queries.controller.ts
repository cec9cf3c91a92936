import { Controller, Get, Inject, Param } from '@nestjs/common';
import { AnyDecision, type DecisionAnswer } from '@oakring/contracts/http';
import { OakringError } from '@oakring/contracts';
import { decodeEvents, subjectOf, type StoredEvent } from '@oakring/events';
import { type EventLogReader } from '@oakring/stores';
import { ok } from '../http/endpoints/answers.js';
import { Endpoint } from '../http/endpoints/endpoint.js';
import { EVENT_LOG } from '../injection/tokens.js';

/** What says that it is one. */
type Decision = Extract<StoredEvent, { data: { decisionId: string } }>;

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
    answers: [ok(AnyDecision, 'The decision as it was recorded.')],
    problems: ['decision-unknown'],
  })
  async show(@Param('id') id: string): Promise<DecisionAnswer> {
    const event = await this.find(id);
    if (event === null) {
      const detail = `There is no decision ${id}.`;
      throw new OakringError({ code: 'decision-unknown', detail, field: 'id', value: id });
    }
    const { type, position, at, data } = event;
    const job = subjectOf(event);
    // Type and data are of one event; a spread loses that.
    return { id, type, job, at: new Date(at).toISOString(), position, ...data } as DecisionAnswer;
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
  return 'decisionId' in event.data;
}

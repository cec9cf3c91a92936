import { Controller, Get, Query } from '@nestjs/common';
import { DiffAnswer } from '@oakring/contracts/http';
import { momentForms, OakringError } from '@oakring/contracts';
import { differenceOf } from '../history/difference.js';
import { PastStates } from '../history/past-states.js';
import { ok } from '../http/endpoints/answers.js';
import { Endpoint } from '../http/endpoints/endpoint.js';
import {
  integer,
  text,
  type Parameter,
  type Query as QueryString,
} from '../http/endpoints/parameters.js';

const defaultItems = 1_000;
const maxItems = 10_000;
const moment = `A moment: ${momentForms}.`;
const from = text('from', moment, 'moment-invalid');
const to = text('to', moment, 'moment-invalid');
const limit = integer('limit', `Items at most; ${defaultItems} by default.`, {
  minimum: 1,
  maximum: maxItems,
});

/** What changed in the cluster between two moments. */
@Controller('api/v1/diff')
export class DiffQueriesController {
  constructor(private readonly past: PastStates) {}

  @Get()
  @Endpoint({
    id: 'showDifference',
    tag: 'Ledger',
    summary: 'What changed between two moments',
    needs: 'ledger:read',
    answeredBy: 'any',
    parameters: [from, to, limit],
    answers: [ok(DiffAnswer, 'The difference.')],
    // Few are gone back to at once.
    problems: ['overloaded'],
  })
  async diff(@Query() query: QueryString): Promise<DiffAnswer> {
    const items = limit.of(query) ?? defaultItems;
    const before = await this.past.at(momentOf(query, from), from.name);
    const after = await this.past.at(momentOf(query, to), to.name);
    return {
      from: momentAt(before.head),
      to: momentAt(after.head),
      ...differenceOf(before, after, items),
    };
  }
}

function momentOf(query: QueryString, parameter: Parameter<string | null>): string {
  const given = parameter.of(query);
  if (given !== null) return given;
  const { name } = parameter;
  const detail = `${name} is missing: ${momentForms}.`;
  throw new OakringError({ code: 'moment-invalid', detail, field: name });
}

function momentAt({ position, at }: { position: number; at: number }): DiffAnswer['from'] {
  return { position, at: new Date(at).toISOString() };
}

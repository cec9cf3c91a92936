import { Controller, Get, Query } from '@nestjs/common';
import { OakringError, type DiffAnswer } from '@oakring/contracts';
import { differenceOf } from '../history/difference.js';
import { PastStates } from '../history/past-states.js';
import {
  integerParameter,
  refuseUnknown,
  textParameter,
  type Query as QueryString,
} from '../http/query-parameters.js';

const defaultItems = 1_000;
const maxItems = 10_000;

/** What changed in the cluster between two moments. */
@Controller('api/v1/diff')
export class DiffQueriesController {
  constructor(private readonly past: PastStates) {}

  @Get()
  async diff(@Query() query: QueryString): Promise<DiffAnswer> {
    refuseUnknown(query, ['from', 'to', 'limit']);
    const limit = integerParameter(query, 'limit', { minimum: 1, maximum: maxItems });
    const from = await this.past.at(momentOf(query, 'from'), 'from');
    const to = await this.past.at(momentOf(query, 'to'), 'to');
    return {
      from: momentAt(from.head),
      to: momentAt(to.head),
      ...differenceOf(from, to, limit ?? defaultItems),
    };
  }
}

function momentOf(query: QueryString, name: 'from' | 'to'): string {
  const text = textParameter(query, name);
  if (text !== null) return text;
  const detail = `${name} is missing: a position, an ISO time, or a time ago such as -15m.`;
  throw new OakringError({ code: 'moment-invalid', detail, field: name });
}

function momentAt({ position, at }: { position: number; at: number }): DiffAnswer['from'] {
  return { position, at: new Date(at).toISOString() };
}

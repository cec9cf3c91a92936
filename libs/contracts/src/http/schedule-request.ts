import { maxJobCount } from '../messages/addresses.js';
import type { JsonObject } from '../parsing/parsing.js';
import type { FreedThere } from './scheduling.js';
import { anyObject, integer, listOf, natural, text } from './kinds.js';
import { Field, Shape, shaped } from './shape.js';

export const maxJobsPerCall = 500;
const maxExcluded = 10_000;
/** Seeds are integers below this: what the seeded source and every JSON reader keep exact. */
export const seedBound = 2 ** 31;

/** One job in `POST /api/v1/schedule`. What is in its objects is looked at with the job, whose name the refusal tells. */
@Shape({ isOpen: true })
export class ScheduleJob {
  @Field(anyObject, { says: 'The job description as it came from the root.' })
  readonly job: JsonObject & { readonly id: string };

  @Field(integer(1, maxJobCount), { says: 'How many to place now.' })
  readonly instances: number;

  @Field(listOf(text, { max: maxExcluded, items: 'ids' }), {
    optional: true,
    says: 'Nodes that must not be chosen.',
  })
  readonly exclude?: readonly string[];

  @Field(anyObject, { optional: true, says: 'How many of this job each node has already: spread.' })
  readonly present?: Readonly<Record<string, number>>;

  @Field(anyObject, {
    optional: true,
    says: 'Of the one to be replaced: its successor’s to take, however busy the node is.',
  })
  readonly freed?: FreedThere;

  @Field(text, { optional: true, says: 'A node that is named besides what the job says.' })
  readonly worker?: string;

  @Field(natural, {
    optional: true,
    says: 'Of the job; given back, and on record with the decision.',
  })
  readonly revision?: number;

  @Field(integer(0, seedBound - 1), {
    optional: true,
    says: 'Fixed to repeat a recorded decision; else the scheduler draws.',
  })
  readonly seed?: number;
}

/** The body of `POST /api/v1/schedule`. */
@Shape({ isOpen: true })
export class ScheduleRequest {
  @Field(listOf(shaped(ScheduleJob), { max: maxJobsPerCall, items: 'jobs' }))
  readonly jobs: readonly ScheduleJob[];

  @Field(natural, { says: 'Ledger position that the scheduler’s copy must have reached.' })
  readonly position: number;
}

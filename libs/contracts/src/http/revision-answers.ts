import type { JsonObject } from '../parsing/parsing.js';
import { pageOf } from './answers.js';
import {
  anyObject,
  anything,
  flag,
  integer,
  listOf,
  natural,
  nullable,
  oneOf,
  text,
  time,
} from './kinds.js';
import { Field, Shape, shaped } from './shape.js';

const revisionStatuses = [
  'submitted',
  'progressing',
  'completed',
  'failed',
  'wentBack',
  'superseded',
  'alike',
] as const;

@Shape({ name: 'DocumentChange' })
export class DocumentChangeAnswer {
  @Field(text, { says: 'Dotted, from the top of the document.' })
  readonly field: string;

  @Field(anything, { says: 'Null: it was not there.' })
  readonly before: unknown;

  @Field(anything, { says: 'Null: it is not there.' })
  readonly after: unknown;
}

@Shape({ says: 'A revision of a job, as the ledger has it.' })
export class Revision {
  @Field(natural, { says: 'From 1.' })
  readonly revision: number;

  @Field(natural, { says: 'Position in the ledger.' })
  readonly position: number;

  @Field(time)
  readonly at: string;

  @Field(nullable(text), { says: 'Who: as `by` of its event. Null: recorded before format 2.' })
  readonly by: string | null;

  @Field(text, { says: 'What changed, in a phrase.' })
  readonly changed: string;

  @Field(text)
  readonly image: string;

  @Field(flag, { says: 'The newest one: what the job is now.' })
  readonly current: boolean;

  @Field(oneOf(revisionStatuses), {
    says:
      'The job began with it; it is rolled out, was, or that failed; the job went back from it by itself; ' +
      'another came before it was everywhere; it runs as the one before it.',
  })
  readonly status: (typeof revisionStatuses)[number];

  @Field(nullable(text), { says: 'Why it failed, or the job went back from it.' })
  readonly reason: string | null;

  @Field(natural, { optional: true, says: 'The revision whose document it has again.' })
  readonly restores?: number;

  @Field(natural, { says: 'Instances that run it now.' })
  readonly running: number;
}

@Shape({ name: 'RevisionDocument' })
export class RevisionAnswer extends Revision {
  @Field(listOf(shaped(DocumentChangeAnswer)), { says: 'Against the revision before it.' })
  readonly changes: readonly DocumentChangeAnswer[];

  @Field(anyObject, { says: 'As it was given.' })
  readonly document: JsonObject;
}

export const RevisionPage = pageOf(Revision, 'RevisionPage');

@Shape({ says: 'A former revision becomes a new one: its document, and as many instances as now.' })
export class RollBack {
  @Field(integer(1, Number.MAX_SAFE_INTEGER), {
    optional: true,
    says: 'Without it: the newest former one that was everywhere and has another document.',
  })
  readonly to?: number;
}

import { FieldWarning } from './answers.js';
import { flag, listOf, natural, nullable, onlyTrue, text } from './kinds.js';
import { DocumentChangeAnswer } from './revision-answers.js';
import { Field, Shape, shaped } from './shape.js';

@Shape({ says: 'An instance that would be stopped, or started.' })
export class OutlookStep {
  @Field(text)
  readonly job: string;

  @Field(natural)
  readonly instance: number;

  @Field(nullable(text), { says: 'Where. Null: there is no place for it now, it would wait.' })
  readonly nodeId: string | null;

  @Field(text, { says: 'Why, or why there.' })
  readonly reason: string;
}

@Shape({ name: 'Outlook', says: 'What an order would do now. Nothing is written.' })
export class OutlookAnswer {
  @Field(onlyTrue)
  readonly dryRun: true;

  @Field(natural, { says: 'The ledger position that was looked at: `atPosition` of an update.' })
  readonly position: number;

  @Field(natural, { optional: true, says: 'Of the job, as it is now.' })
  readonly revision?: number;

  @Field(listOf(shaped(DocumentChangeAnswer)), { optional: true, says: 'By an update.' })
  readonly changes?: readonly DocumentChangeAnswer[];

  @Field(flag, { optional: true, says: 'Instances would be replaced by this update.' })
  readonly restarts?: boolean;

  @Field(listOf(shaped(OutlookStep)))
  readonly stops: readonly OutlookStep[];

  @Field(listOf(shaped(OutlookStep)))
  readonly starts: readonly OutlookStep[];

  @Field(natural, { says: 'How many more would be replaced, of which nobody was asked where.' })
  readonly more: number;

  @Field(listOf(shaped(FieldWarning)), { optional: true })
  readonly warnings?: readonly FieldWarning[];
}

import { healthStatuses, type HealthStatus } from '../messages/state.js';
import type { JsonObject } from '../parsing/parsing.js';
import { FieldWarning, pageOf } from './answers.js';
import {
  anyObject,
  flag,
  listOf,
  natural,
  nullable,
  onlyTrue,
  oneOf,
  partialRecordOf,
  recordOf,
  text,
  time,
} from './kinds.js';
import { Used } from './node-answers.js';
import { Field, Shape, shaped } from './shape.js';

const instanceStatuses = [
  'pending',
  'placed',
  'starting',
  'running',
  'completed',
  'failed',
  'stopping',
  'stopped',
  'unknown',
  'lost',
] as const;
export type InstanceStatus = (typeof instanceStatuses)[number];

const jobStatuses = ['active', 'completed', 'deleting'] as const;
/** `completed`: a one-shot job of which every instance has run to its end. */
export type JobStatus = (typeof jobStatuses)[number];

const rolloutStatuses = [
  'progressing',
  'completed',
  'rollingBack',
  'rolledBack',
  'failed',
] as const;

@Shape({ name: 'PlaceOfInstance' })
export class PlaceOfInstance {
  @Field(text)
  readonly nodeId: string;

  @Field(natural)
  readonly generation: number;
}

@Shape({ name: 'MovingTo' })
export class MovingTo extends PlaceOfInstance {
  @Field(onlyTrue, {
    optional: true,
    says: 'An update began it: it runs the newest revision, and takes over once it serves.',
  })
  readonly update?: true;
}

@Shape()
export class FailedAttempt {
  @Field(natural)
  readonly generation: number;

  @Field(text)
  readonly nodeId: string;

  @Field(time)
  readonly at: string;

  @Field(text)
  readonly reason: string;
}

@Shape({ name: 'InstanceHealth', says: 'What the checks of its worker have come to.' })
export class InstanceHealth {
  @Field(oneOf(healthStatuses))
  readonly status: HealthStatus;

  @Field(time)
  readonly since: string;

  @Field(nullable(text))
  readonly reason: string | null;
}

@Shape({ name: 'LastLinesPlace' })
export class LastLinesPlace {
  @Field(time)
  readonly at: string;

  @Field(natural)
  readonly generation: number;

  @Field(text, {
    says: '`<position>/<index>` of the event that has them as `lastLines`: GET /api/v1/events?from=<position>',
  })
  readonly event: string;
}

@Shape({ name: 'Instance' })
export class InstanceAnswer {
  @Field(natural)
  readonly number: number;

  @Field(natural, { says: 'Grows with every placement, from 1; 0 before.' })
  readonly generation: number;

  @Field(oneOf(instanceStatuses))
  readonly status: InstanceStatus;

  @Field(nullable(text))
  readonly nodeId: string | null;

  @Field(flag, { says: 'False while only the broker’s word says so.' })
  readonly confirmed: boolean;

  @Field(nullable(text), { says: 'Why there, or why not.' })
  readonly reason: string | null;

  @Field(nullable(text), { says: 'GET /api/v1/decisions/{id}' })
  readonly decision: string | null;

  @Field(time, {
    optional: true,
    says: 'When the status began; not in the answer of the submission itself.',
  })
  readonly since?: string;

  @Field(natural, { says: 'Of the job, that it runs; 0 before it is placed.' })
  readonly revision: number;

  @Field(natural, { says: 'In a row.' })
  readonly failures: number;

  @Field(natural, {
    says: 'How often it was started again because it failed or was lost; an update or a move is none.',
  })
  readonly restarts: number;

  @Field(flag, { says: 'It fails again and again: the next tries come later and later.' })
  readonly crashLooping: boolean;

  @Field(shaped(InstanceHealth), {
    optional: true,
    says: 'While it runs, of a job that has `health`.',
  })
  readonly health?: InstanceHealth;

  @Field(shaped(Used), {
    optional: true,
    says: 'Of its node; absent where its worker does not say.',
  })
  readonly used?: Used;

  @Field(text, { optional: true, says: 'Code of why it has no place.' })
  readonly refusal?: string;

  @Field(onlyTrue, {
    optional: true,
    says: 'It failed too often and is not tried again by itself.',
  })
  readonly givenUp?: true;

  @Field(listOf(shaped(FailedAttempt)), {
    optional: true,
    says: 'The last failures, oldest first.',
  })
  readonly attempts?: readonly FailedAttempt[];

  @Field(shaped(LastLinesPlace), {
    optional: true,
    says: 'Its newest failure of which the ledger has what it printed last.',
  })
  readonly lastLines?: LastLinesPlace;

  @Field(shaped(MovingTo), {
    optional: true,
    says: 'While a move is under way, or a new one starts beside it.',
  })
  readonly movingTo?: MovingTo;

  @Field(listOf(shaped(PlaceOfInstance)), {
    optional: true,
    says: 'Where an original was lost that it replaces, while that one has not ended.',
  })
  readonly replaces?: readonly PlaceOfInstance[];
}

@Shape({ name: 'Rollout', says: 'The newest rollout of a job.' })
export class RolloutAnswer {
  @Field(oneOf(rolloutStatuses))
  readonly status: (typeof rolloutStatuses)[number];

  @Field(natural)
  readonly revision: number;

  @Field(natural, { says: 'Instances that run the revision, of those desired.' })
  readonly updated: number;

  @Field(nullable(text))
  readonly reason: string | null;
}

/** What every answer about a job begins with. */
class JobHead {
  @Field(text)
  readonly id: string;

  @Field(text)
  readonly name: string;

  @Field(text)
  readonly image: string;

  @Field(text)
  readonly technology: string;

  @Field(onlyTrue, { optional: true, says: 'A root numbers its instances.' })
  readonly byRoot?: true;

  @Field(oneOf(jobStatuses))
  readonly status: JobStatus;

  @Field(natural)
  readonly desired: number;

  @Field(natural, { says: 'Position of the last change of the job.' })
  readonly position: number;

  @Field(time, { optional: true, says: 'Not in the answer of the submission itself.' })
  readonly submittedAt?: string;

  @Field(recordOf(text), { optional: true, says: 'Its own; absent where it has none.' })
  readonly labels?: Readonly<Record<string, string>>;
}

@Shape({
  name: 'Job',
  says: 'What is said of a job, and apart from it its document, which can be sent back.',
})
export class JobAnswer extends JobHead {
  @Field(natural, { says: 'Grows with every update.' })
  readonly revision: number;

  @Field(shaped(RolloutAnswer), { optional: true })
  readonly rollout?: RolloutAnswer;

  @Field(listOf(shaped(InstanceAnswer)))
  readonly instances: readonly InstanceAnswer[];

  @Field(listOf(shaped(FieldWarning)), {
    optional: true,
    says: 'What of the document is not used; absent when all of it is.',
  })
  readonly warnings?: readonly FieldWarning[];

  @Field(anyObject, { says: 'As it was given, with its id and the count that is desired now.' })
  readonly document: JsonObject;
}

@Shape({ says: 'A job in a list: counts instead of instances.' })
export class JobSummary extends JobHead {
  @Field(partialRecordOf(instanceStatuses, natural), {
    says: 'Number of instances by status; statuses with none are left out.',
  })
  readonly counts: Readonly<Partial<Record<InstanceStatus, number>>>;

  @Field(natural, { says: 'Of all its instances.' })
  readonly restarts: number;

  @Field(partialRecordOf(healthStatuses, natural), {
    optional: true,
    says: 'Of those that run, by health; absent where none has checks.',
  })
  readonly health?: Readonly<Partial<Record<HealthStatus, number>>>;
}

export const JobPage = pageOf(JobSummary, 'JobPage');

@Shape({ says: 'An instance in a list of all.' })
export class InstanceSummary {
  @Field(text, { says: '<job>/<number>' })
  readonly id: string;

  @Field(text)
  readonly job: string;

  @Field(natural)
  readonly number: number;

  @Field(natural)
  readonly generation: number;

  @Field(oneOf(instanceStatuses))
  readonly status: InstanceStatus;

  @Field(nullable(text))
  readonly nodeId: string | null;

  @Field(time, { says: 'When the status began.' })
  readonly since: string;

  @Field(natural)
  readonly restarts: number;

  @Field(nullable(shaped(Used)), {
    says: 'Of its node, from the newest reading; null where its worker does not say.',
  })
  readonly used: Used | null;
}

export const InstancePage = pageOf(InstanceSummary, 'InstancePage');

@Shape({ name: 'JobOrder', says: 'Small, so that it can be repeated word for word.' })
export class JobOrderAnswer {
  @Field(text)
  readonly id: string;

  @Field(oneOf(jobStatuses))
  readonly status: JobStatus;

  @Field(natural)
  readonly desired: number;

  @Field(natural, { says: 'Where the order was committed.' })
  readonly position: number;

  @Field(natural, { optional: true })
  readonly instance?: number;

  @Field(natural, { optional: true })
  readonly generation?: number;

  @Field(text, { optional: true })
  readonly nodeId?: string;

  @Field(text, { optional: true })
  readonly decision?: string;

  @Field(natural, { optional: true, says: 'Of the job, after an update.' })
  readonly revision?: number;

  @Field(flag, { optional: true, says: 'Instances are replaced by this update.' })
  readonly restarts?: boolean;

  @Field(listOf(shaped(FieldWarning)), {
    optional: true,
    says: 'What of the document is not used; absent when all of it is.',
  })
  readonly warnings?: readonly FieldWarning[];
}

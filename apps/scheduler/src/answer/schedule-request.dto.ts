import { isObject, maxJobCount, type JsonObject } from '@oakring/contracts';
import { holds, IsWholeNumber, rule } from '@oakring/http';
import { IsArray, IsObject, IsOptional, ValidateNested } from 'class-validator';

export const maxJobs = 500;
const maxExcluded = 10_000;
/** Seeds are integers below this: what the seeded source and every JSON reader keep exact. */
export const seedBound = 2 ** 31;

/** In one look: the list may be as long as a body. */
const IsListOfTexts = (most: number): PropertyDecorator =>
  holds(
    'isListOfTexts',
    (value) =>
      Array.isArray(value) &&
      value.length <= most &&
      value.every((entry) => typeof entry === 'string'),
    rule(`not a list of at most ${most} texts`),
  );

/** One job to place. */
export class ScheduleJobDto {
  /** The job description as it came from the root. */
  @IsObject(rule('not an object'))
  job: JsonObject & { readonly id: string };

  @IsWholeNumber(1, maxJobCount)
  instances: number;

  @IsOptional()
  @IsListOfTexts(maxExcluded)
  exclude?: string[];

  /** Instances of the job that each node has: `{nodeId: count}`. */
  @IsOptional()
  @IsObject(rule('not an object {nodeId: count}'))
  present?: JsonObject;

  /** What the instance to be replaced holds. */
  @IsOptional()
  @IsObject(rule('not an object {node, resources: {cpuMillis, memoryMiB}}'))
  freed?: JsonObject;

  /** Fixed to repeat a recorded decision. */
  @IsOptional()
  @IsWholeNumber(0, seedBound - 1)
  seed?: number;

  static of({ job, instances, exclude, present, freed, seed }: JsonObject): ScheduleJobDto {
    const members = { job, instances, exclude, present, freed, seed };
    return Object.assign(new ScheduleJobDto(), members);
  }
}

/** The body of `POST /api/v1/schedule`. */
export class ScheduleRequestDto {
  @IsArray(rule('not a list of jobs'))
  @ValidateNested({ each: true })
  jobs: ScheduleJobDto[];

  /** Ledger position that the node view must have reached. */
  @IsWholeNumber(0, Number.MAX_SAFE_INTEGER)
  position: number;

  /**
   * Not by class-transformer: it would copy the job, and take its members for classes (a job with a
   * field `constructor` would fail, and with it all jobs of the call).
   */
  static of({ jobs, position }: JsonObject): ScheduleRequestDto {
    const jobOf = (job: unknown): unknown => (isObject(job) ? ScheduleJobDto.of(job) : job);
    const parts = Array.isArray(jobs) ? jobs.map(jobOf) : jobs;
    return Object.assign(new ScheduleRequestDto(), { jobs: parts, position });
  }
}

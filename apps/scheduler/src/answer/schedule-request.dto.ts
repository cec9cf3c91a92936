import {
  IsArray,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { isObject, maxJobCount, type JsonObject } from '@oakring/contracts';

export const maxJobs = 500;
export const maxExcluded = 10_000;
/** Seeds are integers below this: what the seeded source and every JSON reader keep exact. */
export const seedBound = 2 ** 31;

/** One job to place. */
export class ScheduleJobDto {
  /** The job description as it came from the root. */
  @IsObject()
  job: JsonObject & { readonly id: string };

  @IsInt()
  @Min(1)
  @Max(maxJobCount)
  instances: number;

  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  exclude?: string[];

  /** Instances of the job that each node has: `{nodeId: count}`. */
  @IsOptional()
  @IsObject()
  present?: JsonObject;

  /** What the instance to be replaced holds: `{node, resources: {cpuMillis, memoryMiB}}`. */
  @IsOptional()
  @IsObject()
  freed?: JsonObject;

  /** Fixed to repeat a recorded decision. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(seedBound - 1)
  seed?: number;

  static of({ job, instances, exclude, present, freed, seed }: JsonObject): ScheduleJobDto {
    const members = { job, instances, exclude, present, freed, seed };
    return Object.assign(new ScheduleJobDto(), members);
  }
}

/** The body of `POST /api/v1/schedule`. */
export class ScheduleRequestDto {
  @IsArray()
  @ValidateNested({ each: true })
  jobs: ScheduleJobDto[];

  /** Ledger position that the node view must have reached. */
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
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

import {
  ArrayMaxSize,
  IsArray,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { Type } from 'class-transformer';
import { maxJobCount, type JsonObject } from '@oakring/contracts';

const maxJobs = 500;
const maxExcluded = 10_000;
const highestSeed = 2 ** 31;

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
  @ArrayMaxSize(maxExcluded)
  @IsString({ each: true })
  exclude?: string[];

  /** Instances of the job that each node has: `{nodeId: count}`. */
  @IsOptional()
  @IsObject()
  present?: Record<string, number>;

  /** Fixed to repeat a recorded decision. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(highestSeed)
  seed?: number;
}

/** The body of `POST /api/v1/schedule`. */
export class ScheduleRequestDto {
  @IsArray()
  @ArrayMaxSize(maxJobs)
  @ValidateNested({ each: true })
  @Type(() => ScheduleJobDto)
  jobs: ScheduleJobDto[];

  /** Ledger position that the node view must have reached. */
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  position: number;
}

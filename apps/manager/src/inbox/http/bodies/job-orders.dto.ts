import type { JsonObject } from '@oakring/contracts';
import { IsOptional } from 'class-validator';
import { IsIdentifier, IsJobCount } from '@oakring/http';

/** The body of `POST /api/v1/jobs/{id}/replicate`: `count` is the new desired total. */
export class ReplicateJobDto {
  @IsJobCount()
  count: unknown;

  static of(body: JsonObject): ReplicateJobDto {
    const dto = new ReplicateJobDto();
    dto.count = body['count'];
    return dto;
  }
}

/** The body of `POST /api/v1/jobs/{id}/instances/{n}/move`; it may be left out. */
export class MoveInstanceDto {
  @IsOptional()
  @IsIdentifier()
  worker?: unknown;

  static of(body: JsonObject): MoveInstanceDto {
    const dto = new MoveInstanceDto();
    dto.worker = body['worker'];
    return dto;
  }
}

/** The body of an order that says everything by its address; it may be left out. */
export class NothingDto {
  static of(_body: JsonObject): NothingDto {
    return new NothingDto();
  }
}

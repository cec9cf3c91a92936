import type { JsonObject } from '@oakring/contracts';
import { IsBoolean, IsOptional } from 'class-validator';
import { IsText, IsWholeNumber, rule } from '@oakring/http';

const maxDrainMs = 7 * 86_400_000;
const maxReasonCharacters = 1_024;

/** The body of an order about a node; it may be left out. */
export class NodeReasonDto {
  @IsOptional()
  @IsText(maxReasonCharacters)
  reason?: unknown;

  static of(body: JsonObject): NodeReasonDto {
    const dto = new NodeReasonDto();
    dto.reason = body['reason'];
    return dto;
  }
}

/** The body of `POST /api/v1/nodes/{id}/drain`; it may be left out. */
export class DrainNodeDto {
  /** Milliseconds. */
  @IsOptional()
  @IsWholeNumber(0, maxDrainMs)
  withinMs?: unknown;

  @IsOptional()
  @IsBoolean(rule('neither true nor false'))
  force?: unknown;

  static of(body: JsonObject): DrainNodeDto {
    const dto = new DrainNodeDto();
    dto.withinMs = body['withinMs'];
    dto.force = body['force'];
    return dto;
  }
}

import { resourcesShape, type JsonObject } from '@oakring/contracts';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsObject,
  IsOptional,
  ValidateNested,
} from 'class-validator';
import { ConstraintDto } from './constraint.dto.js';
import { ResourcesDto } from './resources.dto.js';
import {
  IsIdentifier,
  IsJobCount,
  IsLabels,
  IsTechnology,
  IsText,
  IsTextOrNumber,
  rule,
} from '@oakring/http';

/** The body of `POST /api/v1/jobs`. Unknown fields are kept and travel to the worker. */
export class SubmitJobDto {
  @IsOptional()
  @IsIdentifier()
  id?: unknown;

  @IsTextOrNumber(256)
  name: unknown;

  @IsText(1024)
  image: unknown;

  @IsTechnology()
  technology: unknown;

  @IsOptional()
  @IsJobCount()
  count?: unknown;

  @IsOptional()
  @IsObject(rule(`not an object ${resourcesShape}`))
  @ValidateNested(rule(`not an object ${resourcesShape}`))
  resources?: unknown;

  @IsOptional()
  @IsLabels()
  labels?: unknown;

  @IsOptional()
  @IsArray(rule('not a list of at most 32 constraints'))
  @ArrayMaxSize(32, rule('not a list of at most 32 constraints'))
  @ValidateNested(rule('not a list of objects {type, …}'))
  constraints?: unknown;

  @IsOptional()
  @IsObject(rule('not an object {replace, reconcile, lostAfterMs, stopOnWorkerAfterMs}'))
  onDisconnect?: unknown;

  @IsOptional()
  @IsObject(rule('not an object {limit, firstMs, mostMs, resetAfterMs}'))
  restart?: unknown;

  @IsOptional()
  @IsObject(rule('not an object {maxUnavailable, healthyAfterMs, rollback}'))
  update?: unknown;

  @IsOptional()
  @IsBoolean(rule('neither true nor false'))
  one_shot?: unknown;

  static of(body: JsonObject): SubmitJobDto {
    const dto = new SubmitJobDto();
    dto.id = body['id'];
    dto.name = body['name'];
    dto.image = body['image'];
    dto.technology = body['technology'];
    dto.count = body['count'];
    dto.resources = ResourcesDto.of(body['resources']);
    dto.labels = body['labels'];
    dto.constraints = ConstraintDto.listOf(body['constraints']);
    dto.onDisconnect = body['onDisconnect'];
    dto.restart = body['restart'];
    dto.update = body['update'];
    dto.one_shot = body['one_shot'];
    return dto;
  }
}

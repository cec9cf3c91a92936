import { resourcesShape, type JsonObject } from '@oakring/contracts';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsObject,
  IsOptional,
  ValidateNested,
} from 'class-validator';
import { ResourcesDto } from './resources.dto.js';
import {
  IsIdentifier,
  IsLabels,
  IsPortNumber,
  IsTechnology,
  IsText,
  IsTextOrNumber,
  IsWholeNumber,
  rule,
} from '@oakring/http';

/** The body of `POST /api/v1/nodes`, the same as on `nodes/<id>/registration`. */
export class RegisterNodeDto {
  @IsIdentifier()
  id: unknown;

  @IsTextOrNumber(256)
  name: unknown;

  @IsText(256)
  ip: unknown;

  @IsPortNumber()
  port: unknown;

  @IsOptional()
  @IsWholeNumber(0, Number.MAX_SAFE_INTEGER)
  incarnation?: unknown;

  @IsOptional()
  @IsText(64)
  startId?: unknown;

  @IsOptional()
  @IsBoolean(rule('not true or false'))
  yields?: unknown;

  @IsOptional()
  @IsObject(rule(`not an object ${resourcesShape}`))
  @ValidateNested(rule(`not an object ${resourcesShape}`))
  capacity?: unknown;

  @IsOptional()
  @IsLabels()
  labels?: unknown;

  @IsOptional()
  @IsArray(rule('not a list of at most 16 technologies'))
  @ArrayMaxSize(16, rule('not a list of at most 16 technologies'))
  @IsTechnology(true)
  technologies?: unknown;

  @IsOptional()
  @IsText(64)
  architecture?: unknown;

  @IsOptional()
  @IsBoolean(rule('not true or false'))
  acknowledges?: unknown;

  @IsOptional()
  @IsBoolean(rule('not true or false'))
  enforcesStop?: unknown;

  @IsOptional()
  @IsText(256, { secret: true })
  token?: unknown;

  static of(body: JsonObject): RegisterNodeDto {
    const dto = new RegisterNodeDto();
    dto.id = body['id'];
    dto.name = body['name'];
    dto.ip = body['ip'];
    dto.port = body['port'];
    dto.incarnation = body['incarnation'];
    dto.startId = body['startId'];
    dto.yields = body['yields'];
    dto.capacity = ResourcesDto.of(body['capacity']);
    dto.labels = body['labels'];
    dto.technologies = body['technologies'];
    dto.architecture = body['architecture'];
    dto.acknowledges = body['acknowledges'];
    dto.enforcesStop = body['enforcesStop'];
    dto.token = body['token'];
    return dto;
  }
}

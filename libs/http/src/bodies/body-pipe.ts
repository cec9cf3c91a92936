import { Injectable, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import type { JsonObject } from '@oakring/contracts';
import { isShape } from '@oakring/contracts/http';
import { validated } from './validated.js';

/** A body that a method takes as a document of the interface has passed that document's rules. */
@Injectable()
export class BodyPipe implements PipeTransform {
  transform(value: JsonObject | undefined, { type, metatype }: ArgumentMetadata): unknown {
    return type === 'body' && isShape(metatype) ? validated(metatype, value) : value;
  }
}

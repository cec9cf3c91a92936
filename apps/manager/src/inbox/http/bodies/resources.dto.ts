import { isObject, resourceCatalogue, resourceNames } from '@oakring/contracts';
import { IsOptional } from 'class-validator';
import { IsWholeNumber } from '@oakring/http';

/** An amount by each name of the catalogue. */
export class ResourcesDto {
  /** Anything but an object is left as it is, for the rule that wants one. */
  static of(value: unknown): unknown {
    if (!isObject(value)) return value;
    const amounts = resourceNames.map((name) => [name, value[name]]);
    return Object.assign(new ResourcesDto(), Object.fromEntries(amounts));
  }
}

for (const name of resourceNames) {
  IsOptional()(ResourcesDto.prototype, name);
  IsWholeNumber(0, resourceCatalogue[name].maximum)(ResourcesDto.prototype, name);
}

import { resourceCatalogue, resourceNames, type ResourceName } from '../resources/catalogue.js';
import { cpuForm, cpuMillisOf, memoryForm, memoryMiBOf } from '../resources/quantity.js';
import type { Parsed } from '../parsing/parsing.js';
import { formed, integer, type Kind } from './kinds.js';
import { Field, Shape } from './shape.js';

/** Amounts of what the catalogue of resources has. */
export class StatedAmounts {}

/** As a job asks for them: in the catalogue's units, or as people write them. */
export class RequestedAmounts {
  @Field(quantity(cpuMillisOf, cpuForm, '^(\\d{1,5}(\\.\\d{1,3})?|\\d{1,8}m)$'), {
    optional: true,
    without: ['cpuMillis'],
    says: 'Another spelling of `cpuMillis`: cores, or thousandths with `m`.',
    example: '250m',
  })
  readonly cpu?: string | number;

  @Field(quantity(memoryMiBOf, memoryForm, '^\\d{1,15}([kKMGT]|[KMGT]i)?$'), {
    optional: true,
    without: ['memoryMiB'],
    says: 'Another spelling of `memoryMiB`, rounded up to it: with `Ki`, `Mi`, `Gi`, `Ti`, `k`, `M`, `G` or `T`, else bytes.',
    example: '128Mi',
  })
  readonly memory?: string | number;
}

const asked: StatedAmounts = RequestedAmounts.prototype;
for (const name of resourceNames) {
  const { maximum, requested, label } = resourceCatalogue[name];
  Field(integer(0, maximum), { optional: true })(StatedAmounts.prototype, name);
  Field(integer(0, maximum), { optional: true, default: requested, says: `${label}.` })(
    asked,
    name,
  );
}
Shape({ name: 'Resources', isOpen: true, example: { cpuMillis: 250, memoryMiB: 128 } })(
  StatedAmounts,
);
Shape({ name: 'RequestedResources', isOpen: true, example: { cpu: '250m', memory: '128Mi' } })(
  RequestedAmounts,
);

export type Stated = Readonly<Partial<Record<ResourceName, number>>>;
export type Requested = Stated & Pick<RequestedAmounts, 'cpu' | 'memory'>;

function quantity(
  read: (value: unknown, field: string) => Parsed<number>,
  form: string,
  pattern: string,
): Kind<string | number> {
  return formed(
    { type: ['string', 'number'], pattern },
    (value) => read(value, '').ok,
    `not ${form}`,
  );
}

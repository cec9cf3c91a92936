import type { Requirement, ResourceKind } from '@oakring/contracts';
import { filterOf, type Filter } from './filter.js';

/** A node has to be as large as that, whatever else is there: one filter for each resource. */
export function sizeOf(resource: string, { label, unit }: ResourceKind): Filter {
  return filterOf({
    judges: 'size',
    name: `size-${label.toLowerCase()}`,
    phrase: `with too little ${label} in all`,
    resource,
    asks: ({ requirement }) => askedOf(requirement, resource) || null,
    obstacle: (asked) => `has less than ${asked} ${unit} in all`,
  });
}

function askedOf({ constraints }: Requirement, name: string): number {
  let largest = 0;
  for (const constraint of constraints) {
    if (constraint.type !== 'size') continue;
    const amounts: Readonly<Record<string, number>> = constraint.resources;
    largest = Math.max(largest, amounts[name] ?? 0);
  }
  return largest;
}

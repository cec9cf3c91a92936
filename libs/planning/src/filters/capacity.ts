import type { ResourceKind, Requirement } from '@oakring/contracts';
import { filterOf, type Filter } from './filter.js';

/** What is free of a resource has to be enough: one filter for each of the catalogue. */
export function capacityOf(resource: string, { label }: ResourceKind): Filter {
  return filterOf({
    judges: 'room',
    name: `capacity-${label.toLowerCase()}`,
    phrase: `with too little ${label} free`,
    resource,
    asks: ({ requirement }) => requestOf(requirement, resource) || null,
    obstacle: () => 'has too little free',
  });
}

function requestOf({ resources }: Requirement, name: string): number {
  const amounts: Readonly<Record<string, number>> = resources;
  return amounts[name] ?? 0;
}

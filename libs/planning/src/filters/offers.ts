import type { Constraint } from '@oakring/contracts';
import { filterOf, type Filter, type Make } from './filter.js';

/** What a node offers beside its runtimes has to be all that is asked for. */
function offering(
  type: 'addons' | 'drivers',
  { phrase, what }: { readonly phrase: string; readonly what: string },
): Filter {
  const lacking = (make: Make, needs: readonly string[]): string[] =>
    needs.filter((name) => make[type]?.includes(name) !== true);
  return filterOf<readonly string[]>({
    judges: 'make',
    name: type,
    phrase,
    asks({ requirement }) {
      const needs = requirement.constraints.flatMap((constraint) => needsOf(constraint, type));
      return needs.length === 0 ? null : needs;
    },
    passes: (make, needs) => lacking(make, needs).length === 0,
    obstacle: (make, needs) => `lacks the ${what} ${lacking(make, needs).join(', ')}`,
    wokenBy: () => ({ by: 'node' }),
  });
}

function needsOf(constraint: Constraint, type: 'addons' | 'drivers'): readonly string[] {
  if (constraint.type !== 'addons' && constraint.type !== 'drivers') return [];
  return constraint.type === type ? constraint.needs : [];
}

export const addons = offering('addons', {
  ...{ phrase: 'without an add-on asked for', what: 'add-on' },
});
export const drivers = offering('drivers', {
  ...{ phrase: 'without a driver asked for', what: 'driver' },
});

import { filterOf } from './filter.js';

export const direct = filterOf<readonly string[]>({
  judges: 'name',
  name: 'direct',
  phrase: 'not the node that the job names',
  asks({ requirement }) {
    const named = requirement.constraints.flatMap((constraint) =>
      constraint.type === 'direct' ? [constraint.node] : [],
    );
    return named.length === 0 ? null : named;
  },
  passes: (id, named) => named.every((each) => each === id),
  obstacle: (_make, named) =>
    `cannot be each of the nodes that the job names (${named.join(', ')})`,
  wokenBy: (ids) => ({ by: 'named', ids }),
});

import { eachIn, filterOf } from './filter.js';

/** By what a machine is called, which a root knows it by; our ids are `direct`. */
export const host = filterOf<readonly (readonly string[])[]>({
  judges: 'name',
  name: 'host',
  phrase: 'not a machine that the job names',
  asks({ requirement }) {
    const named = requirement.constraints.flatMap((constraint) =>
      constraint.type === 'host' ? [constraint.hosts] : [],
    );
    return named.length === 0 ? null : named;
  },
  passes: (_id, named, name) => named.every((hosts) => hosts.includes(name)),
  obstacle: (_make, named) => `is not called ${eachIn(named)}`,
  // Who registers by that name is a node like any other.
  wokenBy: () => ({ by: 'node' }),
});

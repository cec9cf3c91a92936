import { filterOf } from './filter.js';

export const architecture = filterOf<readonly string[]>({
  judges: 'make',
  name: 'architecture',
  phrase: 'of another architecture',
  asks({ requirement }) {
    const wanted = requirement.constraints.flatMap((constraint) =>
      constraint.type === 'architecture' ? [constraint.architecture] : [],
    );
    return wanted.length === 0 ? null : wanted;
  },
  passes: ({ architecture }, wanted) => wanted.every((each) => each === architecture),
  obstacle: ({ architecture }, wanted) =>
    `is ${architecture ?? 'of no stated architecture'}, not ${wanted.join(' and ')}`,
  wokenBy: () => ({ by: 'node' }),
});

import { eachIn, filterOf } from './filter.js';

export const architecture = filterOf<readonly (readonly string[])[]>({
  judges: 'make',
  name: 'architecture',
  phrase: 'of another architecture',
  asks({ requirement }) {
    const wanted = requirement.constraints.flatMap((constraint) => {
      if (constraint.type === 'architecture') return [[constraint.architecture]];
      return constraint.type === 'architectures' ? [constraint.allowed] : [];
    });
    return wanted.length === 0 ? null : wanted;
  },
  passes: ({ architecture }, wanted) =>
    wanted.every((allowed) => architecture !== null && allowed.includes(architecture)),
  obstacle: ({ architecture }, wanted) =>
    `is ${architecture ?? 'of no stated architecture'}, not ${eachIn(wanted)}`,
  wokenBy: () => ({ by: 'node' }),
});

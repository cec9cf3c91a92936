import { filterOf } from './filter.js';

export const excluded = filterOf<ReadonlySet<string>>({
  judges: 'name',
  name: 'excluded',
  phrase: 'excluded from this choice',
  asks: ({ exclude }) => (exclude.size === 0 ? null : exclude),
  passes: (id, exclude) => !exclude.has(id),
  obstacle: () => 'is excluded from this choice',
  wokenBy: () => ({ by: 'asking' }),
});

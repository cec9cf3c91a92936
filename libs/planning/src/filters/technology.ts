import { filterOf } from './filter.js';

export const technology = filterOf<string>({
  judges: 'make',
  name: 'technology',
  phrase: 'without the technology',
  asks: ({ requirement }) => requirement.technology,
  passes: ({ technologies }, wanted) => technologies.includes(wanted),
  obstacle: ({ technologies }, wanted) =>
    `offers ${technologies.join(', ') || 'nothing'}, not ${wanted}`,
  wokenBy: () => ({ by: 'node' }),
});

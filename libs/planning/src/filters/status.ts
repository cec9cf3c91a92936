import { filterOf } from './filter.js';

export const status = filterOf({
  judges: 'state',
  name: 'status',
  phrase: 'not ready',
  passes: ({ status }) => status === 'ready',
  obstacle: () => 'is not ready',
});

import { filterOf } from './filter.js';

export const closed = filterOf({
  judges: 'state',
  name: 'closed',
  phrase: 'cordoned, draining or in quarantine',
  passes: ({ open }) => open,
  obstacle: () => 'is cordoned, being drained or in quarantine',
});

import { filterOf } from './filter.js';

/** Its worker would refuse the order: it keeps what is left of its disk for what runs. */
export const disk = filterOf({
  judges: 'state',
  name: 'disk',
  phrase: 'with too little room on the disk',
  passes: ({ diskLacks = 0 }) => diskLacks === 0,
  obstacle: ({ diskLacks = 0 }) => `has less than ${diskLacks} MiB left on its disk`,
});

import { filterOf } from './filter.js';

export const stopEnforced = filterOf<true>({
  judges: 'make',
  name: 'stop-enforced',
  phrase: 'that cannot guarantee a stop',
  asks: ({ requirement }) => (requirement.enforcesStop ? true : null),
  passes: ({ enforcesStop }) => enforcesStop,
  obstacle: () => 'does not guarantee a stop, which a job with stopOnWorkerAfterMs needs',
  wokenBy: () => ({ by: 'node' }),
});

import type { Control } from '@oakring/contracts';

export type InstanceStatus = 'starting' | 'running' | 'stopping' | 'completed' | 'failed';

/** One instance on this worker. */
export interface KnownInstance {
  readonly job: string;
  readonly instance: number;
  readonly generation: number;
  readonly technology: string;
  readonly status: InstanceStatus;
  readonly reason: string | null;
}

/** What to do about an order, and what to answer. */
export type Action =
  | { readonly do: 'start' }
  | { readonly do: 'stop' }
  /** Under way already: its end will be acknowledged. */
  | { readonly do: 'wait' }
  | {
      readonly do: 'nothing';
      readonly phase: 'succeeded' | 'failed';
      readonly reason: string | null;
    };

/**
 * Decides an order by what this worker has. Idempotent by (job, instance, generation): an order may
 * come many times and late, and is carried out once.
 */
export function decideControl(
  control: Control,
  known: readonly KnownInstance[],
  offered: readonly string[],
): Action {
  const same = known.filter((k) => k.job === control.job.id && k.instance === control.instance);
  const exact = same.find((k) => k.generation === control.generation);
  switch (control.command) {
    case 'deploy':
    case 'replicate':
      return decideStart(control, exact, same, offered);
    case 'delete':
      if (exact === undefined) return done('it is not here');
      return exact.status === 'stopping' ? { do: 'wait' } : { do: 'stop' };
    case 'move':
      // The source of a move goes on running; its `delete` follows once the target runs.
      return exact === undefined ? failed('the instance is not here') : done('it goes on running');
  }
}

function decideStart(
  control: Control,
  exact: KnownInstance | undefined,
  same: readonly KnownInstance[],
  offered: readonly string[],
): Action {
  switch (exact?.status) {
    case 'running':
      return done('it runs already');
    case 'starting':
      return { do: 'wait' };
    case 'stopping':
      return failed('it is being stopped');
    case 'completed':
      return done('it has completed');
    // A failed one is tried again: the order says that it is still wanted.
    case 'failed':
    case undefined:
      break;
  }
  const newest = Math.max(0, ...same.map((k) => k.generation));
  if (newest > control.generation) {
    return failed(`generation ${newest} is here; ${control.generation} is older`);
  }
  const technology = String(control.job['technology']);
  return offered.includes(technology)
    ? { do: 'start' }
    : failed(`this worker does not offer ${technology}; it offers ${offered.join(', ')}`);
}

function done(reason: string): Action {
  return { do: 'nothing', phase: 'succeeded', reason };
}

function failed(reason: string): Action {
  return { do: 'nothing', phase: 'failed', reason };
}

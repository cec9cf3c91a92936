import type { Control } from '@oakring/contracts';

export type InstanceStatus = 'starting' | 'running' | 'stopping' | 'completed' | 'failed';

/** Which order an instance came from; null: not known, and taken for the same as any. */
export interface Identity {
  /** The manager's ledger. */
  readonly ledger: string | null;
  /** Of what was ordered. */
  readonly digest: string | null;
}

/** One instance on this worker. */
export interface KnownInstance extends Partial<Identity> {
  readonly job: string;
  readonly instance: number;
  readonly generation: number;
  readonly status: InstanceStatus;
  readonly reason: string | null;
}

/** What a worker knows when an order comes. */
export interface Knowledge {
  readonly instances: readonly KnownInstance[];
  /** Highest generation of this (job, instance) that was deleted here; 0 when none was. */
  readonly deletedGeneration: number;
  /** Technologies that this worker runs. */
  readonly offered: readonly string[];
}

/** What to do about an order, and what to answer. */
export type Action =
  | { readonly do: 'start' }
  | { readonly do: 'stop' }
  /** It is under way already: its end answers this order too. */
  | { readonly do: 'join' }
  | {
      readonly do: 'answer';
      readonly phase: 'succeeded' | 'failed';
      readonly reason: string;
    };

/**
 * Decides an order by what this worker has. Idempotent by (job, instance, generation): an order may
 * come many times, late and out of order, and is carried out once.
 */
export function decideControl(control: Control, knowledge: Knowledge): Action {
  const exact = knowledge.instances.find(
    (known) => isOurs(known, control) && known.generation === control.generation,
  );
  switch (control.command) {
    case 'deploy':
    case 'replicate':
      return exact === undefined ? decideNew(control, knowledge) : decideKnown(exact);
    case 'delete':
      if (exact === undefined) return succeeded('it is not here');
      return exact.status === 'stopping' ? { do: 'join' } : { do: 'stop' };
    case 'move':
      // The source of a move goes on running; its `delete` follows once the target runs.
      return exact === undefined ? failed('it is not here') : succeeded('it goes on running');
  }
}

function decideKnown(exact: KnownInstance): Action {
  switch (exact.status) {
    case 'running':
      return succeeded('it runs already');
    case 'starting':
      return { do: 'join' };
    case 'stopping':
      return failed('it is being deleted');
    case 'completed':
      return succeeded('it ran and has completed');
    // Not tried again: another try is another generation, and a late repetition must start nothing.
    case 'failed':
      return failed(exact.reason ?? 'it failed');
  }
}

function decideNew(control: Control, { instances, deletedGeneration, offered }: Knowledge): Action {
  const here = instances.filter((known) => isOurs(known, control));
  const newest = Math.max(0, ...here.map(({ generation }) => generation));
  if (newest > control.generation) {
    return failed(`superseded: generation ${newest} is here, ${control.generation} is older`);
  }
  if (deletedGeneration >= control.generation) {
    return failed(`superseded: generation ${deletedGeneration} was deleted here`);
  }
  const technology = String(control.job['technology']);
  return offered.includes(technology)
    ? { do: 'start' }
    : failed(`this worker does not offer ${technology}; it offers ${offered.join(', ')}`);
}

function isSameNumber(known: KnownInstance, { job, instance }: Control): boolean {
  return known.job === job.id && known.instance === instance;
}

function isOurs(known: KnownInstance, control: Control): boolean {
  return isSameNumber(known, control) && !isStranger(known, control);
}

/**
 * It has the name that is ordered and is something else: another ledger gave it, or gave the same
 * generation to another document. Where something is to be run in its name, it has to go first.
 */
export function isStranger(known: KnownInstance, control: Control): boolean {
  if (!isSameNumber(known, control)) return false;
  if (differ(known.ledger, control.ledger)) return true;
  return known.generation === control.generation && differ(known.digest, control.digest);
}

function differ(a: string | null | undefined, b: string | null | undefined): boolean {
  return typeof a === 'string' && typeof b === 'string' && a !== b;
}

function succeeded(reason: string): Action {
  return { do: 'answer', phase: 'succeeded', reason };
}

function failed(reason: string): Action {
  return { do: 'answer', phase: 'failed', reason };
}

import type { HeldPort, Resources } from '@oakring/contracts';
import type { Make } from '../filters/filter.js';
import type { Rules } from '../rules.js';

/**
 * The node view as a struct of arrays, one slot a node: what a plan reads. Of each resource there is
 * a column, in the order of the rules. Integers in double arrays: sums over a node stay exact, and
 * nothing is allocated per decision.
 *
 * Slots are dense and in the order of ids (by UTF-16 code unit): the same nodes lie at the same
 * slots however the copy came about, so that a seed draws the same nodes when a decision is replayed.
 */
export interface NodeColumns {
  readonly rules: Rules;
  /** Number of slots in use. */
  readonly count: number;
  readonly ids: readonly string[];
  /** What their machines are called. */
  readonly names: readonly string[];
  readonly slotOf: ReadonlyMap<string, number>;
  readonly capacity: readonly Float64Array[];
  /** Capacity less reservations and foreign load, never below 0. */
  readonly free: readonly Float64Array[];
  /** How many placements there are, whatever they reserve. */
  readonly placements: Int32Array;
  /** What is in use there by others than us, as last measured. */
  readonly foreign: readonly Float64Array[];
  /** The same as it is put on record; null: nothing is. */
  readonly inUse: readonly (Resources | null)[];
  /** Ports that placements there have. */
  readonly ports: readonly (readonly HeldPort[])[];
  /** Index into `makes`. */
  readonly make: Int32Array;
  readonly makes: readonly Make[];
}

/** What nodes of the same make have in common; most clusters have a handful. */
export interface Shape {
  readonly technologies: readonly string[];
  readonly architecture: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly enforcesStop: boolean;
}

/**
 * The node view as a struct of arrays, one slot a node: what a plan reads. Millicores and MiB.
 * Integers in double arrays: sums over a node stay exact, and nothing is allocated per decision.
 *
 * Slots are dense and in the order of ids (by UTF-16 code unit): the same nodes lie at the same
 * slots however the copy came about, so that a seed draws the same nodes when a decision is replayed.
 */
export interface NodeColumns {
  /** Number of slots in use. */
  readonly count: number;
  readonly ids: readonly string[];
  readonly slotOf: ReadonlyMap<string, number>;
  /** 1 where the node is ready, 2 where it is and nothing new may be placed all the same. */
  readonly ready: Uint8Array;
  readonly cpuCapacity: Float64Array;
  readonly memoryCapacity: Float64Array;
  /** Capacity less reservations and foreign load, never below 0. */
  readonly cpuFree: Float64Array;
  readonly memoryFree: Float64Array;
  /** What is in use there by others than us, as last measured. */
  readonly cpuForeign: Float64Array;
  readonly memoryForeign: Float64Array;
  /** Index into `shapes`. */
  readonly shape: Int32Array;
  readonly shapes: readonly Shape[];
}

/** One failure in a row of failures. */
export interface AttemptRecord {
  readonly generation: number;
  readonly nodeId: string;
  readonly at: number;
  readonly reason: string;
}

/** The event of a failure that has what the instance printed last. */
export interface LastLinesRecord {
  readonly position: number;
  /** Within its commit, from 0. */
  readonly index: number;
  readonly at: number;
  readonly generation: number;
}

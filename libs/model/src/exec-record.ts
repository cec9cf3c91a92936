/** A command that somebody runs in an instance, as long as it is not said how it ended. */
export interface ExecRecord {
  /** Address of the event that says that it began. */
  readonly id: string;
  readonly job: string;
  readonly instance: number;
  readonly generation: number;
  readonly nodeId: string;
  /** Of the leadership that it goes over: it ends with that one. */
  readonly epoch: number;
  /** Commit time of its beginning. */
  readonly since: number;
}

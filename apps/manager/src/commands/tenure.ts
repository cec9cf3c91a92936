/** The leadership that the writer writes for. */
export interface Tenure {
  readonly epoch: number;
  /** False: another may lead by now, and nobody may be told that something is decided. */
  readonly isHeld: boolean;
}

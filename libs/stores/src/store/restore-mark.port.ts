/** The end of the backup that is being put into a store. */
export interface RestoreMark {
  readonly position: number;
  readonly hash: string;
}

/**
 * Says that a store is being filled from a backup: it lies beside the commits from before the first of them to
 * after the last, so that nobody takes a part for the whole.
 */
export interface RestoreMarks {
  /** Null: nothing is being restored. */
  read(): Promise<RestoreMark | null>;
  /** Durable when it resolves. */
  leave(mark: RestoreMark): Promise<void>;
  remove(): Promise<void>;
}

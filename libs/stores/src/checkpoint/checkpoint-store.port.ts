import type { JsonObject, LogHead } from '@oakring/events';

/** One record of one view; `record: null` removes it. */
export interface ViewChange {
  readonly view: string;
  readonly key: string;
  readonly record: JsonObject | null;
}

export interface Checkpoint {
  /** The views reflect the log up to here. */
  readonly head: LogHead;
  /** Version of the fold that made them; another version means rebuild. */
  readonly foldVersion: number;
  /** Every record, in no promised order. */
  readonly records: readonly { view: string; key: string; record: JsonObject }[];
}

/** Saved views, so that a start reads only the tail. Losing it costs time, never facts. */
export interface CheckpointStore {
  /** The newest checkpoint; null when there is none or it cannot be used. */
  load(): Promise<Checkpoint | null>;
  /** Applies changes and moves the checkpoint to `head`, atomically. */
  save(changes: readonly ViewChange[], head: LogHead, foldVersion: number): Promise<void>;
  /** Forgets everything: the next start rebuilds. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

/** A reading as the telemetry log keeps it. */
export interface RecordedReading {
  readonly nodeId: string;
  /** Milliseconds since 1970, when the manager took it in. */
  readonly at: number;
  /** Hundredths of a percent. */
  readonly cpu: number;
  readonly memory: number;
}

/** What remains of a dropped segment; goes into the ledger as `TelemetryTruncated`. */
export interface TruncationManifest {
  readonly segment: string;
  readonly firstBatch: number;
  readonly lastBatch: number;
  readonly readings: number;
  readonly firstHash: string;
  readonly lastHash: string;
  readonly merkleRoot: string;
}

/**
 * The log of readings: high volume, kept for a stated time, dropped in whole segments. Readings may
 * be lost in a crash (telemetry is shed first); a gap is never silent, batches are dense and
 * chained.
 */
export interface TelemetryLog {
  /** Takes readings in order; buffered, bounded, never waits. Returns how many were shed. */
  append(readings: readonly RecordedReading[]): number;
  /** Number of the newest reading taken in since the start (not durable): a cursor, not an id. */
  readonly newest: number;
  /** Writes what is buffered. */
  flush(): Promise<void>;
  /** Segments that have passed their time or size: to be declared in the ledger, then dropped. */
  expired(): Promise<readonly TruncationManifest[]>;
  drop(segment: string): Promise<void>;
  close(): Promise<void>;
}

/** A reading as the telemetry log keeps it. */
export interface RecordedReading {
  readonly nodeId: string;
  /** Milliseconds since 1970, when the manager took it in. */
  readonly at: number;
  /** Hundredths of a percent. */
  readonly cpu: number;
  readonly memory: number;
}

/** Which readings are asked for. */
export interface NodeReadings {
  /** Null: those of all nodes. */
  readonly nodeId: string | null;
  readonly from: number;
  readonly to: number;
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

/** Looks at the log of readings: whoever answers charts, an auditor. Leading or not. */
export interface TelemetryLogReader {
  /**
   * Visits the readings of one node, or of all, from `from` to `to` (milliseconds since 1970, inclusive) in
   * the order in which they were taken in, those not yet written included where the writer is ours.
   */
  read(query: NodeReadings, visit: (reading: RecordedReading) => void): Promise<void>;
  /** Number of the oldest batch that is kept; null while there is none. */
  floor(): Promise<number | null>;
  /** The lines from batch `from` on as they are stored: canonical JSON, hashed and chained. */
  lines(from: number): AsyncIterable<string>;
}

/**
 * Keeps readings: high volume, kept for a stated time, dropped in whole segments. Readings may
 * be lost in a crash (telemetry is shed first); a gap is never silent, batches are dense and
 * chained. One writer, who leads.
 */
export interface TelemetryLogWriter {
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

export interface TelemetryLog extends TelemetryLogReader, TelemetryLogWriter {}

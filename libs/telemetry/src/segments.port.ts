import type { BatchHead, EncodedLine } from './batch.js';
import type { NodeReadings, RecordedReading, TruncationManifest } from './telemetry-log.port.js';

/** A segment that nothing more is written to. */
export interface ClosedSegment {
  readonly name: string;
  readonly bytes: number;
  readonly closedAt: number;
}

/** A segment being written. Every line is whole, or is none before the next one. */
export interface SegmentWriter {
  readonly name: string;
  readonly openedAt: number;
  readonly bytes: number;
  /** The same line again after a failure, whatever became of it, is written once. */
  write(line: EncodedLine): Promise<void>;
  /** Makes what was written durable. */
  close(): Promise<void>;
}

/** A segment and how much of it is written in whole lines, oldest first in lists. */
export interface SegmentExtent {
  readonly name: string;
  readonly bytes: number;
}

/** What was written of a log at a moment. */
export interface Extent {
  readonly segments: readonly SegmentExtent[];
  readonly lastBatch: number;
}

/** Where the segments of a telemetry log lie. */
export interface Segments {
  /** Closes what a predecessor left open, and keeps out whoever led before `epoch`. */
  takeOver(
    epoch: number,
    at: number,
  ): Promise<{ readonly head: BatchHead; readonly closed: ClosedSegment[] }>;
  create(epoch: number, firstBatch: number, openedAt: number): Promise<SegmentWriter>;
  /** Of a closed segment; always the same one. Null when it holds no whole line. */
  manifestOf(segment: string): Promise<TruncationManifest | null>;
  drop(segment: string): Promise<void>;
  read(
    extent: Extent,
    query: NodeReadings,
    visit: (reading: RecordedReading) => void,
  ): Promise<void>;
  lines(extent: Extent, from: number): AsyncIterable<string>;
}

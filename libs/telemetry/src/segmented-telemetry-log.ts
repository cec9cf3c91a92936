import type { Clock, Timer, Timers } from '@oakring/ports';
import { reasonOf } from '@oakring/host';
import {
  emptyBatchHead,
  encodeBatch,
  encodeEndMark,
  type BatchHead,
  type EncodedLine,
} from './batch.js';
import { isAskedFor, readingBuffer, type ReadingBuffer } from './reading-buffer.js';
import { firstBatchOf } from './segments.js';
import type { ClosedSegment, Extent, SegmentWriter, Segments } from './segments.port.js';
import type {
  NodeReadings,
  RecordedReading,
  TelemetryLog,
  TruncationManifest,
} from './telemetry-log.port.js';

export interface TelemetryOptions {
  /** Epoch of the leadership that writes. */
  readonly epoch: number;
  /** A segment is closed when it is this large… */
  readonly maxSegmentBytes: number;
  /** Segments expire, oldest first, above this sum… */
  readonly maxTotalBytes: number;
  /** …and this long after they were closed; a segment is closed after an eighth of it. */
  readonly maxAgeMs: number;
  readonly flushMs: number;
  /** Readings that may wait to be written; beyond, the oldest are shed. */
  readonly maxBufferedReadings: number;
  /** Told the node of each reading that was shed. */
  readonly onShed?: (nodeId: string) => void;
  /** Told why readings could not be written; they wait in the buffer meanwhile. */
  readonly onProblem?: (reason: string) => void;
}

/** A batch that is not yet known to be written. */
interface Pending {
  readonly line: EncodedLine;
  readonly readings: readonly RecordedReading[];
}

/** One slice of work between two turns of the event loop: about a millisecond. */
const maxBatchReadings = 2000;
/** A segment covers at most this part of `maxAgeMs`, so that time is kept to about one eighth. */
const slicesPerAge = 8;

/**
 * The telemetry log in segments, one line a batch, wherever they lie.
 *
 * States of a segment: open (being written) → closed (ends with an end mark) → expired (too old, or
 * the sum too large; its manifest goes into the ledger) → dropped. The newest one is never
 * expired: it holds the number that the next batch continues from.
 */
export class SegmentedTelemetryLog implements TelemetryLog {
  private readonly buffer: ReadingBuffer;
  private readonly timer: Timer;
  private hasBegun = false;
  private head: BatchHead = emptyBatchHead;
  private closed: ClosedSegment[] = [];
  private current: SegmentWriter | null = null;
  /** A failed write is repeated with the same bytes: they may be there. */
  private pending: Pending | null = null;
  private ending: EncodedLine | null = null;
  private writing: Promise<void> | null = null;
  private isFlushDue = false;
  private takenIn = 0;

  constructor(
    private readonly segments: Segments,
    private readonly ports: { readonly clock: Clock; readonly timers: Timers },
    private readonly options: TelemetryOptions,
  ) {
    this.buffer = readingBuffer(options.maxBufferedReadings, options.onShed);
    this.timer = ports.timers.every(options.flushMs, () => this.flushInBackground());
  }

  get newest(): number {
    return this.takenIn;
  }

  append(readings: readonly RecordedReading[]): number {
    this.takenIn += readings.length;
    const shed = this.buffer.push(readings);
    // Half full before its time: more comes in than the period allows for.
    if (!this.isFlushDue && this.buffer.size * 2 > this.options.maxBufferedReadings) {
      this.isFlushDue = true;
      this.ports.timers.soon(() => this.flushInBackground());
    }
    return shed;
  }

  async flush(): Promise<void> {
    // One at a time; whoever asks while one runs waits for the next, which has his readings.
    while (this.writing !== null) await this.writing.catch(() => undefined);
    this.writing = this.writeBuffered();
    try {
      await this.writing;
    } finally {
      this.writing = null;
    }
  }

  async expired(): Promise<readonly TruncationManifest[]> {
    const oldest = this.ports.clock.wallMs() - this.options.maxAgeMs;
    let total = this.closed.reduce((sum, { bytes }) => sum + bytes, this.current?.bytes ?? 0);
    const manifests: TruncationManifest[] = [];
    for (const { name, bytes, closedAt } of this.droppable()) {
      if (closedAt >= oldest && total <= this.options.maxTotalBytes) break;
      total -= bytes;
      const manifest = await this.segments.manifestOf(name);
      if (manifest !== null) manifests.push(manifest);
    }
    return manifests;
  }

  async drop(segment: string): Promise<void> {
    if (!this.droppable().some(({ name }) => name === segment)) return;
    await this.segments.drop(segment);
    this.closed = this.closed.filter(({ name }) => name !== segment);
  }

  async read(query: NodeReadings, visit: (reading: RecordedReading) => void): Promise<void> {
    await this.flush().catch(() => {
      // What cannot be written is still here.
    });
    // All in one turn: what is written from here on is in neither.
    const unwritten = [...(this.pending?.readings ?? []), ...this.buffer.peek()];
    const extent = this.extent();
    await this.segments.read(extent, query, visit);
    for (const reading of unwritten) {
      if (isAskedFor(reading, query)) visit(reading);
    }
  }

  async floor(): Promise<number | null> {
    const [oldest] = this.extent().segments;
    return oldest === undefined ? null : firstBatchOf(oldest.name);
  }

  async *lines(from: number): AsyncGenerator<string> {
    yield* this.segments.lines(this.extent(), from);
  }

  async close(): Promise<void> {
    this.timer.cancel();
    try {
      await this.flush();
      await this.closeSegment();
    } catch (error) {
      // A full disk must not stop a shutdown; the successor closes the segment.
      this.options.onProblem?.(reasonOf(error));
      await this.current?.close();
    }
  }

  /** Goes on behind what a predecessor left. */
  async begin(): Promise<void> {
    if (this.hasBegun) return;
    const { epoch } = this.options;
    const { head, closed } = await this.segments.takeOver(epoch, this.ports.clock.wallMs());
    [this.head, this.closed, this.hasBegun] = [head, closed, true];
  }

  private extent(): Extent {
    const { current, closed, hasBegun, head } = this;
    const segments = current === null ? closed : [...closed, current];
    return {
      segments: segments.map(({ name, bytes }) => ({ name, bytes })),
      lastBatch: hasBegun ? head.batch : Number.MAX_SAFE_INTEGER,
    };
  }

  private droppable(): readonly ClosedSegment[] {
    return this.current === null ? this.closed.slice(0, -1) : this.closed;
  }

  private flushInBackground(): void {
    this.isFlushDue = false;
    if (this.writing !== null) return;
    this.flush().catch((error: unknown) => this.options.onProblem?.(reasonOf(error)));
  }

  private async writeBuffered(): Promise<void> {
    await this.begin();
    if (this.pending !== null) await this.write(this.pending);
    if (this.ending !== null) await this.closeSegment();
    // Only what waits now: what comes in meanwhile is the next flush's.
    const batches = Math.ceil(this.buffer.size / maxBatchReadings);
    for (let count = 0; count < batches; count += 1) {
      const readings = this.buffer.take(maxBatchReadings);
      if (readings.length === 0) return;
      const line = encodeBatch(this.head, this.ports.clock.wallMs(), readings);
      await this.write({ line, readings });
    }
  }

  private async write(batch: Pending): Promise<void> {
    this.pending = batch;
    const { line } = batch;
    const { epoch, maxSegmentBytes, maxAgeMs } = this.options;
    const now = this.ports.clock.wallMs();
    this.current ??= await this.segments.create(epoch, line.head.batch, now);
    await this.current.write(line);
    this.pending = null;
    this.head = line.head;
    const isOld = now - this.current.openedAt >= maxAgeMs / slicesPerAge;
    if (isOld || this.current.bytes >= maxSegmentBytes) await this.closeSegment();
  }

  private async closeSegment(): Promise<void> {
    const segment = this.current;
    if (segment === null) return;
    this.ending ??= encodeEndMark(this.head, this.ports.clock.wallMs(), 0);
    const { at: closedAt, head } = this.ending;
    await segment.write(this.ending);
    [this.ending, this.current, this.head] = [null, null, head];
    this.closed = [...this.closed, { name: segment.name, bytes: segment.bytes, closedAt }];
    await segment.close();
  }
}

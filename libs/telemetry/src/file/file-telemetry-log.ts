import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, Timer, Timers } from '@oakring/ports';
import { folderUnusable, prepareFolder, reasonOf } from '@oakring/host';
import {
  emptyBatchHead,
  encodeBatch,
  encodeEndMark,
  type BatchHead,
  type EncodedLine,
} from '../batch.js';
import { isAskedFor, readingBuffer, type ReadingBuffer } from '../reading-buffer.js';
import type {
  NodeReadings,
  RecordedReading,
  TelemetryLog,
  TruncationManifest,
} from '../telemetry-log.port.js';
import {
  floorOf,
  readSegments,
  segmentLines,
  type SegmentExtent,
} from './file-telemetry-reader.js';
import { manifestOf, readSegmentEnd, segmentsIn } from './segment-file.js';
import { closeForPredecessor, createSegment, type SegmentWriter } from './segment-writer.js';

export interface FileTelemetryOptions {
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

/** One slice of work between two turns of the event loop: about a millisecond. */
const maxBatchReadings = 2000;
/** A segment covers at most this part of `maxAgeMs`, so that time is kept to about one eighth. */
const slicesPerAge = 8;

/**
 * The telemetry log as append-only files in `folder`, `<epoch>-<first batch>.ndjson`, one line a
 * batch. A segment that a crash left open is closed here first. Throws `data-folder-unusable`.
 *
 * States of a segment: open (being written) → closed (ends with an end mark) → expired (too old, or
 * the sum too large; its manifest goes into the ledger) → dropped. The newest file is never
 * expired: it holds the number that the next batch continues from.
 */
export async function openFileTelemetryLog(
  folder: string,
  ports: { readonly clock: Clock; readonly timers: Timers },
  options: FileTelemetryOptions,
): Promise<TelemetryLog> {
  await prepareFolder(folder);
  try {
    const now = ports.clock.wallMs();
    const { head, segments } = await takeOver(folder, now);
    return new FileTelemetryLog(folder, ports, options, head, segments);
  } catch (error) {
    throw folderUnusable(folder, error);
  }
}

interface ClosedSegment {
  readonly name: string;
  readonly bytes: number;
  readonly closedAt: number;
}

async function takeOver(
  folder: string,
  now: number,
): Promise<{ head: BatchHead; segments: ClosedSegment[] }> {
  let head = emptyBatchHead;
  const segments: ClosedSegment[] = [];
  for (const segment of await segmentsIn(folder)) {
    head = await closeForPredecessor(folder, segment, head, now);
    const { bytes, last } = await readSegmentEnd(join(folder, segment.name));
    segments.push({ name: segment.name, bytes, closedAt: last?.at ?? now });
  }
  return { head, segments };
}

class FileTelemetryLog implements TelemetryLog {
  private readonly buffer: ReadingBuffer;
  private readonly timer: Timer;
  private current: SegmentWriter | null = null;
  /** Encoded and not yet written: a failed write is repeated with the same bytes. */
  private pending: EncodedLine | null = null;
  private writing: Promise<void> | null = null;
  private isFlushDue = false;
  private takenIn = 0;

  constructor(
    private readonly folder: string,
    private readonly ports: { readonly clock: Clock; readonly timers: Timers },
    private readonly options: FileTelemetryOptions,
    private head: BatchHead,
    private readonly closed: ClosedSegment[],
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
      const manifest = await manifestOf(this.folder, name);
      if (manifest !== null) manifests.push(manifest);
    }
    return manifests;
  }

  async drop(segment: string): Promise<void> {
    const index = this.droppable().findIndex(({ name }) => name === segment);
    if (index < 0) return;
    await unlink(join(this.folder, segment));
    this.closed.splice(index, 1);
  }

  async read(query: NodeReadings, visit: (reading: RecordedReading) => void): Promise<void> {
    await this.flush().catch(() => {
      // What cannot be written is still in the buffer.
    });
    // All in one turn: what is written from here on is in neither.
    const unwritten = this.buffer.peek();
    const extents = this.extents();
    await readSegments(this.folder, extents, query, visit);
    for (const reading of unwritten) {
      if (isAskedFor(reading, query)) visit(reading);
    }
  }

  async floor(): Promise<number | null> {
    return floorOf(this.extents());
  }

  async *lines(from: number): AsyncGenerator<string> {
    yield* segmentLines(this.folder, this.extents(), from);
  }

  /** Segments and how much of each is written, oldest first. */
  private extents(): SegmentExtent[] {
    const { current } = this;
    const closed = this.closed.map(({ name, bytes }) => ({ name, bytes }));
    return current === null ? closed : [...closed, { name: current.name, bytes: current.bytes }];
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

  private droppable(): readonly ClosedSegment[] {
    return this.current === null ? this.closed.slice(0, -1) : this.closed;
  }

  private flushInBackground(): void {
    this.isFlushDue = false;
    if (this.writing !== null) return;
    this.flush().catch((error: unknown) => this.options.onProblem?.(reasonOf(error)));
  }

  private async writeBuffered(): Promise<void> {
    // Only what waits now: what comes in meanwhile is the next flush's.
    const batches = Math.ceil(this.buffer.size / maxBatchReadings);
    if (this.pending !== null) await this.write(this.pending);
    for (let count = 0; count < batches; count += 1) {
      const readings = this.buffer.take(maxBatchReadings);
      if (readings.length === 0) return;
      await this.write(encodeBatch(this.head, this.ports.clock.wallMs(), readings));
    }
  }

  private async write(line: EncodedLine): Promise<void> {
    this.pending = line;
    const { epoch, maxSegmentBytes, maxAgeMs } = this.options;
    const now = this.ports.clock.wallMs();
    this.current ??= await createSegment(this.folder, epoch, line.head.batch, now);
    await this.current.write(line);
    this.pending = null;
    this.head = line.head;
    const isOld = now - this.current.openedAt >= maxAgeMs / slicesPerAge;
    if (isOld || this.current.bytes >= maxSegmentBytes) await this.closeSegment();
  }

  private async closeSegment(): Promise<void> {
    const segment = this.current;
    if (segment === null) return;
    const closedAt = this.ports.clock.wallMs();
    const mark = encodeEndMark(this.head, closedAt, 0);
    await segment.write(mark);
    this.current = null;
    this.head = mark.head;
    this.closed.push({ name: segment.name, bytes: segment.bytes, closedAt });
    await segment.close();
  }
}

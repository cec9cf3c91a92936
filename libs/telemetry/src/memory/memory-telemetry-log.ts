import { isAskedFor, readingBuffer, type ReadingBuffer } from '../reading-buffer.js';
import type {
  NodeReadings,
  RecordedReading,
  TelemetryLog,
  TruncationManifest,
} from '../telemetry-log.port.js';

const defaultCapacity = 10_000;

/** The telemetry log without a disk: keeps the newest readings. For simulations and tests. */
export class MemoryTelemetryLog implements TelemetryLog {
  private readonly buffer: ReadingBuffer;
  private takenIn = 0;

  constructor(capacity = defaultCapacity) {
    this.buffer = readingBuffer(capacity);
  }

  get newest(): number {
    return this.takenIn;
  }

  append(readings: readonly RecordedReading[]): number {
    this.takenIn += readings.length;
    // What goes is forgotten, not shed: nothing was to be written.
    this.buffer.push(readings);
    return 0;
  }

  /** Takes out what is kept, oldest first. */
  drain(): RecordedReading[] {
    return this.buffer.take(this.buffer.size);
  }

  async flush(): Promise<void> {
    return undefined;
  }

  async expired(): Promise<readonly TruncationManifest[]> {
    return [];
  }

  async read(query: NodeReadings, visit: (reading: RecordedReading) => void): Promise<void> {
    for (const reading of this.buffer.peek()) if (isAskedFor(reading, query)) visit(reading);
  }

  async floor(): Promise<number | null> {
    return null;
  }

  async *lines(): AsyncGenerator<string> {}

  async drop(): Promise<void> {
    return undefined;
  }

  async close(): Promise<void> {
    return undefined;
  }
}

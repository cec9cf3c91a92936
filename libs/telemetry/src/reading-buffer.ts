import type { NodeReadings, RecordedReading } from './telemetry-log.port.js';

/** Readings that wait to be written: a ring, made once. When it is full the oldest is shed. */
export interface ReadingBuffer {
  readonly size: number;
  /** Takes readings in order; returns how many older ones had to go. */
  push(readings: readonly RecordedReading[]): number;
  /** Takes out up to `limit` of the oldest. */
  take(limit: number): RecordedReading[];
  /** What is in it, oldest first. */
  peek(): RecordedReading[];
}

export function readingBuffer(
  capacity: number,
  /** Told the node of each reading that had to go. */
  onShed: (nodeId: string) => void = () => {},
): ReadingBuffer {
  const ring = new Array<RecordedReading | undefined>(capacity).fill(undefined);
  let first = 0;
  let size = 0;
  return {
    get size() {
      return size;
    },
    push(readings) {
      let shed = 0;
      for (const reading of readings) {
        let at = first + size;
        if (at >= capacity) at -= capacity;
        const oldest = ring[at];
        ring[at] = reading;
        if (size < capacity) {
          size += 1;
        } else {
          if (oldest !== undefined) onShed(oldest.nodeId);
          first = at + 1 === capacity ? 0 : at + 1;
          shed += 1;
        }
      }
      return shed;
    },
    peek() {
      const kept: RecordedReading[] = [];
      for (let index = 0; index < size; index += 1) {
        const reading = ring[(first + index) % capacity];
        if (reading !== undefined) kept.push(reading);
      }
      return kept;
    },
    take(limit) {
      const taken: RecordedReading[] = [];
      for (let count = Math.min(limit, size); count > 0; count -= 1) {
        const reading = ring[first];
        // Let go of what was taken: it would stay in memory for a whole round.
        ring[first] = undefined;
        first = first + 1 === capacity ? 0 : first + 1;
        size -= 1;
        if (reading !== undefined) taken.push(reading);
      }
      return taken;
    },
  };
}

export function isAskedFor(
  { nodeId, at }: RecordedReading,
  { nodeId: wanted, from, to }: NodeReadings,
): boolean {
  return (wanted === null || wanted === nodeId) && at >= from && at <= to;
}

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { NodeReadings, RecordedReading, TelemetryLogReader } from '../telemetry-log.port.js';
import { firstBatchOf, readSegmentEnd, segmentsIn } from './segment-file.js';
import { scanSegment, storedLines } from './segment-scan.js';

/** A segment and how much of it is written in whole lines, oldest first in lists. */
export interface SegmentExtent {
  readonly name: string;
  readonly bytes: number;
}

/**
 * What lies in a folder of segments, by whoever wrote it, without touching it: a manager that does not lead
 * has the readings of its former terms. Without the folder there is nothing.
 */
export function fileTelemetryReader(folder: string): TelemetryLogReader {
  const extents = async (): Promise<SegmentExtent[]> => {
    if (!existsSync(folder)) return [];
    const found: SegmentExtent[] = [];
    for (const { name } of await segmentsIn(folder)) {
      const { bytes, torn } = await readSegmentEnd(join(folder, name));
      found.push({ name, bytes: bytes - torn });
    }
    return found;
  };
  return {
    read: async (query, visit) => readSegments(folder, await extents(), query, visit),
    floor: async () => floorOf(await extents()),
    async *lines(from) {
      yield* segmentLines(folder, await extents(), from);
    },
  };
}

export async function readSegments(
  folder: string,
  extents: readonly SegmentExtent[],
  query: NodeReadings,
  visit: (reading: RecordedReading) => void,
): Promise<void> {
  for (const extent of extents) await scanSegment(folder, extent, query, visit);
}

export function floorOf([oldest]: readonly SegmentExtent[]): number | null {
  return oldest === undefined ? null : firstBatchOf(oldest.name);
}

export async function* segmentLines(
  folder: string,
  extents: readonly SegmentExtent[],
  from: number,
): AsyncGenerator<string> {
  for (const [index, { name }] of extents.entries()) {
    const next = extents[index + 1];
    if (next !== undefined && firstBatchOf(next.name) <= from) continue;
    yield* storedLines(join(folder, name), from);
  }
}

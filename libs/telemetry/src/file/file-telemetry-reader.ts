import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { firstBatchOf } from '../segments.js';
import type { Extent, SegmentExtent } from '../segments.port.js';
import type { TelemetryLogReader } from '../telemetry-log.port.js';
import { fileSegments } from './file-segments.js';
import { readSegmentEnd, segmentsIn } from './segment-file.js';

/**
 * What lies in a folder of segments, by whoever wrote it, without touching it: a manager that does not lead
 * has the readings of its former terms. Without the folder there is nothing.
 */
export function fileTelemetryReader(folder: string): TelemetryLogReader {
  const lying = fileSegments(folder);
  const extent = async (): Promise<Extent> => {
    const segments: SegmentExtent[] = [];
    for (const { name } of existsSync(folder) ? await segmentsIn(folder) : []) {
      const { bytes, torn } = await readSegmentEnd(join(folder, name));
      segments.push({ name, bytes: bytes - torn });
    }
    return { segments, lastBatch: Number.MAX_SAFE_INTEGER };
  };
  return {
    read: async (query, visit) => lying.read(await extent(), query, visit),
    floor: async () => {
      const [oldest] = (await extent()).segments;
      return oldest === undefined ? null : firstBatchOf(oldest.name);
    },
    async *lines(from) {
      yield* lying.lines(await extent(), from);
    },
  };
}

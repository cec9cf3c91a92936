import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { emptyBatchHead } from '../batch.js';
import { firstBatchOf, manifestOfLines } from '../segments.js';
import type { ClosedSegment, Segments } from '../segments.port.js';
import { readSegment, readSegmentEnd, segmentsIn } from './segment-file.js';
import { scanSegment, storedLines } from './segment-scan.js';
import { closeForPredecessor, createSegment } from './segment-writer.js';

/** Segments as append-only files in `folder`, whose lock keeps out any other writer. */
export function fileSegments(folder: string): Segments {
  return {
    async takeOver(_epoch, at) {
      let head = emptyBatchHead;
      const closed: ClosedSegment[] = [];
      for (const segment of await segmentsIn(folder)) {
        head = await closeForPredecessor(folder, segment, head, at);
        const { bytes, last } = await readSegmentEnd(join(folder, segment.name));
        closed.push({ name: segment.name, bytes, closedAt: last?.at ?? at });
      }
      return { head, closed };
    },
    create: (epoch, firstBatch, openedAt) => createSegment(folder, epoch, firstBatch, openedAt),
    manifestOf: (segment) => manifestOfLines(segment, readSegment(join(folder, segment))),
    drop: (segment) => unlink(join(folder, segment)),
    async read({ segments }, query, visit) {
      for (const segment of segments) await scanSegment(folder, segment, query, visit);
    },
    async *lines({ segments }, from) {
      for (const [index, { name }] of segments.entries()) {
        const next = segments[index + 1];
        if (next !== undefined && firstBatchOf(next.name) <= from) continue;
        yield* storedLines(join(folder, name), from);
      }
    },
  };
}

import { merkleRoot } from '@oakring/events';
import type { SegmentLine } from './batch.js';
import type { TruncationManifest } from './telemetry-log.port.js';

/** A segment is named after its epoch and its first batch, and so is its file where it is one. */
const namePattern = /^(\d+)-(\d+)\.ndjson$/;

export interface SegmentName {
  readonly name: string;
  readonly epoch: number;
  readonly firstBatch: number;
}

export function segmentName(epoch: number, firstBatch: number): string {
  return `${epoch}-${firstBatch}.ndjson`;
}

/** Null: it is no segment. */
export function parsedSegmentName(name: string): SegmentName | null {
  const [, epoch, firstBatch] = namePattern.exec(name) ?? [];
  if (epoch === undefined || firstBatch === undefined) return null;
  return { name, epoch: Number(epoch), firstBatch: Number(firstBatch) };
}

export function firstBatchOf(name: string): number {
  return parsedSegmentName(name)?.firstBatch ?? 0;
}

/**
 * What remains of a segment when it is dropped: its range and hashes, end mark included, so that
 * the next segment's `prev` is this one's last hash. Null when it holds no whole line.
 */
export async function manifestOfLines(
  segment: string,
  lines: AsyncIterable<SegmentLine>,
): Promise<TruncationManifest | null> {
  const hashes: string[] = [];
  let firstBatch = 0;
  let lastBatch = 0;
  let readings = 0;
  for await (const line of lines) {
    if (hashes.length === 0) firstBatch = line.batch;
    lastBatch = line.batch;
    hashes.push(line.hash);
    readings += line.readings?.length ?? 0;
  }
  const firstHash = hashes.at(0);
  const lastHash = hashes.at(-1);
  if (firstHash === undefined || lastHash === undefined) return null;
  const root = merkleRoot(hashes);
  return { segment, firstBatch, lastBatch, readings, firstHash, lastHash, merkleRoot: root };
}

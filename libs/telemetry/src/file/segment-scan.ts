import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { decodeLine } from '../batch.js';
import type { SegmentExtent } from '../segments.port.js';
import type { NodeReadings, RecordedReading } from '../telemetry-log.port.js';

/** Read at a time: a fraction of a millisecond to look through. */
const chunkBytes = 1_048_576;
/** Longer than any reading with the longest id. */
const maxRowBytes = 512;
const row = /^\["([^"]{1,256})",(\d{1,16}),(\d{1,9}),(\d{1,9})\]/;

/**
 * Visits the readings of one node, or of all, in the first `bytes` of a segment. Looks for rows in the
 * bytes as they lie there, without parsing the lines of a thousand other nodes: an hour of a thousand
 * nodes is a tenth of a second. What was written before `from` is not read.
 */
export async function scanSegment(
  folder: string,
  { name, bytes }: SegmentExtent,
  { nodeId, from, to }: NodeReadings,
  visit: (reading: RecordedReading) => void,
): Promise<void> {
  const path = join(folder, name);
  if (await endsBefore(path, bytes, from)) return;
  // Ids have no characters that JSON escapes.
  const pattern = Buffer.from(nodeId === null ? '["' : `["${nodeId}",`);
  const file = await open(path, 'r');
  try {
    const chunk = Buffer.alloc(chunkBytes + maxRowBytes);
    const first = await beginningOf(file, bytes, from);
    for (let offset = first; offset < bytes; offset += chunkBytes) {
      const length = Math.min(chunk.length, bytes - offset);
      const { bytesRead } = await file.read(chunk, 0, length, offset);
      const seen = chunk.subarray(0, bytesRead);
      // A row belongs to the chunk that it begins in.
      for (let at = seen.indexOf(pattern); at >= 0 && at < chunkBytes;) {
        const found = row.exec(seen.toString('latin1', at, at + maxRowBytes));
        const [, id = '', readAt, cpu, memory] = found ?? [];
        if (found !== null && Number(readAt) > to) return;
        if (found !== null && Number(readAt) >= from) {
          visit({ nodeId: id, at: Number(readAt), cpu: Number(cpu), memory: Number(memory) });
        }
        at = seen.indexOf(pattern, at + pattern.length);
      }
    }
  } finally {
    await file.close();
  }
}

/**
 * Where to begin for readings since `from`: a line carries the time of its writing, and no reading in it
 * is later. By halves, down to one chunk.
 */
async function beginningOf(file: FileHandle, bytes: number, from: number): Promise<number> {
  let low = 0;
  let high = bytes;
  const chunk = Buffer.alloc(chunkBytes);
  while (high - low > chunkBytes) {
    const middle = Math.floor((low + high) / 2);
    const { bytesRead } = await file.read(chunk, 0, Math.min(chunkBytes, high - middle), middle);
    const [line] = chunk.toString('latin1', 0, bytesRead).matchAll(lineTime);
    if (line !== undefined && Number(line[1]) < from) low = middle + line.index;
    else high = middle;
  }
  return low;
}

const lineTime = /"at":(\d{1,16}),"batch":/g;
const tailBytes = 4_096;

/** Whether a segment ends with its end mark, written before `from`: then nothing in it is wanted. */
async function endsBefore(path: string, bytes: number, from: number): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const tail = Buffer.alloc(Math.min(tailBytes, bytes));
    await file.read(tail, 0, tail.length, bytes - tail.length);
    const text = tail.toString('latin1');
    if (!text.includes('"end":true')) return false;
    const times = [...text.matchAll(lineTime)].map(([, at]) => Number(at));
    return (times.at(-1) ?? Number.POSITIVE_INFINITY) < from;
  } finally {
    await file.close();
  }
}

/** The whole lines of a segment from batch `from` on, as they are stored. */
export async function* storedLines(path: string, from: number): AsyncGenerator<string> {
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Infinity });
  for await (const text of lines) {
    const line = decodeLine(text);
    if (line !== null && line.batch >= from) yield text;
  }
}

import { createReadStream } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { decodeLine, type BatchHead, type SegmentLine } from '../batch.js';
import { parsedSegmentName, type SegmentName } from '../segments.js';

/** Enough for an end mark, and for the longest batch. */
const tailsBytes = [4096, 2 * 1_048_576];

/** How a segment ends, as far as it can be read. */
export interface SegmentEnd {
  /** The last whole line; null when there is none. */
  readonly last: (BatchHead & { readonly at: number }) | null;
  readonly isClosed: boolean;
  readonly bytes: number;
  /** Bytes behind the last whole line: a crash tore them. */
  readonly torn: number;
}

/** Segments in a folder, oldest first. Other files are none of ours. */
export async function segmentsIn(folder: string): Promise<SegmentName[]> {
  const names = await readdir(folder);
  return names
    .flatMap((name) => parsedSegmentName(name) ?? [])
    .sort((a, b) => a.firstBatch - b.firstBatch);
}

/** Looks at the end of a segment only. */
export async function readSegmentEnd(path: string): Promise<SegmentEnd> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    for (const tailBytes of tailsBytes) {
      const from = Math.max(0, size - tailBytes);
      const bytes = Buffer.alloc(size - from);
      const { bytesRead } = await file.read(bytes, 0, bytes.length, from);
      const end = endOf(bytes.subarray(0, bytesRead), size);
      if (end !== null) return end;
    }
    return { last: null, isClosed: false, bytes: size, torn: size };
  } finally {
    await file.close();
  }
}

/** The last whole line of `tail`, from behind. */
function endOf(tail: Buffer, size: number): SegmentEnd | null {
  let lineEnd = tail.lastIndexOf(0x0a);
  while (lineEnd >= 0) {
    const before = lineEnd === 0 ? -1 : tail.lastIndexOf(0x0a, lineEnd - 1);
    const line = decodeLine(tail.toString('utf8', before + 1, lineEnd));
    if (line !== null) {
      const torn = tail.length - (lineEnd + 1);
      return { last: line, isClosed: line.readings === null, bytes: size, torn };
    }
    lineEnd = before;
  }
  return null;
}

/** Whole lines of a segment in order; what is torn or changed is left out. */
export async function* readSegment(path: string): AsyncGenerator<SegmentLine> {
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Infinity });
  for await (const text of lines) {
    const line = decodeLine(text);
    if (line !== null) yield line;
  }
}

import { prepareFolder } from '@oakring/host';
import type { MongoStore } from '@oakring/stores';
import { decodeLine, type BatchHead, type EncodedLine, type SegmentLine } from './batch.js';
import { fileSegments } from './file/file-segments.js';
import { makeCollection } from './mongodb/batch-document.js';
import { mongoSegments } from './mongodb/mongo-segments.js';
import type { Segments, SegmentWriter } from './segments.port.js';

/** Whoever leads next has a higher one. */
const restoredEpoch = 0;

/** Which lines follow one another: those of one log, from any of them on. */
export class BatchChain {
  constructor(private last: BatchHead | null = null) {}

  get batch(): number {
    return this.last?.batch ?? 0;
  }

  /** The next line; in words why it is none. */
  next(text: string): SegmentLine | string {
    const line = decodeLine(text);
    if (line === null) return `the line after batch ${this.batch} is no batch, or was changed`;
    const { last } = this;
    const follows = last === null || (line.batch === last.batch + 1 && line.prev === last.hash);
    if (!follows) return `batch ${line.batch} does not follow batch ${this.batch}`;
    this.last = line;
    return line;
  }
}

/** Puts lines of a telemetry log where none is, as they were written. Resolves with how many. */
export async function restoreFileLines(
  folder: string,
  lines: AsyncIterable<string>,
): Promise<number> {
  await prepareFolder(folder);
  return restoreLines(fileSegments(folder), lines);
}

/** The same, beside a ledger in MongoDB; what lies there already from an earlier try stays. */
export async function restoreMongoLines(
  store: MongoStore,
  lines: AsyncIterable<string>,
): Promise<number> {
  await makeCollection(store);
  return restoreLines(mongoSegments(store), lines);
}

/** A segment ends with its mark, as it did; what has none is ended by whoever leads next. */
async function restoreLines(segments: Segments, lines: AsyncIterable<string>): Promise<number> {
  const chain = new BatchChain();
  let writer: SegmentWriter | null = null;
  let count = 0;
  try {
    for await (const text of lines) {
      const line = chain.next(text);
      if (typeof line === 'string') throw new Error(line);
      writer ??= await segments.create(restoredEpoch, line.batch, line.at);
      await writer.write(encoded(line, text));
      count += 1;
      if (line.readings !== null) continue;
      await writer.close();
      writer = null;
    }
    return count;
  } finally {
    await writer?.close();
  }
}

function encoded({ batch, hash, at, readings }: SegmentLine, text: string): EncodedLine {
  let first = readings === null ? null : at;
  for (const { at: readAt } of readings ?? []) first = Math.min(first ?? readAt, readAt);
  return { head: { batch, hash }, at, first, bytes: Buffer.from(`${text}\n`) };
}

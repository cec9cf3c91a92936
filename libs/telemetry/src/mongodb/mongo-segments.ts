import type { MongoStore } from '@oakring/stores';
import { decodeLine, emptyBatchHead, encodeEndMark, type SegmentLine } from '../batch.js';
import { firstBatchOf, manifestOfLines, segmentName } from '../segments.js';
import type { Segments, SegmentWriter } from '../segments.port.js';
import {
  batchesOf,
  documentOf,
  makeCollection,
  put,
  withinMs,
  type BatchDocument,
  type Batches,
} from './batch-document.js';
import { answered, readBatches, storedLines } from './read-batches.js';

/** Documents at a time: about a megabyte, well within what an answer may take. */
const deletedAtOnce = 200;
const isMark = { closes: true } as const;

/**
 * Segments as documents of one collection, a line each. The unique number of a batch is what keeps a
 * second writer out: who takes over puts a mark behind the last line first of all, and whoever led
 * before finds its next number taken, then and for ever. The mark ends the segment that was left open,
 * or is a segment of its own.
 */
export function mongoSegments(store: MongoStore): Segments {
  const batches = batchesOf(store);
  return {
    async takeOver(epoch, at) {
      await makeCollection(store);
      const head = await putMark(batches, epoch, at);
      const marks = await batches.find(isMark, withinMs).sort({ _id: 1 }).toArray();
      const closed = marks.map(({ segment: name, bytes, at: closedAt }) => ({
        name,
        bytes,
        closedAt,
      }));
      return { head, closed };
    },
    create: async (epoch, firstBatch, openedAt) => writerOf(batches, epoch, firstBatch, openedAt),
    async manifestOf(segment) {
      const mark = await batches.findOne({ ...isMark, segment }, withinMs);
      if (mark === null) return null;
      if (mark.manifest !== undefined) return mark.manifest;
      const manifest = await manifestOfLines(segment, decodedLines(batches, mark));
      if (manifest !== null) {
        await batches.updateOne({ _id: mark._id }, { $set: { manifest } }, withinMs);
      }
      return manifest;
    },
    drop: (segment) => dropSegment(batches, segment),
    read: ({ lastBatch }, query, visit) =>
      answered(store, () => readBatches(batches, lastBatch, query, visit)),
    lines: ({ lastBatch }, from) => storedLines(batches, { from, to: lastBatch }),
  };
}

/** Where the chain ends then. */
async function putMark(batches: Batches, epoch: number, at: number) {
  for (;;) {
    const last = await batches.findOne({}, { sort: { _id: -1 }, ...withinMs });
    if (last !== null && last.epoch > epoch) throw replacedBy(last);
    const line = last === null ? null : decodeLine(last.line);
    const head = line ?? { ...emptyBatchHead, batch: last?._id ?? 0 };
    const mark = encodeEndMark(head, at, 0);
    const isOpen = last !== null && last.first !== null;
    const segment = isOpen ? last.segment : segmentName(epoch, mark.head.batch);
    const before = isOpen ? last.bytes : 0;
    // Another may still have written: it lies behind that then.
    if ((await put(batches, documentOf(mark, segment, { epoch, before }))) === null)
      return mark.head;
  }
}

function writerOf(
  batches: Batches,
  epoch: number,
  firstBatch: number,
  openedAt: number,
): SegmentWriter {
  const name = segmentName(epoch, firstBatch);
  let bytes = 0;
  return {
    name,
    openedAt,
    get bytes() {
      return bytes;
    },
    async write(line) {
      const document = documentOf(line, name, { epoch, before: bytes });
      const there = await put(batches, document);
      if (there !== null) throw replacedBy(there);
      ({ bytes } = document);
    },
    // A majority has it in its journals already.
    close: async () => {},
  };
}

function replacedBy({ epoch }: BatchDocument): Error {
  return new Error(`the leader of epoch ${epoch} writes the telemetry log now`);
}

async function* decodedLines(
  batches: Batches,
  { segment, _id: to }: BatchDocument,
): AsyncGenerator<SegmentLine> {
  for await (const text of storedLines(batches, { from: firstBatchOf(segment), to })) {
    const line = decodeLine(text);
    if (line !== null) yield line;
  }
}

/** The mark goes last: what is left of a segment after a crash is declared and dropped again. */
async function dropSegment(batches: Batches, segment: string): Promise<void> {
  const mark = await batches.findOne({ ...isMark, segment }, withinMs);
  if (mark === null) return;
  const before = { $gte: firstBatchOf(segment), $lt: mark._id };
  for (;;) {
    const some = await batches
      .find({ _id: before }, { projection: { _id: 1 }, ...withinMs })
      .sort({ _id: 1 })
      .limit(deletedAtOnce)
      .toArray();
    const last = some.at(-1);
    if (last === undefined) break;
    await batches.deleteMany({ _id: { ...before, $lte: last._id } }, withinMs);
  }
  await batches.deleteOne({ _id: mark._id }, withinMs);
}

import type { MongoStore } from '@oakring/stores';
import type { EncodedLine } from '../batch.js';
import type { TruncationManifest } from '../telemetry-log.port.js';

/** A line of the log as MongoDB keeps it: the text that was hashed, and beside it what is asked by. */
export interface BatchDocument {
  /** Number of the batch. */
  readonly _id: number;
  readonly segment: string;
  /** Of who wrote it. */
  readonly epoch: number;
  readonly at: number;
  /** When the first of its readings was taken in; null: the mark that ends its segment. */
  readonly first: number | null;
  readonly line: string;
  /** Of its segment, up to here. */
  readonly bytes: number;
  /** Of a mark only: its index has no others. */
  readonly closes?: true;
  /** Of a mark: what its segment is declared to be, kept before the first line of it goes. */
  readonly manifest?: TruncationManifest;
}

export type Batches = ReturnType<typeof batchesOf>;

/** The server itself ends what takes longer, before the line counts as dead. */
export const withinMs = { maxTimeMS: 1_500 };
const collectionName = 'telemetry';
const [namespaceExists, duplicateKey] = [48, 11_000];
/** Smaller by a third than what is usual there, and as quick to read. */
const storageEngine = { wiredTiger: { configString: 'block_compressor=zstd' } };

export function batchesOf({ db }: MongoStore) {
  return db.collection<BatchDocument>(collectionName);
}

/** What its reads use, and no more: by time, and the ends of segments. */
export async function makeCollection(store: MongoStore): Promise<void> {
  await store.db.createCollection(collectionName, { storageEngine }).catch((error: unknown) => {
    if (codeOf(error) !== namespaceExists) throw error;
  });
  await batchesOf(store).createIndexes([
    { key: { at: 1, _id: 1 }, name: 'times' },
    { key: { closes: 1 }, name: 'marks', sparse: true },
  ]);
}

export function documentOf(
  { head, at, first, bytes: encoded }: EncodedLine,
  segment: string,
  { epoch, before }: { readonly epoch: number; readonly before: number },
): BatchDocument {
  // Without its line feed.
  const line = encoded.toString('utf8', 0, encoded.length - 1);
  const bytes = before + encoded.length;
  const document = { _id: head.batch, segment, epoch, at, first, line, bytes };
  return first === null ? { ...document, closes: true } : document;
}

/** Null: it lies there, be it from an earlier try whose answer was lost; else what lies there instead. */
export async function put(
  batches: Batches,
  document: BatchDocument,
): Promise<BatchDocument | null> {
  try {
    await batches.insertOne(document, withinMs);
    return null;
  } catch (error) {
    if (codeOf(error) !== duplicateKey) throw error;
    const there = await batches.findOne({ _id: document._id }, withinMs);
    if (there === null) throw error;
    return there.line === document.line ? null : there;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : null;
}

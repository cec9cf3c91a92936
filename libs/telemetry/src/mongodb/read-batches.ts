import { OakringError, withoutCredentials } from '@oakring/contracts';
import type { MongoStore } from '@oakring/stores';
import { decodeLine } from '../batch.js';
import { isAskedFor } from '../reading-buffer.js';
import type { NodeReadings, RecordedReading } from '../telemetry-log.port.js';
import type { Batches } from './batch-document.js';

/** Looked through for one answer of the server: some tenths of a second there. */
const batchSize = 50;
const byTime = { at: 1, _id: 1 } as const;

/** In the order of their times, and of their numbers: of one leader that is the same. */
export async function readBatches(
  batches: Batches,
  lastBatch: number,
  query: NodeReadings,
  visit: (reading: RecordedReading) => void,
): Promise<void> {
  const { nodeId, from, to } = query;
  // No reading in a line is later than the line, nor earlier than its first.
  const within = { at: { $gte: from }, first: { $lte: to }, _id: { $lte: lastBatch } };
  const visitAskedFor = (reading: RecordedReading): void => {
    if (isAskedFor(reading, query)) visit(reading);
  };
  if (nodeId !== null) return readRows(batches, within, nodeId, visitAskedFor);
  const found = batches.find(within, { projection: { line: 1 }, batchSize }).sort(byTime);
  for await (const { line } of found) {
    for (const reading of decodeLine(line)?.readings ?? []) visitAskedFor(reading);
  }
}

/** The server looks for the rows of the node: this process does not see those of a thousand others. */
async function readRows(
  batches: Batches,
  within: object,
  nodeId: string,
  visit: (reading: RecordedReading) => void,
): Promise<void> {
  const name = nodeId.replaceAll(/[^A-Za-z0-9]/g, String.raw`\$&`);
  const regex = String.raw`\["${name}",(\d+),(\d+),(\d+)\]`;
  const rows = { $regexFindAll: { input: '$line', regex } };
  const found = batches.aggregate<{ readonly rows: readonly { readonly captures: string[] }[] }>(
    [{ $match: within }, { $sort: byTime }, { $project: { _id: 0, rows } }],
    { cursor: { batchSize } },
  );
  for await (const { rows: matches } of found) {
    for (const { captures } of matches) {
      const [at, cpu, memory] = captures.map(Number);
      if (at === undefined || cpu === undefined || memory === undefined) continue;
      visit({ nodeId, at, cpu, memory });
    }
  }
}

/** The lines of batches, as they are stored; what was changed is left out. */
export async function* storedLines(
  batches: Batches,
  { from, to }: { readonly from: number; readonly to: number },
): AsyncGenerator<string> {
  const found = batches
    .find({ _id: { $gte: from, $lte: to } }, { projection: { line: 1 }, batchSize })
    .sort({ _id: 1 });
  for await (const { line } of found) if (decodeLine(line) !== null) yield line;
}

/** Throws `store-away`. */
export async function answered<T>({ place }: MongoStore, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof Error) || !error.name.startsWith('Mongo')) throw error;
    const reason = withoutCredentials(error.message);
    const detail = `The readings in ${place} cannot be read now: ${reason}.`;
    throw new OakringError({ code: 'store-away', detail }, { cause: error });
  }
}

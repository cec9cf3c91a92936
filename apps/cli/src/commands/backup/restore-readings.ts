import type { EventStore } from '@oakring/stores';
import { restoreFileLines, restoreMongoLines } from '@oakring/telemetry';
import { createReadStream, existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { CommandFailure, exitCodes } from '../../exit-codes.js';
import { readingsIn } from './place.js';

/** Whether a backup has readings. */
export function hasReadings(folder: string | null): folder is string {
  return folder !== null && existsSync(readingsIn(folder));
}

/**
 * Puts the readings of a backup where the manager will look for them: beside the ledger, or in its data folder.
 * Whole or not at all; done again it changes nothing. Resolves with the number of batches.
 */
export async function restoreReadings(
  from: string,
  { data, isResumed }: { readonly data: string | null; readonly isResumed: boolean },
  { mongodb }: EventStore,
): Promise<number> {
  const path = readingsIn(from);
  const lines = linesOf(path);
  try {
    if (mongodb !== null) return await restoreMongoLines(mongodb, lines);
    if (data !== null) return await intoFolder(join(data, 'telemetry'), lines, isResumed);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandFailure(
      `The readings in ${path} cannot be restored: ${reason}.`,
      exitCodes.refused,
    );
  }
  const detail = 'Readings go into a data folder: name it with --data.';
  throw new CommandFailure(detail, exitCodes.usage);
}

async function intoFolder(
  folder: string,
  lines: AsyncIterable<string>,
  isResumed: boolean,
): Promise<number> {
  if (existsSync(folder)) {
    // No manager was there meanwhile: the try before has put it there, whole.
    if (isResumed) return 0;
    throw new Error(`${folder} is there already`);
  }
  const draft = `${folder}.restoring`;
  await rm(draft, { recursive: true, force: true });
  const count = await restoreFileLines(draft, lines);
  await rename(draft, folder);
  return count;
}

/** Opened once it is read: what a reader of lines hears before is lost. */
async function* linesOf(path: string): AsyncGenerator<string> {
  yield* createInterface({ input: createReadStream(path), crlfDelay: Infinity });
}

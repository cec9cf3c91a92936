import { readLedgerStart, type LedgerStart } from '@oakring/events';
import { readFile } from 'node:fs/promises';
import { CommandFailure, exitCodes } from '../../exit-codes.js';
import type { Walked } from './store.js';

/** A file of "audit checkpoint". Throws a CommandFailure when it is none, or was changed. */
export async function startIn(file: string, trust: string | null): Promise<LedgerStart> {
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new CommandFailure(`${file} cannot be read: ${error.message}`, exitCodes.unreachable);
  });
  const read = readLedgerStart(text, { trust });
  if (read.status === 'start') return read.start;
  const detail = `The checkpoint in ${file} is not to be trusted: ${read.detail}.`;
  throw new CommandFailure(detail, exitCodes.refused);
}

/**
 * What comes behind the commit that a checkpoint seals. `commits`: from that one on. Throws a CommandFailure where
 * it is not there, or another one is.
 */
export async function* behind(
  commits: AsyncIterable<Walked>,
  { start, file }: { readonly start: LedgerStart; readonly file: string },
): AsyncGenerator<Walked> {
  const { position, hash } = start.head;
  let isFound = false;
  for await (const walked of commits) {
    if (!isFound && walked.status === 'commit') {
      if (walked.commit.hash !== hash) {
        const detail =
          `ANOTHER HISTORY: position ${position} is not the commit that the checkpoint in ${file} seals ` +
          `(of cluster ${start.clusterId}). It is of another ledger, or one of the two was rewritten.`;
        throw new CommandFailure(detail, exitCodes.refused);
      }
      isFound = true;
      continue;
    }
    yield walked;
  }
  if (isFound) return;
  const detail =
    `THE LEDGER WENT BACK: it does not reach position ${position}, which the checkpoint in ${file} seals ` +
    `(of cluster ${start.clusterId}). It is an older copy, another ledger, or was taken back.`;
  throw new CommandFailure(detail, exitCodes.refused);
}

/** A line for a person. */
export function continuedFrom(start: LedgerStart | null): readonly string[] {
  if (start === null) return [];
  const { position, hash } = start.head;
  return [
    `behind a checkpoint of ${position} commits, head ${hash}: those before were not looked at`,
  ];
}

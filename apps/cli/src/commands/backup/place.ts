import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import { CommandFailure, exitCodes } from '../../exit-codes.js';

const ledgerName = 'ledger.commits';
const readingsName = 'telemetry.batches';

/** Where a backup lies. */
export interface BackupPlace {
  /** Null: it is one file, the ledger's. */
  readonly folder: string | null;
  /** A commit a line, as "audit export --all" writes them; once it is whole. */
  readonly ledger: string;
}

/** Where the readings of one lie that is a folder. */
export function readingsIn(folder: string): string {
  return join(folder, readingsName);
}

/** What is there is what it is; what is not yet is a file where its name has an ending. */
export async function placeOf(path: string): Promise<BackupPlace> {
  const found = await stat(path).catch(() => null);
  const isFile = found === null ? isNameOfFile(path) : !found.isDirectory();
  if (isFile) return { folder: null, ledger: resolve(path) };
  return { folder: resolve(path), ledger: join(resolve(path), ledgerName) };
}

function isNameOfFile(path: string): boolean {
  return !path.endsWith('/') && extname(path) !== '';
}

/** The name of one that was never whole: its end is nowhere near that of the cluster. */
export function partialOf(ledger: string): string {
  return `${ledger}.partial`;
}

/** The file of a backup that is to be restored. Throws a CommandFailure where there is none that is whole. */
export async function ledgerToRestore(path: string): Promise<BackupPlace> {
  const place = await placeOf(path);
  if (existsSync(place.ledger)) return place;
  const partial = partialOf(place.ledger);
  const detail = existsSync(partial)
    ? `The backup in ${path} was interrupted before it was whole. Run "oakring backup --to ${path}" again; where ` +
      `that cannot be any more, its beginning is in ${partial}: name that file.`
    : `There is no backup at ${path}.`;
  throw new CommandFailure(detail, exitCodes.unreachable);
}

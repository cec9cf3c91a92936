import { BatchChain } from '@oakring/telemetry';
import { rm } from 'node:fs/promises';
import { ManagerError } from '../../client/manager-error.js';
import { CommandFailure, exitCodes } from '../../exit-codes.js';
import type { Context } from '../context.js';
import { LineFile } from './line-file.js';

/** A progress line after so many batches. */
const progressEvery = 100;

/** How many batches there are, and how many of them are new. */
export interface CopiedReadings {
  readonly last: number;
  readonly added: number;
}

/** Brings a file of batches up to what the cluster has. What the cluster dropped meanwhile begins it anew. */
export async function copyReadings(path: string, context: Context): Promise<CopiedReadings> {
  const copy = await LineFile.open(path);
  try {
    const copied = await addNew(copy, context);
    if (copied !== null) {
      await copy.finish();
      return copied;
    }
  } finally {
    await copy.close();
  }
  await rm(path, { force: true });
  return copyReadings(path, context);
}

/** Null: what follows what is there was dropped, and is on record as that in the ledger. */
async function addNew(copy: LineFile, context: Context): Promise<CopiedReadings | null> {
  const chain = new BatchChain();
  const { line: before } = copy.before;
  if (before !== null && typeof chain.next(before) === 'string') return null;
  const known = chain.batch;
  const lines = await batchesFrom(known, context);
  if (lines === null) return null;
  let isKnown = before === null;
  for await (const line of lines) {
    if (!isKnown) {
      if (line !== before) throw otherReadings(copy.path);
      isKnown = true;
      continue;
    }
    const next = chain.next(line);
    if (typeof next === 'string') {
      throw new CommandFailure(`The manager’s readings are broken: ${next}.`, exitCodes.refused);
    }
    await copy.add(line);
    tell(context, chain.batch);
  }
  if (!isKnown) throw otherReadings(copy.path);
  if (context.terminal.errorIsTerminal) context.terminal.status('');
  return { last: chain.batch, added: chain.batch - known };
}

async function batchesFrom(
  batch: number,
  { client, terminal }: Context,
): Promise<AsyncIterable<string> | null> {
  try {
    return await client.batches(batch === 0 ? {} : { from: batch }, terminal.closed);
  } catch (error) {
    const isDropped = error instanceof ManagerError && error.problem?.code === 'log-truncated';
    if (!isDropped) throw error;
    return null;
  }
}

function otherReadings(path: string): CommandFailure {
  const detail = `The readings in ${path} are not the beginning of the cluster’s. Name another place.`;
  return new CommandFailure(detail, exitCodes.refused);
}

function tell({ terminal }: Context, batch: number): void {
  if (terminal.errorIsTerminal && batch % progressEvery === 0) {
    terminal.status(`batch ${batch} of the readings …`);
  }
}

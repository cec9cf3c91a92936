import {
  chainVerifier,
  decodeStoredCommit,
  emptyHead,
  headOf,
  positionIn,
  type LogHead,
} from '@oakring/events';
import type { ManagerClient } from '../../client/manager-client.js';
import { ManagerError } from '../../client/manager-error.js';
import { CommandFailure, exitCodes } from '../../exit-codes.js';
import { damageLine } from '../audit/store.js';
import type { Context } from '../context.js';
import { firstDifference } from './first-difference.js';
import { LineFile } from './line-file.js';

/** A progress line after so many commits. */
const progressEvery = 1_000;

interface Copied {
  readonly position: number;
  readonly hash: string;
  /** Of them new. */
  readonly added: number;
}

/** Brings a file of commits up to what the ledger of a running cluster has. */
export async function copyLedger(path: string, context: Context): Promise<Copied> {
  const copy = await LineFile.open(path);
  try {
    const copied = await addNew(copy, context);
    await copy.finish();
    return copied;
  } finally {
    clear(context);
    await copy.close();
  }
}

/** What the copy ends with is asked for once more: what follows it belongs to it if the two are the same. */
async function addNew(copy: LineFile, context: Context): Promise<Copied> {
  const { before } = copy;
  const head = headIn(copy);
  const chain = chainVerifier(head);
  const asked = await commitsFrom(Math.max(1, head.position), copy, context);
  let isKnown = before.line === null;
  for await (const line of asked.lines) {
    if (!isKnown) {
      if (line !== before.line) throw await otherHistory(copy, context);
      isKnown = true;
      continue;
    }
    const decoded = decodeStoredCommit(line, chain.head.position + 1);
    const damage = decoded.status === 'damaged' ? decoded.damage : chain.next(decoded.commit);
    if (damage !== null) {
      throw new CommandFailure(`The manager’s ledger is ${damageLine(damage)}`, exitCodes.refused);
    }
    await copy.add(line);
    tell(context, chain.head.position, asked.head);
  }
  const { position, hash } = chain.head;
  if (!isKnown) throw await otherHistory(copy, context);
  if (position < asked.head) throw cutOff(position, asked.head);
  return { position, hash, added: position - head.position };
}

async function commitsFrom(
  from: number,
  copy: LineFile,
  context: Context,
): Promise<Awaited<ReturnType<ManagerClient['commits']>>> {
  try {
    return await context.client.commits({ from }, context.terminal.closed);
  } catch (error) {
    const isBeyond = error instanceof ManagerError && error.problem?.code === 'position-invalid';
    if (!isBeyond) throw error;
    throw await otherHistory(copy, context);
  }
}

/** It lacks what the backup has, or says something else there. */
async function otherHistory(copy: LineFile, { client, ports }: Context): Promise<CommandFailure> {
  const { path } = copy;
  const head = headIn(copy);
  const { position: end } = await client.head();
  const at = await firstDifference(path, Math.min(end, head.position), { client, ports });
  const detail =
    at === null
      ? `The cluster went back: its ledger ends at position ${end}, and the backup in ${path} at ${head.position}. ` +
        'What it has is in there.'
      : `The backup in ${path} is of another history than the cluster’s: they differ from position ${at} on.`;
  return new CommandFailure(
    `${detail} Nothing was written; name another place.`,
    exitCodes.refused,
  );
}

function cutOff(position: number, head: number): CommandFailure {
  const detail = `The manager ended its answer at position ${position} of ${head}. Run it again: it goes on there.`;
  return new CommandFailure(detail, exitCodes.unreachable);
}

/** Throws a CommandFailure when the last line is no commit. */
function headIn({ path, before: { line } }: LineFile): LogHead {
  if (line === null) return emptyHead;
  const decoded = decodeStoredCommit(line, positionIn(line));
  if (decoded.status === 'commit') return headOf(decoded.commit);
  const detail = `${path} is no backup of ours: its last line is no commit: ${decoded.damage.detail}.`;
  throw new CommandFailure(detail, exitCodes.refused);
}

function tell({ terminal }: Context, position: number, head: number): void {
  if (terminal.errorIsTerminal && position % progressEvery === 0) {
    terminal.status(`${position} of ${head} commits …`);
  }
}

function clear({ terminal }: Context): void {
  if (terminal.errorIsTerminal) terminal.status('');
}

import { chainVerifier, decodeStoredCommit, readCheckpoint } from '@oakring/events';
import { lockFolder } from '@oakring/host';
import type { Command } from 'commander';
import type { ManagerClient } from '../../client/manager-client.js';
import { ManagerError } from '../../client/manager-error.js';
import { CommandFailure, exitCodes } from '../../exit-codes.js';
import { counted } from '../../render/measures.js';
import { damageLine, storeOf } from '../audit/store.js';
import { contextOf, type Context, type Surroundings } from '../context.js';
import type { BackupOptions } from './backup-options.js';
import { firstDifference } from './first-difference.js';
import { keepKeys, keysIn, passphraseOf } from './keys.js';
import { LedgerCopy } from './ledger-copy.js';
import { placeOf, type BackupPlace } from './place.js';

/** A progress line after so many commits. */
const progressEvery = 1_000;

interface Copied {
  readonly position: number;
  readonly hash: string;
  /** Of them new. */
  readonly added: number;
}

/** Copies the ledger of a running cluster, or what of it is not in the backup yet. */
export async function takeBackup(
  surroundings: Surroundings,
  command: Command,
  options: BackupOptions,
): Promise<void> {
  const context = contextOf(surroundings, command);
  const { client, terminal, json } = context;
  const place = await placeOf(options.to);
  const keeping = await keysToKeep(surroundings, place, options);
  const holder = { pid: process.pid, what: 'oakring backup' };
  const lock = place.folder === null ? null : await lockFolder(place.folder, holder);
  try {
    // Asked first: whatever is sealed by now is in what is copied after it.
    const sealed = await sealedBy(client);
    const { position, hash, added } = await copyLedger(place.ledger, context);
    if (keeping !== null) {
      const { folder, data, store, passphrase } = keeping;
      await keepKeys(folder, await keysIn(data, store, context), passphrase);
    }
    const keys = keeping !== null;
    if (json) {
      const told = { position, hash, added, sealed, to: place.ledger, keys };
      return terminal.out(JSON.stringify(told));
    }
    const { colors } = terminal;
    terminal.out(`backed up: positions 1–${position}, head ${hash}`);
    terminal.out(colors.dim(`${counted(added, 'commit')} new in ${place.ledger}`));
    terminal.out(colors.dim(sealLine(sealed, position)));
    if (keys) terminal.out(colors.dim(`with the keys of ${keeping.data}, encrypted`));
    else if (options.withoutKeys !== true) terminal.error(colors.yellow(withoutKeys));
  } finally {
    await lock?.release();
  }
}

const withoutKeys =
  'Note: without keys, which no manager hands out. seal-key.pem and cluster-secret lie in the data folder of a manager: ' +
  'with --data <folder> they are in the backup, encrypted. A cluster that comes back without its cluster-secret refuses ' +
  'every worker that has a token of it, until its node is forgotten. (--without-keys: say this no more.)';

interface Keeping {
  readonly folder: string;
  readonly data: string;
  readonly store: string;
  readonly passphrase: string;
}

/** Null: none. Asked for before anything is done. */
async function keysToKeep(
  surroundings: Surroundings,
  { folder }: BackupPlace,
  { data, store, passphraseFile, withoutKeys: isWithout }: BackupOptions,
): Promise<Keeping | null> {
  if (data === undefined) {
    if (passphraseFile === undefined) return null;
    const detail =
      '--passphrase-file is for keys: --data names the folder of the manager that has them.';
    throw new CommandFailure(detail, exitCodes.usage);
  }
  if (isWithout === true) {
    const detail = '--data asks for keys, and --without-keys for none: name one of them.';
    throw new CommandFailure(detail, exitCodes.usage);
  }
  if (folder === null) {
    const detail = 'Keys lie beside the ledger: --to has to name a folder.';
    throw new CommandFailure(detail, exitCodes.usage);
  }
  const env = { ...surroundings.env, OAKRING_DATA: data };
  const passphrase = await passphraseOf(surroundings, passphraseFile);
  return { folder, data, store: storeOf(env, store), passphrase };
}

async function copyLedger(path: string, context: Context): Promise<Copied> {
  const copy = await LedgerCopy.open(path);
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
async function addNew(copy: LedgerCopy, context: Context): Promise<Copied> {
  const { before } = copy;
  const chain = chainVerifier(before.head);
  const asked = await commitsFrom(Math.max(1, before.head.position), copy, context);
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
  return { position, hash, added: position - before.head.position };
}

async function commitsFrom(
  from: number,
  copy: LedgerCopy,
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
async function otherHistory(
  { path, before: { head } }: LedgerCopy,
  { client, ports }: Context,
): Promise<CommandFailure> {
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

interface Sealed {
  readonly position: number;
  readonly fingerprint: string;
}

/** The newest checkpoint; null: there is none. */
async function sealedBy(client: ManagerClient): Promise<Sealed | null> {
  const { checkpoint } = await client.ledgerKeys();
  const read = checkpoint === null ? null : readCheckpoint(checkpoint);
  if (read?.status !== 'checkpoint') return null;
  const { position, fingerprint } = read.checkpoint;
  return { position, fingerprint };
}

function sealLine(sealed: Sealed | null, position: number): string {
  if (sealed === null) return 'nobody has signed a checkpoint of it yet';
  const later = counted(position - sealed.position, 'commit');
  return `sealed up to position ${sealed.position} by key ${sealed.fingerprint}; ${later} after it`;
}

function tell({ terminal }: Context, position: number, head: number): void {
  if (terminal.errorIsTerminal && position % progressEvery === 0) {
    terminal.status(`${position} of ${head} commits …`);
  }
}

function clear({ terminal }: Context): void {
  if (terminal.errorIsTerminal) terminal.status('');
}

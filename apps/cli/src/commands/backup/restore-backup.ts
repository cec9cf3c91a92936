import { decodeEvents, headOf, type Commit, type LedgerReport } from '@oakring/events';
import { lockFolder, type FolderLock } from '@oakring/host';
import {
  isMongoUrl,
  openStoreForRestore,
  type EventStore,
  type RestoreMark,
} from '@oakring/stores';
import type { Command } from 'commander';
import { readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CommandFailure, exitCodes } from '../../exit-codes.js';
import { counted } from '../../render/measures.js';
import { copyInto, refuseLedTarget } from '../audit/copy.js';
import { commitsIn } from '../audit/ledger-file.js';
import { commitsOf, storeOf, tryingOn, type Walked } from '../audit/store.js';
import { verified } from '../audit/verified.js';
import { clearProgress } from '../audit/verify.js';
import { contextOf, type Context, type Surroundings } from '../context.js';
import type { RestoreOptions } from './backup-options.js';
import { claimStore } from './claim-store.js';
import { hasKeys, keptKeys, passphraseOf, restoreKeys, type Keys } from './keys.js';
import { tailIn } from './line-file.js';
import { ledgerToRestore, type BackupPlace } from './place.js';
import { hasReadings, RestoredReadings } from './restore-readings.js';
import { Restoring } from './restored-commit.js';

/** Puts a backup into an empty store; goes on where it stopped when it was interrupted. */
export async function restoreBackup(
  surroundings: Surroundings,
  command: Command,
  options: RestoreOptions,
): Promise<void> {
  const context = contextOf(surroundings, command);
  const { ports } = context;
  const place = await ledgerToRestore(options.from);
  const { data, to } = targetOf(surroundings, options);
  const readings = readingsToRestore(place, options);
  const keys = await keysToRestore(surroundings, { place, data }, options);
  const holder = { pid: process.pid, what: 'oakring restore' };
  const locks: FolderLock[] = [];
  try {
    // A manager takes the data folder, and its ledger's where that is elsewhere.
    for (const folder of [data, to]) {
      if (folder !== null && !isMongoUrl(folder)) locks.push(await lockFolder(folder, holder));
    }
    if (!isMongoUrl(to)) await refuseOtherFiles(to);
    const source = await Source.of(place.ledger, context);
    const target = await tryingOn(() => openStoreForRestore(to, ports.timers), ports);
    try {
      await refuseLedTarget(target);
      const putKeys = async (): Promise<string | null> => {
        if (keys === null || data === null) return null;
        await restoreKeys(data, keys, target);
        return data;
      };
      const restored = readings === null ? null : new RestoredReadings(readings, data, target);
      await restore(source, target, { to, context, place, putKeys, readings: restored });
    } finally {
      await target.close();
    }
  } finally {
    for (const lock of locks.toReversed()) await lock.release();
  }
}

/** `data`: null where nobody names a data folder; `to`: where the ledger goes. */
function targetOf(
  { env }: Surroundings,
  { data, store }: RestoreOptions,
): { readonly data: string | null; readonly to: string } {
  const named = data ?? env['OAKRING_DATA'] ?? (store === undefined ? 'oakring-data' : undefined);
  if (named === undefined) return { data: null, to: storeOf(env, store) };
  return { data: resolve(named), to: storeOf({ ...env, OAKRING_DATA: named }, store) };
}

/** Null: nobody asks for them. */
function readingsToRestore(
  { folder }: BackupPlace,
  { telemetry, from }: RestoreOptions,
): string | null {
  if (telemetry !== true) return null;
  if (hasReadings(folder)) return folder;
  throw new CommandFailure(`The backup in ${from} has no readings.`, exitCodes.usage);
}

/** Null: the backup has none, or they stay where they are. */
async function keysToRestore(
  surroundings: Surroundings,
  { place, data }: { readonly place: BackupPlace; readonly data: string | null },
  { withoutKeys, passphraseFile }: RestoreOptions,
): Promise<Keys | null> {
  if (withoutKeys === true || place.folder === null || !hasKeys(place)) return null;
  if (data === null) {
    const detail =
      'The backup has keys, which go into a data folder: name it with --data, or leave them with --without-keys.';
    throw new CommandFailure(detail, exitCodes.usage);
  }
  return keptKeys(place.folder, await passphraseOf(surroundings, passphraseFile));
}

/** The file of a backup, found whole up to its last line that was written to its end. */
class Source {
  private constructor(
    private readonly path: string,
    private readonly bytes: number,
    readonly torn: number,
    readonly report: LedgerReport,
    readonly restoring: Restoring,
    private readonly context: Context,
  ) {}

  static async of(path: string, context: Context): Promise<Source> {
    const { bytes, torn } = await tailIn(path);
    const restoring = new Restoring();
    const walk = commitsIn(path, context.ports, { bytes });
    const report = await verified(walk, context, (commit) => restoring.take(commit));
    if (report.head.position === 0) {
      throw new CommandFailure(`The backup ${path} has no commits.`, exitCodes.refused);
    }
    return new Source(path, bytes, torn, report, restoring, context);
  }

  commits(): AsyncIterable<Walked> {
    return commitsIn(this.path, this.context.ports, { bytes: this.bytes });
  }
}

interface Going {
  readonly to: string;
  readonly place: BackupPlace;
  /** Resolves with where they are; null: none were put anywhere. */
  readonly putKeys: () => Promise<string | null>;
  /** Null: none are asked for. */
  readonly readings: RestoredReadings | null;
  readonly context: Context;
}

async function restore(
  source: Source,
  target: EventStore,
  { to, context, place, putKeys, readings }: Going,
): Promise<void> {
  const { terminal, json, ports } = context;
  const { report, restoring, torn } = source;
  const { position, hash } = report.head;
  const before = await tryingOn(() => target.log.head(), ports);
  const mark = await target.restoring.read();
  refuseOccupied(target.place, { before, mark, backup: report.head });
  await readings?.refuseOthers();
  await claimStore(target, { mark: { position, hash }, isBegun: mark !== null });
  if (before.position <= position) {
    await copyInto(target, source.commits(), context);
    const found = await verified(upTo(position, commitsOf(to, ports)), context);
    refuseDifferent(target.place, found.head.hash, hash);
    await append(target, await restoring.commit(report, target.log, ports));
  } else await refuseOtherEnd(target, report.head);
  const keysIn = await putKeys();
  const batches = (await readings?.put()) ?? null;
  await target.restoring.remove();
  clearProgress(terminal);
  const { epoch } = await target.log.head();
  const { standing, sealedTo } = report;
  if (json) {
    return terminal.out(
      JSON.stringify({ position, hash, standing, sealedTo, epoch, torn, keysIn, batches }),
    );
  }
  if (torn > 0) {
    const line = `Note: the last line of the backup was not written to its end, and is left out (${torn} bytes).`;
    terminal.error(terminal.colors.yellow(line));
  }
  terminal.out(`restored: positions 1–${position}, head ${hash}, as in the backup`);
  const { colors } = terminal;
  const seals = sealedTo === 0 ? 'under no seal that counts' : `sealed up to position ${sealedTo}`;
  terminal.out(colors.dim(`whole before and after, ${seals}; in ${target.place}`));
  terminal.out(colors.dim(besides(place, { keysIn, batches })));
  terminal.out(
    colors.dim(
      `Position ${position + 1} says so, of epoch ${epoch}. What the cluster wrote after the backup is lost.`,
    ),
  );
}

/** What of the backup was put back beside the ledger, and what was not. */
function besides(
  place: BackupPlace,
  { keysIn, batches }: { readonly keysIn: string | null; readonly batches: number | null },
): string {
  const left = hasKeys(place) ? 'its keys were left in it (--without-keys)' : 'it has no keys';
  const keys = keysIn === null ? left : `the keys of the backup are in ${keysIn}`;
  const unread = hasReadings(place.folder)
    ? 'its readings were left in it (--telemetry puts them back)'
    : 'it has no readings';
  const readings = batches === null ? unread : `${batches} batches of readings put back`;
  return `${keys}; ${readings}`;
}

/** Nothing is put on top of what is there, but for what an interrupted restore of the same backup left. */
function refuseOccupied(
  place: string,
  { before, mark, backup }: { before: RestoreMark; mark: RestoreMark | null; backup: RestoreMark },
): void {
  if (mark === null) {
    if (before.position === 0) return;
    const detail =
      `${place} is not empty: it holds a ledger of ${counted(before.position, 'commit')}, head ${before.hash}. ` +
      'Nothing was written; name an empty store.';
    throw new CommandFailure(detail, exitCodes.refused);
  }
  if (mark.position === backup.position && mark.hash === backup.hash) return;
  const detail =
    `In ${place} the restore of another backup was begun (${counted(mark.position, 'commit')}, head ${mark.hash}); ` +
    `this one has ${counted(backup.position, 'commit')}, head ${backup.hash}. Go on with that one, or empty the store.`;
  throw new CommandFailure(detail, exitCodes.refused);
}

/** All was there, and only the mark was left when it was interrupted. */
async function refuseOtherEnd({ log, place }: EventStore, backup: RestoreMark): Promise<void> {
  const [last] = await log.read({ from: backup.position + 1, limit: 1 });
  const isOurs =
    last?.prev === backup.hash && decodeEvents(last).some(({ type }) => type === 'LedgerRestored');
  if (isOurs) return;
  const detail = `${place} has more than the backup, and nobody restored it. Empty the store.`;
  throw new CommandFailure(detail, exitCodes.refused);
}

function refuseDifferent(place: string, found: string, wanted: string): void {
  if (found === wanted) return;
  const detail = `What was written to ${place} is not what the backup has: head ${found}, not ${wanted}.`;
  throw new CommandFailure(detail, exitCodes.refused);
}

async function append({ log, place }: EventStore, commit: Commit): Promise<void> {
  const { status } = await log.append(commit);
  if (status === 'appended') return;
  const detail = `The commit of position ${headOf(commit).position} could not be written to ${place}: ${status}.`;
  throw new CommandFailure(detail, exitCodes.unreachable);
}

async function* upTo(last: number, walk: AsyncIterable<Walked>): AsyncGenerator<Walked> {
  for await (const walked of walk) {
    if (walked.status === 'commit' && walked.commit.position > last) return;
    yield walked;
  }
}

/** What lies in a folder beside a ledger of ours is not known to us: it is no store. */
async function refuseOtherFiles(folder: string): Promise<void> {
  const ours = /^(data\.mdb|lock\.mdb|creating|found-sound\.json.*|restoring\.json.*|holder.*)$/;
  const others = (await readdir(folder)).filter((name) => !ours.test(name));
  if (others.length === 0) return;
  const some = `${others.slice(0, 3).join(', ')}${others.length > 3 ? ', …' : ''}`;
  const detail = `${folder} is no folder for a ledger: it holds ${some}. Name one that is empty.`;
  throw new CommandFailure(detail, exitCodes.refused);
}

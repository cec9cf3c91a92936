import { readCheckpoint } from '@oakring/events';
import { lockFolder } from '@oakring/host';
import type { Command } from 'commander';
import type { ManagerClient } from '../../client/manager-client.js';
import { CommandFailure, exitCodes } from '../../exit-codes.js';
import { counted } from '../../render/measures.js';
import { storeOf } from '../audit/store.js';
import { contextOf, type Surroundings } from '../context.js';
import type { BackupOptions } from './backup-options.js';
import { copyLedger } from './copy-ledger.js';
import { copyReadings } from './copy-readings.js';
import { hasKeys, keepKeys, keysIn, passphraseOf } from './keys.js';
import { placeOf, readingsIn, type BackupPlace } from './place.js';

/** Copies the ledger of a running cluster, or what of it is not in the backup yet. */
export async function takeBackup(
  surroundings: Surroundings,
  command: Command,
  options: BackupOptions,
): Promise<void> {
  const context = contextOf(surroundings, command);
  const { client, terminal, json } = context;
  const place = await placeOf(options.to);
  if (options.telemetry === true && place.folder === null) {
    const detail = 'Readings lie beside the ledger: --to has to name a folder.';
    throw new CommandFailure(detail, exitCodes.usage);
  }
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
    const keys = keeping !== null || hasKeys(place);
    const { folder } = place;
    const readings =
      options.telemetry === true && folder !== null
        ? await copyReadings(readingsIn(folder), context)
        : null;
    if (json) {
      const told = { position, hash, added, sealed, to: place.ledger, keys, readings };
      return terminal.out(JSON.stringify(told));
    }
    const { colors } = terminal;
    terminal.out(`backed up: positions 1–${position}, head ${hash}`);
    terminal.out(colors.dim(`${counted(added, 'commit')} new in ${place.ledger}`));
    terminal.out(colors.dim(sealLine(sealed, position)));
    if (readings !== null) {
      const { last, added: batches } = readings;
      terminal.out(colors.dim(`readings up to batch ${last}, ${batches} of them new`));
    }
    if (keeping !== null) {
      terminal.out(colors.dim(`with the keys of ${keeping.data}, encrypted`));
    } else if (keys) {
      terminal.out(colors.dim('with the keys that it had, as they were (--data writes them anew)'));
    } else if (options.withoutKeys !== true) terminal.error(colors.yellow(withoutKeys));
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

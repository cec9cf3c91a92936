import { openBox, sealBox } from '@oakring/host';
import { isMongoUrl, openStoreForRestore, type EventStore } from '@oakring/stores';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandFailure, exitCodes } from '../../exit-codes.js';
import { writeWhole } from '../../config/write-whole.js';
import type { Context, Surroundings } from '../context.js';
import type { BackupPlace } from './place.js';

const fileName = 'keys.json';
const passphraseVariable = 'OAKRING_BACKUP_PASSPHRASE';
/** What a manager signs with. */
const sealKeyName = 'seal-key.pem';
/** What the tokens of workers are made of; with MongoDB it lies there. */
const secretName = 'cluster-secret';

/** Each in base64, by the name of its file in a data folder. */
export interface Keys {
  readonly [sealKeyName]: string;
  readonly [secretName]: string;
}

/** Throws a CommandFailure where none is given. It never comes by the command line, which everybody can read. */
export async function passphraseOf(
  { env, io }: Surroundings,
  file: string | undefined,
): Promise<string> {
  const given = env[passphraseVariable] ?? '';
  const text = file === undefined ? given : file === '-' ? await io.input() : await textIn(file);
  // What an editor or `echo` adds.
  const passphrase = text.replace(/\r?\n$/, '');
  if (passphrase !== '') return passphrase;
  const detail = `Keys are encrypted with a passphrase: name a file of it with --passphrase-file (- is standard input), or set ${passphraseVariable}.`;
  throw new CommandFailure(detail, exitCodes.usage);
}

async function textIn(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: Error) => {
    const detail = `The passphrase cannot be read from ${file}: ${error.message}. --passphrase-file names a file that holds it.`;
    throw new CommandFailure(detail, exitCodes.usage);
  });
}

/** The keys of a manager of this machine: no manager hands them out. `store`: where its ledger is. */
export async function keysIn(
  data: string,
  store: string,
  { ports }: Pick<Context, 'ports'>,
): Promise<Keys> {
  const sealKey = await keyIn(join(data, sealKeyName));
  if (!isMongoUrl(store)) {
    return { [sealKeyName]: sealKey, [secretName]: await keyIn(join(data, secretName)) };
  }
  const opened = await openStoreForRestore(store, ports.timers);
  const secret = opened.secret?.toString('base64') ?? '';
  await opened.close();
  return { [sealKeyName]: sealKey, [secretName]: secret };
}

async function keyIn(path: string): Promise<string> {
  return readFile(path, 'base64').catch((error: Error) => {
    const detail = `There are no keys of a manager: ${path} cannot be read: ${error.message}. --data names the data folder of a manager on this machine.`;
    throw new CommandFailure(detail, exitCodes.unreachable);
  });
}

/** Written anew each time, whole or not at all. */
export async function keepKeys(folder: string, keys: Keys, passphrase: string): Promise<void> {
  await writeWhole(join(folder, fileName), await sealBox(JSON.stringify(keys), passphrase));
}

export function hasKeys({ folder }: BackupPlace): boolean {
  return folder !== null && existsSync(join(folder, fileName));
}

/** Throws a CommandFailure when the passphrase is another. */
export async function keptKeys(folder: string, passphrase: string): Promise<Keys> {
  const path = join(folder, fileName);
  const text = await openBox(await readFile(path, 'utf8'), passphrase).catch((error: Error) => {
    throw new CommandFailure(`${path} holds no keys: ${error.message}.`, exitCodes.refused);
  });
  if (text !== null) return JSON.parse(text) as Keys;
  throw new CommandFailure(`${path} is of another passphrase, or was changed.`, exitCodes.refused);
}

/** Where a manager will look for them. What is there already is not replaced. */
export async function restoreKeys(data: string, keys: Keys, store: EventStore): Promise<void> {
  await put(join(data, sealKeyName), keys[sealKeyName]);
  if (store.keepSecret === null) await put(join(data, secretName), keys[secretName]);
  else await store.keepSecret(Buffer.from(keys[secretName], 'base64'));
}

async function put(path: string, key: string): Promise<void> {
  const there = await readFile(path, 'base64').catch(() => null);
  if (there === key) return;
  if (there !== null) {
    const detail = `${path} is another key than that of the backup. Move it away, or restore with --without-keys.`;
    throw new CommandFailure(detail, exitCodes.refused);
  }
  await writeWhole(path, Buffer.from(key, 'base64'));
}

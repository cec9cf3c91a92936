import { OakringError, systemCodeOf } from '@oakring/contracts';
import { newSealingKey, prepareFolder, sealingKeyBytes } from '@oakring/host';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

const ownerOnly = 0o600;
/** Bits of whoever is not the owner. */
const otherBits = 0o077;
const hexadecimal = new RegExp(`^[0-9a-f]{${sealingKeyBytes * 2}}$`, 'i');

/** Where the key lies that wraps all others. */
export interface MasterKeyPlace {
  /** For messages. */
  readonly path: string;
  /** Null: there is none. */
  read(): Promise<Buffer | null>;
  /** Makes the first one; null: that is for an operator to do. */
  readonly make: (() => Promise<Buffer>) | null;
}

/** `isOurs`: it is made there where nothing was ever encrypted. */
export function masterKeyAt(path: string, isOurs: boolean): MasterKeyPlace {
  return {
    path,
    read: () => readMasterKey(path),
    make: isOurs ? () => makeMasterKey(path) : null,
  };
}

/**
 * The key in a file of 64 hexadecimal digits; null: there is no such file. Throws `secrets-key-unusable` where others
 * may read it, or it is no key.
 */
async function readMasterKey(path: string): Promise<Buffer | null> {
  try {
    const mode = (await stat(path)).mode & 0o777;
    if ((mode & otherBits) !== 0) {
      const shown = mode.toString(8);
      throw unusable(path, `its mode is 0${shown}, and others may read or change it: chmod 600`);
    }
    const text = (await readFile(path, 'utf8')).trim();
    if (!hexadecimal.test(text)) {
      throw unusable(path, `it does not hold ${sealingKeyBytes * 2} hexadecimal digits`);
    }
    return Buffer.from(text, 'hex');
  } catch (error) {
    if (error instanceof OakringError) throw error;
    if (systemCodeOf(error) === 'ENOENT') return null;
    throw unusable(path, error instanceof Error ? error.message : String(error));
  }
}

/** Whole or not at all: half a key would stop every later start. */
async function makeMasterKey(path: string): Promise<Buffer> {
  await prepareFolder(dirname(path));
  const key = newSealingKey();
  const draft = `${path}.new`;
  await rm(draft, { force: true });
  const file = await open(draft, 'wx', ownerOnly);
  try {
    await file.writeFile(`${key.toString('hex')}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
  const folder = await open(dirname(path), 'r');
  await folder.sync().finally(() => folder.close());
  return key;
}

export function unusable(path: string, reason: string): OakringError {
  return new OakringError({
    code: 'secrets-key-unusable',
    detail: `The key of the secrets, ${path}, cannot be used: ${reason}.`,
    field: 'OAKRING_SECRETS_KEY_FILE',
    value: path,
  });
}

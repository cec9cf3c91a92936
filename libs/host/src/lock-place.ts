import { sha256 } from '@oakring/crypto';
import { closeSync, constants, openSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where the sockets of a folder's lock lie, under paths short enough for a socket's address. */
export interface LockPlace {
  /** Path of the lock itself. */
  readonly lock: string;
  /** Path of another file beside it. */
  path(suffix: string): string;
  close(): void;
}

/** A socket's address takes 104 bytes on some systems, 108 on Linux, with the closing zero. */
const maxAddressBytes = 100;
const lockName = 'holder';
/** Room for the longest suffix that the lock uses. */
const suffixBytes = 24;

/**
 * In the folder itself. Where its path is too long: on Linux through the number of the open folder,
 * elsewhere in the system's folder for temporary files, under a name made of device and inode.
 */
export async function lockPlace(folder: string): Promise<LockPlace> {
  const direct = join(folder, lockName);
  if (Buffer.byteLength(direct) + suffixBytes <= maxAddressBytes) {
    return placeAt(direct, () => undefined);
  }
  if (process.platform === 'linux') {
    const handle = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
    return placeAt(`/proc/self/fd/${handle}/${lockName}`, () => closeSync(handle));
  }
  const { dev, ino } = await stat(folder);
  const digest = sha256(`${dev}:${ino}`).slice(0, 16);
  return placeAt(join(tmpdir(), `oakring-${digest}`), () => undefined);
}

function placeAt(base: string, close: () => void): LockPlace {
  return { lock: `${base}.sock`, path: (suffix) => `${base}-${suffix}`, close };
}

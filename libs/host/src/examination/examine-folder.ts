import { access, constants, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCodeOf } from '@oakring/contracts';
import { refuseOpenFolder } from '../folder.js';
import { isNearlyFull, type Room } from '../room-on.js';
import { badFinding, shownBytes, type Finding } from './finding.js';

const mebibyte = 1_048_576;
/** What a manager writes in its quietest day, with room for a snapshot: under it every start is a risk. */
const fewestFreeBytes = 128 * mebibyte;

/** Kinds of file systems by the number that Linux has for them, where they are not just a disk. */
const kinds: ReadonlyMap<number, { readonly name: string; readonly problem: string | null }> =
  new Map([
    ...[0x6969, 0xfe534d42, 0xff534d42, 0x517b, 0x5346414f, 0x00c36400, 0x01021997].map(
      (number) => [number, { name: 'a file system over a network', problem: 'network' }] as const,
    ),
    [0x01021994, { name: 'tmpfs', problem: 'memory' }],
    [0x858458f6, { name: 'ramfs', problem: 'memory' }],
    [0x794c7630, { name: 'overlay', problem: 'layer' }],
    [0xef53, { name: 'ext4', problem: null }],
    [0x58465342, { name: 'xfs', problem: null }],
    [0x9123683e, { name: 'btrfs', problem: null }],
    [0xf2f52010, { name: 'f2fs', problem: null }],
    [0x2fc12fc1, { name: 'zfs', problem: null }],
  ]);

/** A folder's disk, as it was found. */
export interface Disk extends Room {
  /** As Linux numbers it. */
  readonly kind: number;
  /** Null: the file system counts none. */
  readonly freeInodes: number | null;
}

/**
 * A folder of ours, or the place where it is going to be made: whether it can be written, is for nobody
 * else, has room, and whether lmdb can rely on what it lies on. `looked` names it with its setting.
 */
export async function examineFolder(folder: string, looked: string): Promise<readonly Finding[]> {
  const place = await nearestFolder(folder);
  try {
    await access(place, constants.R_OK | constants.W_OK | constants.X_OK);
    if (place === folder) await refuseOpenFolder(folder);
  } catch (error) {
    return [unwritable(folder, place, looked, error)];
  }
  const seen = place === folder ? 'it can be written' : `it will be made in ${place}`;
  const { type, bsize, bavail, blocks, files, ffree } = await statfs(place);
  const disk = {
    ...{ kind: type, freeBytes: bavail * bsize, totalBytes: blocks * bsize },
    freeInodes: files === 0 ? null : ffree,
  };
  return [{ part: 'disk', level: 'ok', looked, seen }, ...judgeDisk(disk, looked)];
}

export function judgeDisk(disk: Disk, looked: string): readonly Finding[] {
  return [roomOf(disk, `room for ${looked}`), kindOf(disk, `file system of ${looked}`)];
}

function roomOf(disk: Disk, looked: string): Finding {
  const { freeBytes, totalBytes, freeInodes } = disk;
  const seen = `${shownBytes(freeBytes)} of ${shownBytes(totalBytes)} free`;
  const about = { part: 'disk', looked };
  const remedy = 'Make room, or move the data; docs/sizing.md says how much a ledger grows.';
  if (freeInodes === 0) return { ...about, level: 'bad', seen: `${seen}, no inode free`, remedy };
  if (freeBytes < fewestFreeBytes) return { ...about, level: 'bad', seen, remedy };
  if (isNearlyFull(disk)) return { ...about, level: 'warning', seen, remedy };
  return { ...about, level: 'ok', seen };
}

function kindOf({ kind }: Disk, looked: string): Finding {
  const known = kinds.get(kind);
  const name = known?.name ?? `of a kind that is not known here (0x${kind.toString(16)})`;
  const about = { part: 'disk', looked, seen: name };
  switch (known?.problem) {
    case 'network':
      return {
        ...about,
        level: 'bad',
        remedy:
          'Use a local disk: what lmdb maps into memory and locks is not kept whole over a network. ' +
          'To have the ledger elsewhere, keep it in MongoDB (OAKRING_STORE).',
      };
    case 'memory':
      return { ...about, level: 'warning', remedy: 'Use a disk: this is gone after a restart.' };
    case 'layer':
      return {
        ...about,
        level: 'warning',
        remedy: 'Mount a volume: what lies in the container itself goes with it.',
      };
    default:
      return { ...about, level: known === undefined ? 'unknown' : 'ok' };
  }
}

function unwritable(folder: string, place: string, looked: string, error: unknown): Finding {
  if (systemCodeOf(error) === null || place === folder) return badFinding('disk', looked, error);
  return {
    part: 'disk',
    level: 'bad',
    looked,
    seen: `it is not there, and cannot be made in ${place} (${systemCodeOf(error)})`,
    remedy: `Make it for the user that runs this: install -d -m 0700 -o <user> ${folder}`,
  };
}

/** The folder itself, or the one above it that is there. */
export async function nearestFolder(folder: string): Promise<string> {
  const isThere = await stat(folder).then(
    () => true,
    () => false,
  );
  const above = dirname(folder);
  return isThere || above === folder ? folder : nearestFolder(above);
}

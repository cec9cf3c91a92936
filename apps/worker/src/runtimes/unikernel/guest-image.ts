import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { shortened } from '@oakring/contracts';
import { StartFailure } from '../runtime.port.js';
import { makeRoom, maxCacheBytes, noteUse } from './image-cache.js';
import { compareHash, fetchImage } from './fetch-image.js';

/** A kernel that QEMU loads itself (ELF, Linux, multiboot), or a disk that the machine boots from. */
export type ImageKind = 'kernel' | 'qcow2' | 'raw';

export interface GuestImage {
  readonly path: string;
  readonly kind: ImageKind;
}

/** What an `image` of a unikernel names: a file of this machine, or one to be fetched, and what is in it. */
export interface NamedImage {
  readonly place: string;
  readonly isUrl: boolean;
  /** SHA-256 of its bytes, 64 hexadecimal digits; null: anything (of a file of this machine only). */
  readonly sha256: string | null;
}

/** `<path or URL>[#sha256=<64 hexadecimal digits>]`; of a URL the hash must be there. */
export function namedImage(image: string): NamedImage {
  const [named = '', ...fragments] = image.split('#');
  const place = named.startsWith('file://') ? pathOfUrl(named, image) : named;
  const fragment = fragments.join('#');
  const sha256 = /^sha256=([0-9a-f]{64})$/.exec(fragment)?.[1] ?? null;
  const isUrl = /^https?:\/\//.test(place) && URL.canParse(place);
  if (fragment !== '' && sha256 === null) {
    throw unusable(
      image,
      `ends with #${shortened(fragment)}, not with #sha256=<64 hexadecimal digits>`,
    );
  }
  if (isUrl && sha256 === null) {
    throw unusable(
      image,
      'is an address without the hash of what is there: add #sha256=<64 hexadecimal digits>',
    );
  }
  if (!isUrl && !isAbsolute(place)) {
    throw unusable(image, 'is neither an absolute path nor an http(s) address');
  }
  return { place, isUrl, sha256 };
}

function pathOfUrl(url: string, image: string): string {
  try {
    return fileURLToPath(url);
  } catch {
    throw unusable(image, 'is no address of a file of this machine');
  }
}

/** What images are taken from, and where those that were fetched are kept. */
export interface ImageSources {
  /** Fetched ones, by hash. */
  readonly cache: string;
  /** Of this start alone, for what is half fetched. */
  readonly start: string;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  /** Folders of this machine whose files jobs may boot. */
  readonly folders: readonly string[];
}

/**
 * The file to boot. Fetches it where it is not here yet; `progress` hears of that. Throws
 * `StartFailure` with what is wrong with it.
 */
export async function imageAt(
  named: NamedImage,
  { cache, folders, start, nowMs }: ImageSources,
  signal: AbortSignal,
  progress: (what: string) => void,
): Promise<GuestImage> {
  const { place, isUrl, sha256 } = named;
  if (isUrl && sha256 !== null) {
    const path = join(cache, sha256);
    const order = { url: place, sha256, path, beside: `${path}.${start}.part` };
    const isNew = !(await isThere(path));
    if (isNew) await fetchImage(order, signal, progress);
    await noteUse(path, nowMs);
    if (isNew) await makeRoom(cache, maxCacheBytes);
    return { path, kind: await kindOf(path, place) };
  }
  const path = await allowedFile(place, folders);
  if (sha256 !== null) compareHash(await hashOf(path), sha256, place);
  return { path, kind: await kindOf(path, place) };
}

/** By where it really lies: a link must not lead out of the folders. */
async function allowedFile(place: string, folders: readonly string[]): Promise<string> {
  const path = await realpath(place).catch(() => null);
  const real = await Promise.all(folders.map((folder) => realpath(folder).catch(() => null)));
  const isWithin = (folder: string | null): boolean =>
    folder !== null &&
    path !== null &&
    path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
  if (path !== null && real.some(isWithin)) return path;
  // Of a file outside nothing is told, not even whether it is there.
  const where = folders.join(', ');
  throw unusable(place, `is no file below ${where}, where this machine’s owner keeps images`);
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

const headBytes = 8_192 + 48;

/**
 * By what its first bytes say: ELF, Linux (`HdrS` at 0x202: Documentation/arch/x86/boot.rst; `ARMd` at 56 on arm64),
 * multiboot (its magic in the first 8 KiB, on a word), qcow2 (`QFI\xfb`), or a boot sector (0x55 0xAA at 510).
 */
async function kindOf(path: string, place: string): Promise<ImageKind> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    const head = buffer.subarray(0, bytesRead);
    const kind = kindOfHead(head);
    if (kind === 'qcow2' && leadsElsewhere(head)) {
      throw unusable(
        place,
        'rests on another file (a backing or data file of qcow2): make one image of them',
      );
    }
    if (kind !== null) return kind;
  } finally {
    await file.close();
  }
  throw unusable(
    place,
    'is none that can be booted: no kernel (ELF, Linux, multiboot), no qcow2 and no disk with a boot sector',
  );
}

const multibootMagic = 0x1b_ad_b0_02;

export function kindOfHead(head: Buffer): ImageKind | null {
  const has = (text: string, at: number): boolean =>
    head.subarray(at, at + text.length).equals(Buffer.from(text, 'latin1'));
  if (has('\x7fELF', 0) || has('HdrS', 0x202) || has('ARMd', 56)) return 'kernel';
  if (has('QFI\xfb', 0)) return 'qcow2';
  for (let at = 0; at + 4 <= head.length; at += 4) {
    if (head.readUInt32LE(at) === multibootMagic) return 'kernel';
  }
  return has('\x55\xaa', 510) ? 'raw' : null;
}

const backingFileAt = 8;
const incompatibleFeaturesAt = 72;
const externalDataFile = 1n << 2n;

/**
 * Whether the guest would read another file of this machine through it
 * (https://www.qemu.org/docs/master/interop/qcow2.html: header).
 */
function leadsElsewhere(head: Buffer): boolean {
  if (head.length < incompatibleFeaturesAt + 8) return true;
  if (head.readBigUInt64BE(backingFileAt) !== 0n) return true;
  const isVersion2 = head.readUInt32BE(4) < 3;
  return !isVersion2 && (head.readBigUInt64BE(incompatibleFeaturesAt) & externalDataFile) !== 0n;
}

function unusable(image: string, why: string): StartFailure {
  return new StartFailure(`image ${JSON.stringify(shortened(image))} ${why}`, 'job');
}

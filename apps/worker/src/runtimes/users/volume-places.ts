import { constants, type Stats } from 'node:fs';
import { lstat, mkdir, open as openFile, readdir, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isObject, OakringError } from '@oakring/contracts';
import { ifGone } from '../guard-record.js';
import { StartFailure } from '../runtime.port.js';
import type { UserIdentity } from './user-identity.js';

const ownersAlone = 0o700;
/** Others reach what lies in it by its name, and cannot see what there is. */
const passable = 0o711;
const othersWrite = 0o022;
/** In such a folder (/tmp) nobody removes or renames what is somebody else's. */
const sticky = 0o1000;
// What a worker of root changes is the folder it has looked at, never where a link leads.
const asFolder = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/** Where named volumes of processes lie. */
export interface VolumePlaces {
  /** In the worker's own folder, which nobody else enters. */
  readonly closed: string;
  /** Where users of jobs get to; null: there are none. */
  readonly open: string | null;
}

/**
 * The folder of a volume, made where it is not there yet: its user's (null: the worker's), and nobody else's. One that was
 * made in the worker's own folder, before it had users, stays there. Rejects where the user cannot have it: nobody's data
 * changes its owner by itself.
 */
export async function volumeFolder(
  { closed, open }: VolumePlaces,
  name: string,
  user: UserIdentity | null,
): Promise<string> {
  const before = join(closed, name);
  if (open === null || (await lookAt(before)) !== null) {
    if (user !== null)
      throw notTheirs(name, user, `it lies in ${before}, which only the worker enters`, open);
    await mkdir(before, { recursive: true, mode: ownersAlone });
    return before;
  }
  const why = await makePlace(open);
  if (why !== null)
    throw new StartFailure(`cannot start: no volumes can be had here: ${why}`, 'node');
  const folder = join(open, name);
  await makeFolder(folder, ownersAlone);
  const found = await lstat(folder);
  if (!found.isDirectory()) throw notTheirs(name, user, `${folder} is no folder`, open);
  if (found.uid === (user?.uid ?? process.getuid?.())) return folder;
  // A worker that ended just here has made it, and not given it to anybody.
  const isNew = found.uid === process.getuid?.() && (await readdir(folder)).length === 0;
  if (user === null || !isNew) {
    throw notTheirs(name, user, `${folder} belongs to uid ${found.uid}`, open);
  }
  const handle = await openFile(folder, asFolder);
  try {
    await handle.chown(user.uid, user.gid);
  } finally {
    await handle.close();
  }
  return folder;
}

/**
 * Also at each start of the worker: systemd closes a StateDirectory again, and what runs would lose its volumes. Throws
 * `data-folder-unusable` where somebody else could put another folder, or a link, in its place.
 */
export async function openPlace(open: string): Promise<void> {
  const why = await makePlace(open);
  if (why === null) return;
  const detail = `The volumes of processes cannot lie in ${open}: ${why}.`;
  const field = 'OAKRING_WORKER_DATA';
  throw new OakringError({ code: 'data-folder-unusable', detail, field, value: open });
}

/** Null, or why what lies there would not be safe from others, and what to do. Nothing is changed. */
export async function whyNotPlace(open: string): Promise<string | null> {
  return (await whyNotAbove(open)) ?? whyNotOurs(open, await lookAt(open));
}

async function makePlace(open: string): Promise<string | null> {
  const above = await whyNotAbove(open);
  if (above !== null) return above;
  await makeFolder(open, passable);
  const why = whyNotOurs(open, await lookAt(open));
  if (why !== null) return why;
  const handle = await openFile(open, asFolder);
  try {
    // Whatever the worker's umask is.
    await handle.chmod(passable);
  } finally {
    await handle.close();
  }
  return null;
}

/** Whoever may write a folder above it can move what is below. */
async function whyNotAbove(open: string): Promise<string | null> {
  let folder = await realpath(dirname(open));
  for (;;) {
    const { uid, mode } = await stat(folder);
    if (uid !== 0 && uid !== process.getuid?.()) {
      return `${folder}, above it, belongs to uid ${uid}: put the data folder where only root writes (/var/lib)`;
    }
    if ((mode & othersWrite) !== 0 && (mode & sticky) === 0) {
      return `others may write ${folder}, above it (mode ${octal(mode)}): chmod go-w ${folder}, or put the data folder elsewhere`;
    }
    const above = dirname(folder);
    if (above === folder) return null;
    folder = above;
  }
}

function whyNotOurs(open: string, found: Stats | null): string | null {
  if (found === null) return null;
  if (!found.isDirectory()) return `${open} is no folder (or a link to one): remove it`;
  if (found.uid !== process.getuid?.()) {
    return `${open} belongs to uid ${found.uid}, not to the worker: look who made it, and chown it`;
  }
  if ((found.mode & othersWrite) === 0) return null;
  return `others may write ${open} (mode ${octal(found.mode)}): look what they put there, and chmod go-w`;
}

async function makeFolder(folder: string, mode: number): Promise<void> {
  await mkdir(folder, { mode }).catch((error: unknown) => {
    if (!isObject(error) || error['code'] !== 'EEXIST') throw error;
  });
}

/** Of itself, also where it is a link; null: it is not there. */
function lookAt(path: string): Promise<Stats | null> {
  return lstat(path).catch(ifGone(null));
}

function octal(mode: number): string {
  return (mode & 0o7777).toString(8);
}

function notTheirs(
  volume: string,
  user: UserIdentity | null,
  why: string,
  open: string | null,
): StartFailure {
  const who = user === null ? "the worker's own user" : `the user ${user.name}`;
  const owner = user === null ? String(process.getuid?.()) : `${user.uid}:${user.gid}`;
  const remedy = `give it to that user (chown -R ${owner}), in ${join(open ?? '', volume)}`;
  return new StartFailure(
    `cannot start: the volume ${volume} is not for ${who}: ${why}; ${remedy}`,
    'node',
  );
}

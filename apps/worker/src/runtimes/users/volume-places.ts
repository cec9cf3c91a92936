import { chmod, chown, mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ifGone } from '../guard-record.js';
import { StartFailure } from '../runtime.port.js';
import type { UserIdentity } from './user-identity.js';

const ownersAlone = 0o700;
/** Others reach what lies in it by its name, and cannot see what there is. */
const passable = 0o711;

/** Where named volumes of processes lie. */
export interface VolumePlaces {
  /** In the worker's own folder, which nobody else enters. */
  readonly closed: string;
  /** Where users of jobs get to; null: there are none. */
  readonly open: string | null;
}

/**
 * The folder of a volume, made where it is not there yet: its user's, and nobody else's. One that was made in the worker's
 * own folder, before it had users, stays there. Rejects where the user cannot have it: nobody's data changes its owner by itself.
 */
export async function volumeFolder(
  { closed, open }: VolumePlaces,
  name: string,
  user: UserIdentity | null,
): Promise<string> {
  const before = join(closed, name);
  if (open === null || (await ownerOf(before)) !== null) {
    if (user !== null)
      throw notTheirs(name, user, `it lies in ${before}, which only the worker enters`, open);
    await mkdir(before, { recursive: true, mode: ownersAlone });
    return before;
  }
  await openPlace(open);
  const folder = join(open, name);
  await mkdir(folder, { recursive: true, mode: ownersAlone });
  const owner = await ownerOf(folder);
  if (user === null || owner === user.uid) return folder;
  // A worker that ended just here has made it, and not given it to anybody.
  const isNew = owner === process.getuid?.() && (await readdir(folder)).length === 0;
  if (!isNew) throw notTheirs(name, user, `${folder} belongs to uid ${owner}`, open);
  await chown(folder, user.uid, user.gid);
  return folder;
}

/** Also at each start of the worker: systemd closes a StateDirectory again, and what runs would lose its volumes. */
export async function openPlace(open: string): Promise<void> {
  await mkdir(open, { recursive: true });
  // Whatever the worker's umask is.
  await chmod(open, passable);
}

async function ownerOf(folder: string): Promise<number | null> {
  const { uid } = (await stat(folder).catch(ifGone(null))) ?? {};
  return uid ?? null;
}

function notTheirs(
  volume: string,
  { name, uid, gid }: UserIdentity,
  why: string,
  open: string | null,
): StartFailure {
  const remedy = `give it to that user (chown -R ${uid}:${gid}), in ${join(open ?? '', volume)}`;
  return new StartFailure(
    `cannot start: the volume ${volume} is not for the user ${name}: ${why}; ${remedy}`,
    'node',
  );
}

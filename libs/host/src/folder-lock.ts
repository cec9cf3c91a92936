import { link, mkdtemp, rename, rm, stat, unlink } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { OakringError } from '@oakring/contracts';
import { folderUnusable, preparePrivateFolder } from './folder.js';
import { askHolder, type Holder, type HolderAnswer } from './lock-holder.js';
import { lockPlace, type LockPlace } from './lock-place.js';

export interface FolderLock {
  release(): Promise<void>;
}

/** Starters that stand in each other's way this often give up; each round one of them succeeds. */
const maxRounds = 20;

/**
 * Takes a folder for this process, or throws `data-folder-in-use` naming the holder, or
 * `data-folder-open` when others can look into it. The lock is a
 * listening socket: `kill -9` ends it, whatever file is left behind.
 *
 * A starter listens under a name of its own and links that to the lock's name, which fails when the
 * name is taken: of two at once one wins. A name whose socket refuses is left over from a killed
 * holder: whoever takes the second name, `takeover`, asks once more and then replaces it in one
 * step; the others are refused. Not covered: a process killed in the midst of a takeover *and*
 * several starters at once behind it. So the lock is the early message; the fence is the check
 * inside each transaction of the log.
 */
export async function lockFolder(folder: string, holder: Holder): Promise<FolderLock> {
  await preparePrivateFolder(folder);
  const place = await lockPlace(folder);
  try {
    const { server, mine } = await takePlace(folder, place, holder);
    const release = async (): Promise<void> => {
      if ((await inode(place.lock)) === mine) await unlink(place.lock);
      await close(server);
      place.close();
    };
    let released: Promise<void> | null = null;
    return { release: () => (released ??= release()) };
  } catch (error) {
    place.close();
    throw error instanceof OakringError ? error : folderUnusable(folder, error);
  }
}

/** Who has a folder, without taking it. */
export async function holderOf(folder: string): Promise<HolderAnswer> {
  if ((await inode(folder)) === null) return { status: 'nobody' };
  const place = await lockPlace(folder);
  try {
    return await askHolder(place.lock);
  } finally {
    place.close();
  }
}

async function takePlace(
  folder: string,
  place: LockPlace,
  holder: Holder,
): Promise<{ server: Server; mine: number | null }> {
  // A fresh folder is a name that nobody else has, in whatever container he runs.
  const nook = await mkdtemp(place.path(''));
  const own = `${nook}/sock`;
  try {
    const line = `${JSON.stringify({ pid: holder.pid, what: holder.what })}\n`;
    const server = await listen(own, line);
    const mine = await inode(own);
    try {
      await take(folder, place, own);
      return { server, mine };
    } catch (error) {
      await close(server);
      throw error;
    }
  } finally {
    await rm(nook, { recursive: true, force: true });
  }
}

async function take(folder: string, place: LockPlace, own: string): Promise<void> {
  const takeover = place.path('takeover.sock');
  for (let round = 0; round < maxRounds; round += 1) {
    if (await succeeds(link(own, place.lock))) return;
    await refuseIfHeld(folder, place.lock);
    if (!(await succeeds(link(own, takeover)))) {
      await refuseIfHeld(folder, takeover);
      await succeeds(unlink(takeover));
      continue;
    }
    try {
      await refuseIfHeld(folder, place.lock);
      // One step: there is no moment at which the name is free for a third.
      if (await succeeds(rename(own, place.lock))) return;
    } finally {
      await succeeds(unlink(takeover));
    }
  }
  throw new OakringError({
    code: 'data-folder-in-use',
    detail: `The folder ${folder} is being taken by others over and over.`,
    value: folder,
  });
}

async function refuseIfHeld(folder: string, path: string): Promise<void> {
  const answer = await askHolder(path);
  if (answer.status === 'nobody') return;
  const who =
    answer.status === 'holder'
      ? `${answer.holder.what}, process ${answer.holder.pid}`
      : 'a process that does not answer';
  throw new OakringError({
    code: 'data-folder-in-use',
    detail: `The folder ${folder} is in use by ${who}.`,
    value: answer.status === 'holder' ? answer.holder.pid : null,
  });
}

/** Answers every caller with who holds the lock. Does not keep the process alive. */
function listen(path: string, line: string): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.end(line);
  });
  server.unref();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => resolve(server));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

async function inode(path: string): Promise<number | null> {
  return stat(path).then(
    (found) => found.ino,
    () => null,
  );
}

function succeeds(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  );
}

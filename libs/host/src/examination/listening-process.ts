import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** What Linux shows of a process that listens; nothing elsewhere, and of other users' processes. */

/** The process that listens on a port; null: it is another user's, or this is no Linux. */
export function listenerOn(port: number): number | null {
  const inode = ['/proc/net/tcp', '/proc/net/tcp6'].map((table) => inodeIn(table, port));
  const sockets = new Set(inode.flatMap((number) => (number === null ? [] : [number])));
  if (sockets.size === 0) return null;
  const pids = tried(() => readdirSync('/proc'), []).filter((name) => /^\d+$/.test(name));
  const found = pids.find((pid) => socketsOf(pid).some((socket) => sockets.has(socket)));
  return found === undefined ? null : Number(found);
}

/** Data folders that it has locked: where the socket that answers for each was made (`folder-lock.ts`). */
export function foldersHeldBy(pid: number): readonly string[] {
  const own = new Set(socketsOf(String(pid)));
  return tried(() => readFileSync('/proc/net/unix', 'utf8'), '')
    .split('\n')
    .flatMap((row) => {
      const [, , , , , , inode = '', path = ''] = row.trim().split(/\s+/);
      const [, folder] = /^(.*)\/holder-[^/]+\/sock$/.exec(path) ?? [];
      // Where the path was too long for an address it was made through a number.
      const isShown = folder !== undefined && !folder.startsWith('/proc/');
      return isShown && own.has(inode) ? [folder] : [];
    });
}

export function commandOf(pid: number): string {
  const name = tried(() => readFileSync(`/proc/${pid}/comm`, 'utf8'), '').trim();
  return name === '' ? '' : ` (${name})`;
}

/** Inodes. */
function socketsOf(pid: string): readonly string[] {
  const folder = `/proc/${pid}/fd`;
  return tried(() => readdirSync(folder), []).flatMap((file) => {
    const link = tried(() => readlinkSync(`${folder}/${file}`), '');
    const [, inode] = /^socket:\[(\d+)\]$/.exec(link) ?? [];
    return inode === undefined ? [] : [inode];
  });
}

/** State of a socket that listens. */
const listening = '0A';

function inodeIn(table: string, port: number): string | null {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  for (const row of tried(() => readFileSync(table, 'utf8'), '').split('\n')) {
    const [, local = '', , state, , , , , , inode] = row.trim().split(/\s+/);
    if (state === listening && local.endsWith(wanted)) return inode ?? null;
  }
  return null;
}

/** What another user's process has is not to be read, and one that ended has nothing. */
function tried<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}

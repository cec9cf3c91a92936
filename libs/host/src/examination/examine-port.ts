import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { systemCodeOf } from '@oakring/contracts';
import type { Finding } from './finding.js';

export interface ListeningPlace {
  /** Who listens there, as a sentence names it. */
  readonly name: string;
  /** Of the port. */
  readonly setting: string;
  /** A number, to bind. */
  readonly address: string;
  readonly port: number;
}

/**
 * Whether a port can be listened on, or is ours already. `ours` says how that is known of a process, whose number
 * is null where it cannot be seen; null when it is not ours.
 */
export async function examinePort(
  { name, setting, address, port }: ListeningPlace,
  ours: (pid: number | null) => Promise<string | null>,
): Promise<Finding> {
  const looked = `port of the ${name}, ${address}:${port} (${setting})`;
  const about = { part: 'ports', looked };
  if (port === 0) return { ...about, level: 'ok', seen: 'any free one is taken' };
  const problem = await bind(address, port);
  if (problem === null) return { ...about, level: 'ok', seen: 'it is free' };
  if (problem !== 'EADDRINUSE') return { ...about, level: 'bad', ...unbindable(problem, setting) };
  const pid = listenerOn(port);
  const known = await ours(pid);
  if (known !== null) return { ...about, level: 'ok', seen: `it is ours: ${known}` };
  const who = pid === null ? 'another process' : `process ${pid}${commandOf(pid)}`;
  const remedy = `End that one, or choose another port (${setting}).`;
  return { ...about, level: 'bad', seen: `it is taken by ${who}`, remedy };
}

function unbindable(problem: string, setting: string): Pick<Finding, 'seen' | 'remedy'> {
  const seen = `it cannot be listened on (${problem})`;
  switch (problem) {
    case 'EACCES':
      return {
        seen,
        remedy: `Choose a port from 1024 up (${setting}), or give the right: AmbientCapabilities=CAP_NET_BIND_SERVICE in a systemd unit.`,
      };
    case 'EADDRNOTAVAIL':
      return { seen, remedy: 'No interface of this machine has that address: see OAKRING_HOST.' };
    default:
      return { seen };
  }
}

/** Null: it could be bound. */
function bind(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(systemCodeOf(error) ?? error.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)));
  });
}

/** The process that listens on a port; null: it is another user's, or this is no Linux. */
function listenerOn(port: number): number | null {
  const inode = ['/proc/net/tcp', '/proc/net/tcp6'].map((table) => inodeIn(table, port));
  const sockets = new Set(inode.flatMap((number) => (number === null ? [] : `socket:[${number}]`)));
  if (sockets.size === 0) return null;
  const pids = tried(() => readdirSync('/proc'), []).filter((name) => /^\d+$/.test(name));
  const found = pids.find((pid) => {
    const folder = `/proc/${pid}/fd`;
    const files = tried(() => readdirSync(folder), []);
    return files.some((file) => sockets.has(tried(() => readlinkSync(`${folder}/${file}`), '')));
  });
  return found === undefined ? null : Number(found);
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

function commandOf(pid: number): string {
  const name = tried(() => readFileSync(`/proc/${pid}/comm`, 'utf8'), '').trim();
  return name === '' ? '' : ` (${name})`;
}

/** What another user's process has is not to be read, and one that ended has nothing. */
function tried<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}

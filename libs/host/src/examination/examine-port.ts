import { createServer } from 'node:net';
import { systemCodeOf } from '@oakring/contracts';
import type { Finding } from './finding.js';
import { commandOf, foldersHeldBy, listenerOn } from './listening-process.js';

export interface ListeningPlace {
  /** Who listens there, as a sentence names it. */
  readonly name: string;
  /** Of the port. */
  readonly setting: string;
  /** A number, to bind. */
  readonly address: string;
  readonly port: number;
  /** The data folder of who is to listen there, and the setting that says it. */
  readonly data?: { readonly folder: string; readonly setting: string };
}

/**
 * Whether a port can be listened on, or is ours already. `ours` says how that is known of a process, whose number
 * is null where it cannot be seen; null when it is not ours.
 */
export async function examinePort(
  { name, setting, address, port, data }: ListeningPlace,
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
  const seen = `it is taken by ${who}`;
  const remedy = `End that one, or choose another port (${setting}).`;
  const [other] = pid === null || data === undefined ? [] : foldersHeldBy(pid);
  if (other === undefined || data === undefined) return { ...about, level: 'bad', seen, remedy };
  return {
    ...about,
    level: 'bad',
    seen: `${seen}, which has the data folder ${other}, and not ${data.folder} (${data.setting})`,
    remedy:
      `To look at that one, name its folder (${data.setting}=${other}); for another beside it, choose ` +
      `another port (${setting}).`,
  };
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

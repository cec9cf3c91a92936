import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import {
  isObject,
  parsePorts,
  parseVolumes,
  portKey,
  type JsonObject,
  type PublishedPort,
} from '@oakring/contracts';
import { read } from './command-line.js';
import { StartFailure } from './runtime.port.js';
import type { UserIdentity } from './users/user-identity.js';
import { volumeFolder, type VolumePlaces } from './users/volume-places.js';

/**
 * Ports and folders of a process, and the variables that tell it of them: `OAKRING_PORT_<PORT>`, and
 * `OAKRING_PORT_<NAME>` of one that has a name, is the port of the node that it should listen on, and
 * `OAKRING_ADDRESS_…` the address, where the job names one;
 * `OAKRING_VOLUME_<NAME>` is a folder. A port that somebody else has is its node's fault; `pagePort` is where workers show
 * themselves, null: nowhere.
 */
export async function surroundingsOf(
  description: JsonObject,
  volumes: VolumePlaces,
  user: UserIdentity | null,
  pagePort: number | null = null,
): Promise<Readonly<Record<string, string>>> {
  for (const port of read(parsePorts(description))) await refuseTaken(port, pagePort);
  return toldOf(description, volumes, user);
}

/** The variables alone, as long as it runs. */
export async function toldOf(
  description: JsonObject,
  volumes: VolumePlaces,
  user: UserIdentity | null,
): Promise<Readonly<Record<string, string>>> {
  const told: [name: string, value: string][] = [];
  for (const port of read(parsePorts(description))) {
    for (const name of [String(port.port), port.name ?? []].flat()) {
      told.push([variableOf('OAKRING_PORT_', name), String(port.published)]);
      if (port.address !== null) told.push([variableOf('OAKRING_ADDRESS_', name), port.address]);
    }
  }
  for (const { volume } of read(parseVolumes(description))) {
    if (volume === null) continue;
    const folder = await volumeFolder(volumes, volume, user);
    told.push([variableOf('OAKRING_VOLUME_', volume), folder]);
  }
  return Object.fromEntries(told);
}

function variableOf(prefix: string, name: string): string {
  return `${prefix}${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`;
}

/** Bound for a moment: what cannot be bound for another reason is the program's to find out. */
async function refuseTaken(port: PublishedPort, pagePort: number | null): Promise<void> {
  try {
    await (port.protocol === 'udp' ? bindUdp(port) : bindTcp(port));
  } catch (error) {
    if (!isObject(error) || error['code'] !== 'EADDRINUSE') return;
    const by =
      port.protocol === 'tcp' && port.published === pagePort
        ? 'by the page of a worker, as a rule: publish another one, or let it have another (OAKRING_WORKER_HTTP_PORT)'
        : "by nothing of Oakring's";
    const what = `port ${portKey(port)} is in use on this machine, ${by}`;
    throw new StartFailure(`cannot start: ${what}`, 'node');
  }
}

async function bindTcp({ published, address }: PublishedPort): Promise<void> {
  const server = createServer();
  server.listen({ port: published, ...(address === null ? {} : { host: address }) });
  await once(server, 'listening');
  await new Promise((resolve) => server.close(resolve));
}

async function bindUdp({ published, address }: PublishedPort): Promise<void> {
  const socket = createSocket(address?.includes(':') === true ? 'udp6' : 'udp4');
  const bound = once(socket, 'listening');
  socket.bind(published, address ?? undefined);
  await bound;
  await new Promise<void>((resolve) => socket.close(() => resolve()));
}

/** Whether a check of `asked` goes through this one. */
export function isReached({ port, protocol }: PublishedPort, asked: number): boolean {
  return protocol === 'tcp' && port === asked;
}

import type { JsonObject } from '../parsing/parsing.js';
import { parsePorts } from './job-ports.js';
import { parseVolumes } from './job-volumes.js';

/** What a document asks of the machine itself, beside a place to run: its owner says whether a job may have it. */
export interface MachineAsks {
  /** Folders of the machine, each once. */
  readonly hostPaths: readonly string[];
  /** Of a container: whose network it shares; null: that of any container. What is no text is written as JSON. */
  readonly network: string | null;
  /** Ports that are published and that a system keeps for its own services. */
  readonly lowPorts: readonly number[];
}

/** The first port that a system lets everybody have (`net.ipv4.ip_unprivileged_port_start`). */
const firstOpenPort = 1_024;
/** Networks that every engine has, and in which nobody else's service is reached by being there. */
const usualNetworks: readonly unknown[] = ['bridge', 'default', 'none'];

/** What cannot be read asks for nothing: whoever would carry it out refuses it. */
export function machineAsksOf(document: JsonObject): MachineAsks {
  const volumes = parseVolumes(document);
  const ports = parsePorts(document);
  const { technology, network = null } = document;
  const isUsual = network === null || usualNetworks.includes(network);
  const named = typeof network === 'string' ? network : JSON.stringify(network);
  const published = ports.ok ? ports.value.map((port) => port.published) : [];
  return {
    hostPaths: [
      ...new Set(volumes.ok ? volumes.value.flatMap(({ hostPath }) => hostPath ?? []) : []),
    ],
    network: technology !== 'docker' || isUsual ? null : named,
    lowPorts: published.filter((port) => port < firstOpenPort),
  };
}

/** What a worker says where its machine's owner lets jobs have ports below 1024. */
export const lowPortsFeature = 'low-ports';

/** What a worker says where its machine's owner lets containers share that network. */
export function networkFeature(network: string): string {
  return `network:${network}`;
}

/** Whether a folder is that one or below it, as they are written. */
export function isInFolder(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

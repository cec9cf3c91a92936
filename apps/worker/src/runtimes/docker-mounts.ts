import type Docker from 'dockerode';
import { parsePorts, parseVolumes, type JsonObject } from '@oakring/contracts';
import { read } from './command-line.js';
import { attributed } from './docker-errors.js';
import { allowedPath } from './host-paths.js';
import { StartFailure } from './runtime.port.js';

/** As `oakring.worker` of a container. */
const workerLabel = 'oakring.worker';
const volumeLabel = 'oakring.volume';

export interface OwnerOfFolders {
  readonly workerId: string;
  /** Folders of the machine below which its owner lets jobs have one. */
  readonly hostPaths: readonly string[];
  /** The engine sees the folders that the worker sees. */
  readonly isHere: boolean;
}

/**
 * The folders of a job, as the engine is asked for them. Named ones are the worker's own volumes, made
 * where they are not there; they stay when the container goes.
 */
export async function mountsOf(
  description: JsonObject,
  { workerId, hostPaths, isHere }: OwnerOfFolders,
  docker: Docker,
): Promise<Docker.MountSettings[]> {
  const mounts: Docker.MountSettings[] = [];
  for (const { volume, hostPath, target, readOnly } of read(parseVolumes(description))) {
    if (target === null) throw new StartFailure('volumes: one has no target', 'job');
    const into = { Target: target, ReadOnly: readOnly };
    if (hostPath !== null) {
      const Source = await allowedPath(hostPath, hostPaths, isHere);
      mounts.push({ Type: 'bind', Source, ...into });
    } else if (volume !== null) {
      const Source = await ownVolume(volume, workerId, docker);
      mounts.push({ Type: 'volume', Source, ...into });
    }
  }
  return mounts;
}

/** Names of workers and volumes may have dashes: what is called so may be another worker's. */
async function ownVolume(volume: string, workerId: string, docker: Docker): Promise<string> {
  const Name = `oakring-${workerId}-${volume}`;
  const Labels = { [workerLabel]: workerId, [volumeLabel]: volume };
  await attributed(docker.createVolume({ Name, Labels }));
  const { Labels: found } = await attributed(docker.getVolume(Name).inspect());
  if (found?.[workerLabel] === workerId && found[volumeLabel] === volume) return Name;
  const detail = `the volume ${Name} at its engine is not worker ${workerId}'s ${volume}`;
  throw new StartFailure(`cannot start: ${detail}`, 'node');
}

/** Ports of the node that lead into the container. */
export function publishedBy(description: JsonObject): {
  readonly ExposedPorts?: Record<string, object>;
  readonly PortBindings?: Docker.PortMap;
} {
  const exposed = new Map<string, object>();
  const bindings = new Map<string, { HostIp: string; HostPort: string }[]>();
  for (const { port, published, protocol, address } of read(parsePorts(description))) {
    const key = `${port}/${protocol}`;
    exposed.set(key, {});
    const binding = { HostIp: address ?? '', HostPort: String(published) };
    bindings.set(key, [...(bindings.get(key) ?? []), binding]);
  }
  if (exposed.size === 0) return {};
  return {
    ExposedPorts: Object.fromEntries(exposed),
    PortBindings: Object.fromEntries(bindings),
  };
}

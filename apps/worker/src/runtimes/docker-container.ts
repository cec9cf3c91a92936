import type Docker from 'dockerode';
import {
  defaultRequest,
  OakringError,
  secretPartOf,
  shortened,
  shownUrl,
  type JsonObject,
  type Resources,
} from '@oakring/contracts';
import { maxPids } from './cgroups/limits.js';
import { programOf } from './command-line.js';
import { publishedBy } from './docker-mounts.js';
import { StartFailure, type InstanceAddress, type InstanceToStart } from './runtime.port.js';

/** Labels that say whose a container is. */
export const label = {
  worker: 'oakring.worker',
  job: 'oakring.job',
  instance: 'oakring.instance',
  generation: 'oakring.generation',
} as const;

/** The engine refuses a container with less memory than this. */
const leastMemoryMiB = 6;
const bytesPerMiB = 1_048_576;
/** A quota of microseconds in each 100 ms; unlike NanoCpus it may exceed the machine's cores. */
const cpuPeriodMicroseconds = 100_000;
const leastQuotaMicroseconds = 1_000;
const maxImageCharacters = 512;
/** What the engine keeps of what one container prints: as much as a process of ours has. */
const keptOutput = { Type: 'json-file', Config: { 'max-size': '1m', 'max-file': '2' } };

/** What identifies a container at the engine: goes into the address of a request. */
export interface ContainerToMake {
  readonly name: string;
  /** Goes into its body: environment values must not show up in anybody's log of addresses. */
  readonly body: Docker.ContainerCreateOptions & { readonly Image: string };
}

/** What the engine is asked to run. Throws with a reason for a person. */
export function containerToMake(
  { description, resources, own, secrets = {}, ...address }: InstanceToStart,
  workerId: string,
  mounts: readonly Docker.MountSettings[] = [],
): ContainerToMake {
  const { command, args, environment, user, workingDirectory } = programOf({
    ...{ description, own, secrets },
  });
  // Without a command, arguments are those of the image's own program.
  const words = [...(command ?? []), ...(args ?? [])];
  const { ExposedPorts, PortBindings } = publishedBy(description);
  const { job, instance, generation } = address;
  const name = `oakring-${workerId}-${job}-${instance}-${generation}`;
  const body = {
    Image: imageOf(description),
    ...(words.length === 0 ? {} : { Cmd: words }),
    ...(user === null ? {} : { User: user }),
    ...(workingDirectory === null ? {} : { WorkingDir: workingDirectory }),
    ...(ExposedPorts === undefined ? {} : { ExposedPorts }),
    Env: Object.entries(environment).map(([key, value]) => `${key}=${value}`),
    Labels: {
      [label.worker]: workerId,
      [label.job]: job,
      [label.instance]: String(instance),
      [label.generation]: String(generation),
    },
    HostConfig: {
      ...limitsOf(resources),
      ...networkOf(description),
      ...(PortBindings === undefined ? {} : { PortBindings }),
      ...(mounts.length === 0 ? {} : { Mounts: [...mounts] }),
      PidsLimit: maxPids,
      LogConfig: keptOutput,
      SecurityOpt: ['no-new-privileges'],
      // The orchestrator decides what is started again, not the engine.
      RestartPolicy: { Name: 'no' },
    },
  };
  return { name, body };
}

/** Names and paths that an image may have: it becomes part of a path in requests to the engine. */
const imagePattern = /^[A-Za-z0-9][A-Za-z0-9._:@-]*(\/[A-Za-z0-9][A-Za-z0-9._:@-]*)*$/;

/** With a tag: without one the engine would pull every tag there is. */
function imageOf(description: JsonObject): string {
  const image = String(description['image']);
  if (image.length > maxImageCharacters || !imagePattern.test(image)) {
    const shown = JSON.stringify(shortened(image));
    throw new StartFailure(`image is ${shown}, which is no name of an image`, 'job');
  }
  const lastPart = image.slice(image.lastIndexOf('/') + 1);
  return /[:@]/.test(lastPart) ? image : `${image}:latest`;
}

/** For the engine zero is "no limit": what asks for nothing gets what a job without `resources` does. */
function limitsOf({ cpuMillis, memoryMiB }: Resources): Docker.HostConfig {
  const quota = ((cpuMillis || defaultRequest.cpuMillis) * cpuPeriodMicroseconds) / 1000;
  const limitMiB = Math.max(leastMemoryMiB, memoryMiB || defaultRequest.memoryMiB);
  return {
    CpuPeriod: cpuPeriodMicroseconds,
    CpuQuota: Math.max(leastQuotaMicroseconds, quota),
    Memory: limitMiB * bytesPerMiB,
  };
}

/** Whose network it may share was looked at before (`why-not-allowed.ts`). */
function networkOf({ network = null }: JsonObject): Docker.HostConfig {
  if (network === null) return {};
  if (typeof network === 'string' && network !== '') return { NetworkMode: network };
  const shown = JSON.stringify(shortened(network));
  throw new StartFailure(`network is ${shown}, which is no name of a network`, 'job');
}

/** The address that a container of ours carries. */
export function addressIn(labels: Readonly<Record<string, string>>): InstanceAddress {
  return {
    job: labels[label.job] ?? '',
    instance: Number(labels[label.instance]),
    generation: Number(labels[label.generation]),
  };
}

/** A socket's path, `unix://…`, `tcp://host:port` or `https://host:port`; throws on others. */
export function engineAddress(dockerHost: string): Docker.DockerOptions {
  const socketPath = dockerHost.replace(/^unix:\/\//, '');
  if (socketPath.startsWith('/')) return { socketPath };
  // It is shown, and would be asked without it.
  const isUrl = /^(tcp|https?):\/\//.test(dockerHost) && URL.canParse(dockerHost);
  const secret = isUrl ? secretPartOf(dockerHost) : null;
  if (isUrl && secret === null) {
    const { protocol, hostname, port } = new URL(dockerHost);
    return { protocol: protocol === 'https:' ? 'https' : 'http', host: hostname, port };
  }
  throw new OakringError({
    code: 'settings-invalid',
    detail:
      `DOCKER_HOST: "${shownUrl(dockerHost)}" ` +
      (secret === null
        ? 'is no path of a socket, unix://… or tcp://host:port.'
        : `was given with ${secret}, which the engine takes nowhere; leave it out.`),
    field: 'DOCKER_HOST',
    value: shownUrl(dockerHost),
  });
}

import type Docker from 'dockerode';
import { OakringError, type JsonObject, type Resources } from '@oakring/contracts';
import { commandOf, environmentOf } from './command-line.js';
import type { InstanceAddress, InstanceToStart } from './runtime.port.js';

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

type ContainerOptions = Docker.ContainerCreateOptions & { readonly Image: string };

/** What the engine is asked to run. Throws with a reason for a person. */
export function containerOptions(
  { description, resources, ...address }: InstanceToStart,
  workerId: string,
): ContainerOptions {
  const command = commandOf(description);
  const environment = Object.entries(environmentOf(description));
  const { job, instance, generation } = address;
  return {
    name: `oakring-${workerId}-${job}-${instance}-${generation}`,
    Image: imageOf(description),
    ...(command === null ? {} : { Cmd: [...command] }),
    Env: environment.map(([key, value]) => `${key}=${value}`),
    Labels: {
      [label.worker]: workerId,
      [label.job]: job,
      [label.instance]: String(instance),
      [label.generation]: String(generation),
    },
    HostConfig: {
      ...limitsOf(resources),
      ...networkOf(description),
      // The orchestrator decides what is started again, not the engine.
      RestartPolicy: { Name: 'no' },
    },
  };
}

/** With a tag: without one the engine would pull every tag there is. */
function imageOf(description: JsonObject): string {
  const image = String(description['image']);
  const lastPart = image.slice(image.lastIndexOf('/') + 1);
  return /[:@]/.test(lastPart) ? image : `${image}:latest`;
}

function limitsOf({ cpuMillis, memoryMiB }: Resources): Docker.HostConfig {
  const quota = (cpuMillis * cpuPeriodMicroseconds) / 1000;
  return {
    ...(cpuMillis > 0
      ? { CpuPeriod: cpuPeriodMicroseconds, CpuQuota: Math.max(leastQuotaMicroseconds, quota) }
      : {}),
    ...(memoryMiB > 0 ? { Memory: Math.max(leastMemoryMiB, memoryMiB) * bytesPerMiB } : {}),
  };
}

function networkOf(description: JsonObject): Docker.HostConfig {
  const network = description['network'];
  return typeof network === 'string' ? { NetworkMode: network } : {};
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
  if (/^(tcp|https?):\/\//.test(dockerHost) && URL.canParse(dockerHost)) {
    const { protocol, hostname, port } = new URL(dockerHost);
    return { protocol: protocol === 'https:' ? 'https' : 'http', host: hostname, port };
  }
  throw new OakringError({
    code: 'settings-invalid',
    detail: `DOCKER_HOST: "${dockerHost}" is no path of a socket, unix://… or tcp://host:port.`,
    field: 'DOCKER_HOST',
    value: dockerHost,
  });
}

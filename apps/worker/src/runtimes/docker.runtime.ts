import Docker from 'dockerode';
import type { JsonObject, Resources } from '@oakring/contracts';
import {
  addressKey,
  type InstanceAddress,
  type InstanceExit,
  type InstanceToStart,
  type Runtime,
} from './runtime.port.js';

const stopGraceSeconds = 5;
const label = {
  worker: 'oakring.worker',
  job: 'oakring.job',
  instance: 'oakring.instance',
  generation: 'oakring.generation',
} as const;

/**
 * Runs containers through the engine's socket. A container carries its address in labels, so that a
 * worker that starts again finds what it ran: containers outlive the worker.
 */
export class DockerRuntime implements Runtime {
  readonly technology = 'docker';
  private readonly docker: Docker;
  private exitListener: (address: InstanceAddress, exit: InstanceExit) => void = () => {};
  /** Being stopped by us: their end is no news. */
  private readonly stopping = new Set<string>();
  private closed = false;

  constructor(
    dockerHost: string,
    private readonly workerId: string,
  ) {
    this.docker = new Docker(engineAddress(dockerHost));
  }

  async existing(): Promise<readonly InstanceAddress[]> {
    const containers = await this.docker.listContainers({
      all: true,
      filters: { label: [`${label.worker}=${this.workerId}`] },
    });
    const running: InstanceAddress[] = [];
    for (const info of containers) {
      const address = {
        job: info.Labels[label.job] ?? '',
        instance: Number(info.Labels[label.instance]),
        generation: Number(info.Labels[label.generation]),
      };
      const container = this.docker.getContainer(info.Id);
      if (info.State === 'running') {
        running.push(address);
        this.watch(container, address);
      } else {
        await container.remove({ force: true, v: true });
      }
    }
    return running;
  }

  async start(
    instance: InstanceToStart,
    signal: AbortSignal,
    progress: (what: string) => void,
  ): Promise<void> {
    const image = String(instance.description['image']);
    await this.ensureImage(image, signal, progress);
    if (signal.aborted) throw new Error('the start was cancelled');
    await this.removeContainer(instance);
    const container = await this.docker.createContainer(this.containerOptions(image, instance));
    try {
      await container.start();
      if (signal.aborted) throw new Error('the start was cancelled');
    } catch (error) {
      await container.remove({ force: true, v: true });
      throw error;
    }
    this.watch(container, addressOf(instance));
  }

  private async ensureImage(
    image: string,
    signal: AbortSignal,
    progress: (what: string) => void,
  ): Promise<void> {
    try {
      await this.docker.getImage(image).inspect();
      return;
    } catch (error) {
      if (statusOf(error) !== 404) throw error;
    }
    progress(`pulling ${image}`);
    const stream = await this.docker.pull(image, { abortSignal: signal });
    await new Promise<void>((resolve, reject) => {
      this.docker.modem.followProgress(
        stream,
        (error) => (error === null ? resolve() : reject(error)),
        (step: { status?: string }) => progress(step.status ?? 'pulling'),
      );
    });
  }

  private containerOptions(
    image: string,
    { description, resources, ...address }: InstanceToStart,
  ): Docker.ContainerCreateOptions {
    const cmd = description['cmd'] ?? description['command'];
    return {
      name: this.nameOf(address),
      Image: image,
      ...(Array.isArray(cmd) ? { Cmd: cmd.map(String) } : {}),
      Env: listOf(description['environment']),
      Labels: {
        [label.worker]: this.workerId,
        [label.job]: address.job,
        [label.instance]: String(address.instance),
        [label.generation]: String(address.generation),
      },
      HostConfig: {
        ...limitsOf(resources),
        ...networkOf(description),
        // The orchestrator decides what is started again, not the engine.
        RestartPolicy: { Name: 'no' },
      },
    };
  }

  private nameOf({ job, instance, generation }: InstanceAddress): string {
    return `oakring-${this.workerId}-${job}-${instance}-${generation}`;
  }

  private watch(container: Docker.Container, address: InstanceAddress): void {
    container.wait().then(
      ({ StatusCode: code }: { StatusCode: number }) => {
        if (this.closed || this.stopping.has(addressKey(address))) return;
        this.exitListener(address, {
          status: code === 0 ? 'completed' : 'failed',
          reason: `exit code ${code}`,
        });
      },
      () => {
        // The engine went away, or the container did: the next report of the worker tells.
      },
    );
  }

  async stop(address: InstanceAddress): Promise<void> {
    this.stopping.add(addressKey(address));
    try {
      await this.removeContainer(address, true);
    } finally {
      this.stopping.delete(addressKey(address));
    }
  }

  private async removeContainer(address: InstanceAddress, gently = false): Promise<void> {
    const container = this.docker.getContainer(this.nameOf(address));
    try {
      if (gently) await container.stop({ t: stopGraceSeconds });
    } catch (error) {
      // 304: stopped already. 404: not there.
      if (statusOf(error) === 404) return;
      if (statusOf(error) !== 304) throw error;
    }
    try {
      await container.remove({ force: true, v: true });
    } catch (error) {
      if (statusOf(error) !== 404) throw error;
    }
  }

  onExit(listener: (address: InstanceAddress, exit: InstanceExit) => void): void {
    this.exitListener = listener;
  }

  used(): null {
    return null;
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}

function addressOf({ job, instance, generation }: InstanceToStart): InstanceAddress {
  return { job, instance, generation };
}

function engineAddress(dockerHost: string): Docker.DockerOptions {
  if (dockerHost.startsWith('/')) return { socketPath: dockerHost };
  if (dockerHost.startsWith('unix://')) return { socketPath: dockerHost.slice('unix://'.length) };
  const { protocol, hostname, port } = new URL(dockerHost);
  return { protocol: protocol === 'https:' ? 'https' : 'http', host: hostname, port };
}

function limitsOf({ cpuMillis, memoryMiB }: Resources): { NanoCpus?: number; Memory?: number } {
  return {
    ...(cpuMillis > 0 ? { NanoCpus: cpuMillis * 1_000_000 } : {}),
    ...(memoryMiB > 0 ? { Memory: memoryMiB * 1_048_576 } : {}),
  };
}

function networkOf(description: JsonObject): { NetworkMode?: string } {
  const network = description['network'];
  return typeof network === 'string' ? { NetworkMode: network } : {};
}

function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function statusOf(error: unknown): number {
  return error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 0;
}

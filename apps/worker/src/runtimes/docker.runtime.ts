import Docker from 'dockerode';
import { OakringError, type HealthProbe, type Resources } from '@oakring/contracts';
import type { Ports } from '@oakring/ports';
import { attributed, statusOf } from './docker-errors.js';
import { DockerChecks } from './docker-check.js';
import { execInside } from './docker-exec.js';
import { addressIn, containerToMake, engineAddress, label } from './docker-container.js';
import { containerOutput, lastErrorOf, linesOfContainer, logOptions } from './docker-logs.js';
import { mountsOf } from './docker-mounts.js';
import { programOf } from './command-line.js';
import { ensureImage } from './pull-image.js';
import { credentialsFor, type Registries } from './registries.js';
import { cpuAndMemoryOf, type ContainerUsage } from './docker-usage.js';
import { explained } from './last-printed.js';
import { newEnough } from './line-batches.js';
import { printedLines } from './printed-lines.js';
import type { OutputFolder } from './instance-output.js';
import {
  addressKey,
  NothingPrinted,
  type ExecTalk,
  type ExecWanted,
  type FoundInstance,
  type InstanceAddress,
  type InstanceExit,
  type InstanceToCheck,
  type InstanceToStart,
  type LogsWanted,
  type PrintedLine,
  type Runtime,
} from './runtime.port.js';

const stopGraceSeconds = 5;
/** Between two tries to watch a container while the engine does not answer. */
const watchAgainMs = 5_000;
/** Of a container that is removed. */
const keptLines = 2_000;
const keepWithinMs = 2_000;

interface Watched {
  readonly address: InstanceAddress;
  readonly container: Docker.Container;
  usage: ContainerUsage | null;
}

/**
 * Runs containers through the engine's socket. A container carries its address in labels, so that a
 * worker that starts again finds what it ran: containers outlive the worker.
 */
export class DockerRuntime implements Runtime {
  readonly technology = 'docker';
  readonly outlives = true;
  readonly enforcesStop = false;
  readonly features: readonly string[];
  readonly execFeatures = ['exec', 'exec-tty'];
  readonly registryNames: readonly string[];
  private readonly docker: Docker;
  private exitListener: (address: InstanceAddress, exit: InstanceExit) => void = () => {};
  /** Containers whose end is news. */
  private readonly watched = new Map<string, Watched>();
  private readonly closing = new AbortController();
  private readonly checks: DockerChecks;

  constructor(
    private readonly dockerHost: string,
    readonly workerId: string,
    private readonly ports: Ports,
    /** Where it is kept what containers printed that are gone; null: nowhere. */
    private readonly outputs: OutputFolder | null = null,
    /** Folders of the machine below which its owner lets jobs have one. */
    private readonly hostPaths: readonly string[] = [],
    private readonly registries: Registries = new Map(),
  ) {
    this.registryNames = [...registries.keys()];
    const paths = hostPaths.length === 0 ? [] : ['host-paths'];
    const same = ['args', 'health', 'ports', 'pull', 'secrets', 'user', 'volumes'];
    this.features = [...same, 'working-directory', ...paths].sort();
    const engine = engineAddress(dockerHost);
    this.docker = new Docker(engine);
    this.checks = new DockerChecks(ports.timers, engine.host ?? 'localhost');
  }

  /** Throws `settings-invalid` without an engine: what runs there could only be guessed. */
  async existing(): Promise<readonly FoundInstance[]> {
    const found: FoundInstance[] = [];
    for (const { Id, Labels } of await this.list([])) {
      const address = addressIn(Labels);
      const container = this.docker.getContainer(Id);
      const { State } = await container.inspect();
      if (State.Running) {
        this.watch(container, address);
        const reason = 'ran since before the worker started';
        found.push({ ...address, status: 'running', reason });
      } else if (State.Status === 'created') {
        // The worker ended between making and starting it: nobody was told of it.
        await remove(container);
      } else {
        found.push({ ...address, ...(await this.exitOf(container, State.ExitCode)) });
      }
    }
    return found;
  }

  private async list(more: readonly string[]): Promise<readonly Docker.ContainerInfo[]> {
    try {
      return await this.docker.listContainers({
        all: true,
        filters: { label: [`${label.worker}=${this.workerId}`, ...more] },
      });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new OakringError(
        {
          code: 'settings-invalid',
          detail:
            `The Docker engine at ${this.dockerHost} does not answer: ${reason}. ` +
            'Start it, name another in DOCKER_HOST, or leave docker out of OAKRING_WORKER_RUNTIMES.',
          field: 'DOCKER_HOST',
          value: this.dockerHost,
        },
        { cause: error },
      );
    }
  }

  /** By labels, not by name: ids may contain the dashes that a name is joined with. */
  private async find(address: InstanceAddress): Promise<Docker.Container | null> {
    const [info] = await this.list([
      `${label.job}=${address.job}`,
      `${label.instance}=${address.instance}`,
      `${label.generation}=${address.generation}`,
    ]);
    return info === undefined ? null : this.docker.getContainer(info.Id);
  }

  async start(
    instance: InstanceToStart,
    signal: AbortSignal,
    progress: (what: string) => void,
  ): Promise<void> {
    const { workerId, hostPaths, docker } = this;
    // Refused before anything is asked of the engine, where it can be.
    containerToMake(instance, workerId);
    const { job, instance: number, generation } = instance;
    const address = { job, instance: number, generation };
    const before = await this.find(address);
    if (before !== null) {
      const { State } = await before.inspect();
      if (State.Running) return this.watch(before, address);
      await this.removeKept(before, address);
    }
    const isHere = engineAddress(this.dockerHost).socketPath !== undefined;
    const owner = { workerId, hostPaths, isHere };
    const mounts = await mountsOf(instance.description, owner, docker);
    const { name, body } = containerToMake(instance, workerId, mounts);
    const { pull: when, registryCredentials: named } = programOf(instance);
    const image = body.Image;
    const kept = { registries: this.registries, secrets: instance.secrets ?? {} };
    const credentials = credentialsFor(image, named, kept);
    await ensureImage(docker, { image, when, credentials }, signal, progress);
    throwIfCancelled(signal);
    // Without the two apart the client puts all of it into the address as well. Its types do not know.
    const request: object = { _query: { name }, _body: body };
    const container = await attributed(
      this.docker.createContainer(request as Docker.ContainerCreateOptions),
    );
    try {
      throwIfCancelled(signal);
      await attributed(container.start());
    } catch (error) {
      await remove(container);
      throw error;
    }
    this.watch(container, address);
  }

  private watch(container: Docker.Container, address: InstanceAddress): void {
    const key = addressKey(address);
    const entry: Watched = { address, container, usage: null };
    this.watched.set(key, entry);
    void this.exitCodeOf(entry).then(async (exit) => {
      if (exit === null || this.watched.get(key) !== entry) return;
      const told = await explained(this, address, exit, this.ports.timers);
      if (this.watched.get(key) !== entry) return;
      this.watched.delete(key);
      this.exitListener(address, told);
    });
  }

  /** Waits for the end of a container, whatever the engine goes through; null once let go. */
  private async exitCodeOf(entry: Watched): Promise<InstanceExit | null> {
    const isWatched = (): boolean =>
      !this.closing.signal.aborted && this.watched.get(addressKey(entry.address)) === entry;
    while (isWatched()) {
      try {
        const { StatusCode: code }: { StatusCode: number } = await entry.container.wait({
          abortSignal: this.closing.signal,
        });
        return await this.exitOf(entry.container, code);
      } catch (error) {
        if (!isWatched()) return null;
        if (statusOf(error) === 404) return { status: 'failed', reason: 'the container is gone' };
        // The engine is away; containers may live on without it, so nothing is concluded.
        await this.ports.timers.sleep(watchAgainMs, this.closing.signal);
      }
    }
    return null;
  }

  /** Of one that failed the last that it said on standard error goes with it, as of a process. */
  private async exitOf(container: Docker.Container, code: number): Promise<InstanceExit> {
    const how = `exit code ${code}`;
    if (code === 0) return { status: 'completed', reason: how };
    // One that is gone meanwhile does not say.
    const known = await container.inspect().catch(() => null);
    if (known?.State.OOMKilled === true) {
      const limit = Math.round((known.HostConfig.Memory ?? 0) / 1_048_576);
      return { status: 'failed', reason: `out of memory: limit ${limit} MiB (${how})` };
    }
    const last = await lastErrorOf(this.docker, container, this.ports.timers);
    return { status: 'failed', reason: last === '' ? how : `${how}: ${last}` };
  }

  async stop(address: InstanceAddress): Promise<void> {
    const key = addressKey(address);
    const entry = this.watched.get(key);
    const container = entry?.container ?? (await this.find(address));
    if (container === null) return;
    this.watched.delete(key);
    this.checks.forget(container);
    try {
      await container.stop({ t: stopGraceSeconds });
      await this.removeKept(container, address);
    } catch (error) {
      // 304: stopped already. 404: not there.
      if (statusOf(error) === 304) return this.removeKept(container, address);
      if (statusOf(error) === 404) return;
      if (entry !== undefined) this.watch(container, address);
      throw error;
    }
  }

  async check(
    address: InstanceToCheck,
    probe: HealthProbe,
    timeoutMs: number,
  ): Promise<string | null> {
    const entry = this.watched.get(addressKey(address));
    if (entry === undefined) throw new Error('it does not run');
    return this.checks.look(entry.container, probe, timeoutMs);
  }

  async exec(address: InstanceToCheck, wanted: ExecWanted, talk: ExecTalk): Promise<number> {
    const entry = this.watched.get(addressKey(address));
    if (entry === undefined) throw new Error('it does not run');
    return execInside(entry.container, wanted, talk, this.ports);
  }

  /** What it printed goes with it at the engine: the end of that is kept. */
  private async removeKept(container: Docker.Container, address: InstanceAddress): Promise<void> {
    const { outputs, ports, docker } = this;
    // An answer that nobody reads would keep its connection open.
    if (outputs === null) return remove(container);
    const patience = new AbortController();
    const limit = ports.timers.after(keepWithinMs, () => patience.abort());
    try {
      const wanted = {
        agoMs: null,
        tail: keptLines,
        follow: false,
        after: null,
        previous: false,
        notBefore: 1,
      };
      const options = logOptions(wanted, 0);
      const stream = await containerOutput(docker, container, options, patience.signal);
      await outputs.keep(address, linesOfContainer(stream, address.generation, null));
    } catch {
      // It is worth nobody's waiting: what is kept of it is kept.
    } finally {
      limit.cancel();
    }
    await remove(container);
  }

  onExit(listener: (address: InstanceAddress, exit: InstanceExit) => void): void {
    this.exitListener = listener;
  }

  async *logs(
    address: InstanceAddress,
    wanted: LogsWanted,
    signal: AbortSignal,
  ): AsyncGenerator<readonly PrintedLine[]> {
    const container = await this.find(address);
    if (wanted.previous || container === null) {
      return yield* this.formerLines(address, container !== null, wanted, signal);
    }
    const { ports, docker } = this;
    const nowMs = ports.clock.wallMs();
    const options = logOptions(wanted, nowMs);
    const ending = new AbortController();
    const end = (): void => ending.abort();
    signal.addEventListener('abort', end);
    try {
      if (signal.aborted) return;
      const stream = await containerOutput(docker, container, options, ending.signal);
      const { generation } = address;
      const sinceMs = wanted.agoMs === null ? null : nowMs - wanted.agoMs;
      yield* newEnough(linesOfContainer(stream, generation, wanted.after), sinceMs);
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      // Whoever has seen enough lets go of the engine.
      end();
      signal.removeEventListener('abort', end);
    }
  }

  private async *formerLines(
    address: InstanceAddress,
    isThere: boolean,
    wanted: LogsWanted,
    signal: AbortSignal,
  ): AsyncGenerator<readonly PrintedLine[]> {
    if (this.outputs === null)
      throw new NothingPrinted('What containers printed is not kept here.');
    const { ports, outputs } = this;
    const path = await outputs.pathOf(address, wanted, isThere);
    const output = { path, address, ports, isLive: () => false };
    yield* printedLines(isThere ? { ...output, isOfFormer: true } : output, wanted, signal);
  }

  async measure(): Promise<void> {
    for (const entry of this.watched.values()) {
      try {
        const stats = await entry.container.stats({ stream: false, 'one-shot': true });
        entry.usage = cpuAndMemoryOf(stats, this.ports.clock.monotonicMs(), entry.usage);
      } catch {
        // The engine or the container is away: what was measured last is no longer known.
        entry.usage = null;
      }
    }
  }

  usageOf(address: InstanceAddress): Resources | null {
    return this.watched.get(addressKey(address))?.usage?.used ?? null;
  }

  async close(): Promise<void> {
    this.closing.abort();
  }
}

async function remove(container: Docker.Container): Promise<void> {
  try {
    await container.remove({ force: true, v: true });
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
  }
}

function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new Error('the start was cancelled');
}

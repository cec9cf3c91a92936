import { PassThrough } from 'node:stream';
import type Docker from 'dockerode';
import type { HealthProbe } from '@oakring/contracts';
import type { Timers } from '@oakring/ports';
import { askPort, problemOfCommand, tooLate } from '../checks/probes.js';
import { signalled } from './docker-signal.js';

/** Of what a command prints the end is kept. */
const maxHeardBytes = 4_096;
/** What the engine is asked beside the look itself takes no longer: else nothing can be said. */
const engineWithinMs = 10_000;

/** The engine may still be about to start a command that took too long: it is looked for this often, so many times. */
const endEveryMs = 250;
const endTries = 40;

/** A command that took too long, which the engine has no way to end. */
interface Hung {
  readonly exec: Docker.Exec;
}

/**
 * Looks at containers. A command runs inside, by the engine, without a terminal. A port is asked for where it is
 * published, else at the container's own address: that needs an engine on this machine whose networks are routed here
 * (not Docker Desktop, not a rootless engine), so what is published is sure to be reached.
 */
export class DockerChecks {
  /** By container: while it runs no other one is begun beside it. */
  private readonly hung = new Map<string, Hung>();

  constructor(
    private readonly timers: Timers,
    /** The engine's machine, as it is reached from here. */
    private readonly engine: string,
  ) {}

  /** As `Runtime.check`. */
  async look(
    container: Docker.Container,
    probe: HealthProbe,
    timeoutMs: number,
  ): Promise<string | null> {
    const inTime = new AbortController();
    const limit = this.timers.after(timeoutMs + engineWithinMs, () => inTime.abort());
    try {
      const { State, NetworkSettings, HostConfig } = await container.inspect({
        abortSignal: inTime.signal,
      });
      if (!State.Running) throw new Error('it does not run');
      if (probe.by === 'command') {
        return await this.run(container, probe.command, timeoutMs, inTime.signal);
      }
      const where = placeOf(NetworkSettings, HostConfig, {
        port: probe.port,
        engine: this.engine,
      });
      if (where === null)
        return `port ${probe.port} cannot be reached: its container has no network`;
      return await askPort(where.host, { ...probe, port: where.port }, timeoutMs, this.timers);
    } finally {
      limit.cancel();
    }
  }

  private async run(
    container: Docker.Container,
    command: readonly string[],
    timeoutMs: number,
    abortSignal: AbortSignal,
  ): Promise<string | null> {
    const before = this.hung.get(container.id);
    if (before !== undefined) {
      if (!(await isEnded(container.id, before))) {
        return `${command[0] ?? ''} still runs, from a look before`;
      }
      this.hung.delete(container.id);
    }
    const exec = await container.exec({
      Cmd: [...command],
      AttachStdout: true,
      AttachStderr: true,
      abortSignal,
    });
    const stream = await exec.start({ hijack: true, stdin: false, abortSignal });
    const words = wordsOf(container, stream);
    const isOver = await this.endOf(stream, timeoutMs);
    stream.destroy();
    const { ExitCode, Running, Pid } = await exec.inspect({ abortSignal });
    if (isOver && !Running) return problemOfCommand(command, ExitCode ?? 'no exit code', words());
    if (!(await signalled(container.id, Pid, 'SIGKILL'))) this.endLater(container.id, { exec });
    return `${command[0] ?? ''} ${tooLate(timeoutMs)}`;
  }

  private endLater(containerId: string, hung: Hung): void {
    this.hung.set(containerId, hung);
    const end = async (): Promise<void> => {
      for (let tries = 0; tries < endTries && this.hung.get(containerId) === hung; tries += 1) {
        if (await isEnded(containerId, hung)) return;
        await this.timers.sleep(endEveryMs);
      }
    };
    // An engine that does not answer is asked again by the next look.
    end().catch(() => {});
  }

  /** False: it has not ended in time. */
  private endOf(stream: NodeJS.ReadableStream, timeoutMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const limit = this.timers.after(timeoutMs, () => resolve(false));
      const end = (): void => {
        limit.cancel();
        resolve(true);
      };
      for (const event of ['end', 'close', 'error']) stream.once(event, end);
    });
  }

  forget({ id }: Docker.Container): void {
    this.hung.delete(id);
  }
}

/** Whether it does not run any more, by itself or by us. */
async function isEnded(containerId: string, { exec }: Hung): Promise<boolean> {
  const abortSignal = AbortSignal.timeout(engineWithinMs);
  const { Running, ExitCode, Pid } = await exec.inspect({ abortSignal });
  // One that the engine has not begun yet does not run either, and has no exit code.
  return (!Running && ExitCode !== null) || signalled(containerId, Pid, 'SIGKILL');
}

function wordsOf(container: Docker.Container, stream: NodeJS.ReadableStream): () => string {
  let words = '';
  const heard = new PassThrough();
  heard.on('data', (chunk: Buffer) => {
    words = (words + chunk.toString('utf8')).slice(-maxHeardBytes);
  });
  const modem: Docker['modem'] = container.modem;
  modem.demuxStream(stream, heard, heard);
  return () => words;
}

type Networks = Docker.ContainerInspectInfo['NetworkSettings'];
type Host = Docker.ContainerInspectInfo['HostConfig'];

/** Of all addresses of the machine one is asked. */
const anywhere = new Set(['', '0.0.0.0', '::']);

/** Where a port of the container is asked for; null: nothing of it can be reached. */
export function placeOf(
  { Ports, Networks: networks }: Pick<Networks, 'Ports' | 'Networks'>,
  { NetworkMode }: Pick<Host, 'NetworkMode'>,
  { port, engine }: { readonly port: number; readonly engine: string },
): { readonly host: string; readonly port: number } | null {
  if (NetworkMode === 'host') return { host: engine, port };
  const [published] = Ports?.[`${port}/tcp`] ?? [];
  if (published !== undefined) {
    const { HostIp, HostPort } = published;
    return { host: anywhere.has(HostIp) ? engine : HostIp, port: Number(HostPort) };
  }
  const own = Object.values(networks ?? {}).find(({ IPAddress }) => IPAddress !== '');
  return own === undefined ? null : { host: own.IPAddress, port };
}

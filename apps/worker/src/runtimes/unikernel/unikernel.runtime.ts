import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  healthCheckOf,
  isObject,
  parsePorts,
  type HealthProbe,
  type JsonObject,
  type Resources,
} from '@oakring/contracts';
import type { Ports } from '@oakring/ports';
import { askPort } from '../../checks/probes.js';
import { programOf, read } from '../command-line.js';
import {
  addressKey,
  StartFailure,
  type FoundInstance,
  type InstanceAddress,
  type InstanceExit,
  type InstanceToCheck,
  type InstanceToStart,
  type LogsWanted,
  type PrintedLine,
  type Runtime,
} from '../runtime.port.js';
import { accelerator } from './accelerator.js';
import {
  environmentPath,
  environmentText,
  forgetEnvironment,
  maxSocketPath,
  monitorPath,
  ofGuests,
} from './guest-files.js';
import { isReached } from '../process-surroundings.js';
import { forwardOf, httpAlone, refuseOtherProbes } from './guest-ports.js';
import { forgetHalfFetched } from './image-cache.js';
import { explained } from '../last-printed.js';
import { imageAt, namedImage, type ImageSources } from './guest-image.js';
import { qemuArguments, type Accelerator } from './qemu-command.js';
import { Qmp } from './qmp.js';

/** A guest that does not listen to its power button is not waited for longer. */
const powerDownMs = 5_000;
/** For the last words of a monitor whose machine has ended. */
const lastWordsMs = 1_000;
/** What QEMU itself needs beside the memory of its guest. */
const qemuMemoryMiB = 128;

export interface UnikernelParts {
  /** Path of QEMU. */
  readonly qemu: string;
  /** Runs QEMU itself: a process as any other, in a folder that no other runtime has. */
  readonly processes: Runtime;
  /** For monitors and what guests are told, the worker's alone. */
  readonly folder: string;
  readonly images: Omit<ImageSources, 'start' | 'nowMs'>;
  readonly ports: Ports;
  /** What guests are run with; looked for until the signal aborts. */
  readonly accelerator?: (
    qemu: string,
    folder: string,
    signal: AbortSignal,
  ) => Promise<Accelerator>;
  /** Milliseconds that a guest has to end by itself when it is stopped. */
  readonly powerDownMs?: number;
}

interface Guest {
  readonly address: InstanceAddress;
  /** Null while it does not answer. */
  monitor: Promise<Qmp | null>;
  /** Ends the tries to reach its monitor. */
  readonly over: AbortController;
  /** Why it shut down, in QMP's words (`guest-shutdown`, `guest-reset`, `guest-panic`, `host-signal`…). */
  shutdown: string | null;
  readonly ended: Promise<InstanceExit>;
  readonly end: (exit: InstanceExit) => void;
  /** Nobody is told of its end: it was ordered, or its start fails with it. */
  isExpected: boolean;
}

/**
 * Boots `image` in a virtual machine of its own. What is a process of it (its session, its limits, its output, that it
 * outlives the worker) is the process runtime's; this one knows what the guest is, and hears from its monitor.
 */
export class UnikernelRuntime implements Runtime {
  readonly technology = 'unikernel';
  readonly outlives: boolean;
  readonly enforcesStop: boolean;
  readonly features = ['args', 'health', 'ports', 'secrets'];
  private readonly guests = new Map<string, Guest>();
  private exitListener: (address: InstanceAddress, exit: InstanceExit) => void = () => {};

  private readonly closing = new AbortController();
  /** Found out while the worker starts; the first guest waits for it. */
  readonly accelerator: Promise<Accelerator>;

  private constructor(private readonly parts: UnikernelParts) {
    const look = parts.accelerator ?? accelerator;
    this.accelerator = look(parts.qemu, parts.folder, this.closing.signal);
    this.outlives = parts.processes.outlives;
    this.enforcesStop = parts.processes.enforcesStop;
    parts.processes.onExit((address, exit) => this.guests.get(addressKey(address))?.end(exit));
  }

  /** What it cannot do its work with, in words; else the runtime. */
  static async open(parts: UnikernelParts): Promise<UnikernelRuntime | string> {
    const path = monitorPath(parts.folder, { job: '', instance: 0, generation: 1 });
    const length = Buffer.byteLength(path);
    if (length > maxSocketPath) {
      return `the path of its folder ${parts.folder} is too long for a socket in it: ${length} bytes, ${maxSocketPath} are the most`;
    }
    await mkdir(parts.folder, { recursive: true, mode: 0o700 });
    await chmod(parts.folder, 0o700);
    return new UnikernelRuntime(parts);
  }

  async existing(): Promise<readonly FoundInstance[]> {
    const found = await this.parts.processes.existing();
    await this.tidy(found.filter(({ status }) => status === 'running'));
    return Promise.all(found.map((instance) => this.takeUp(instance)));
  }

  /** What starts left that came to nothing, and guests that have ended. */
  private async tidy(running: readonly InstanceAddress[]): Promise<void> {
    const { folder, images } = this.parts;
    await forgetHalfFetched(images.cache);
    const kept = new Set(
      running.flatMap((at) => [monitorPath(folder, at), environmentPath(folder, at)]),
    );
    for (const name of await readdir(folder)) {
      const path = join(folder, name);
      if (ofGuests.test(name) && !kept.has(path)) await rm(path, { force: true });
    }
  }

  /** How one ended that nobody watched is not known. */
  private async takeUp(instance: FoundInstance): Promise<FoundInstance> {
    if (instance.status === 'completed') {
      const reason = 'ended while its worker was away: whether it shut down or crashed, nobody saw';
      return { ...instance, status: 'failed', reason };
    }
    if (instance.status === 'running') {
      const { monitor } = this.watch(instance);
      // Its worker may have ended before it took away what QEMU had read. What cannot go now goes when its guest does.
      void monitor
        .then((qmp) => (qmp === null ? undefined : forgetEnvironment(this.parts.folder, instance)))
        .catch(() => {});
    }
    return instance;
  }

  async start(
    instance: InstanceToStart,
    signal: AbortSignal,
    progress: (what: string) => void,
  ): Promise<void> {
    if (signal.aborted) throw new Error('the start was cancelled');
    if (this.guests.has(addressKey(instance))) return;
    const order = await this.machineFor(instance, signal, progress);
    if (signal.aborted) throw new Error('the start was cancelled');
    const guest = this.watch(instance);
    guest.isExpected = true;
    try {
      await this.parts.processes.start(order, signal, progress);
      await this.begun(guest, signal);
      await forgetEnvironment(this.parts.folder, instance);
    } catch (error) {
      await this.parts.processes.stop(instance);
      await this.forget(guest);
      throw error;
    }
    guest.isExpected = false;
  }

  /** Once its monitor answers; QEMU makes that first, and may then find that it cannot begin. */
  private async begun(guest: Guest, signal: AbortSignal): Promise<void> {
    const { promise: cancelled, forget } = abortOf(signal);
    const answers = guest.monitor.then((qmp) => (qmp === null ? guest.ended : null));
    try {
      const exit = await Promise.race([guest.ended, answers, cancelled]);
      if (exit !== null) throw new Error(`cannot start: ${exit.reason}`);
    } finally {
      forget();
    }
  }

  /** The process that is this guest. Throws with what is wrong with the job. */
  private async machineFor(
    instance: InstanceToStart,
    signal: AbortSignal,
    progress: (what: string) => void,
  ): Promise<InstanceToStart> {
    const { folder, qemu } = this.parts;
    const { ids, clock } = this.parts.ports;
    const images = { ...this.parts.images, start: ids.next(), nowMs: clock.wallMs() };
    const { description, resources } = instance;
    const { command, args, environment: variables } = programOf(instance);
    const words = [...(command ?? []), ...(args ?? [])];
    const ports = read(parsePorts(description));
    const forwards = ports.map(forwardOf);
    refuseOtherProbes(healthCheckOf(description)?.probe ?? null, ports);
    const image = await imageAt(namedImage(String(description['image'])), images, signal, progress);
    if (words.length > 0 && image.kind !== 'kernel') {
      const why = `${command === null ? 'args' : 'command'} is given, and image is a disk`;
      throw new StartFailure(`${why}: only a kernel takes arguments; leave it out`, 'job');
    }
    const environment = environmentPath(folder, instance);
    await writeFile(environment, environmentText(variables), { mode: 0o600 });
    const machine = {
      ...{ image, resources, environment, forwards },
      kernelArguments: words.length === 0 ? null : words.join(' '),
      monitor: monitorPath(folder, instance),
      accelerator: await this.accelerator,
    };
    return {
      ...instance,
      description: { cmd: [qemu, ...qemuArguments(machine)] },
      resources: { ...resources, memoryMiB: resources.memoryMiB + qemuMemoryMiB },
    };
  }

  private watch({ job, instance, generation }: InstanceAddress): Guest {
    const address = { job, instance, generation };
    let end: (exit: InstanceExit) => void = () => {};
    const ended = new Promise<InstanceExit>((resolve) => (end = resolve));
    const over = new AbortController();
    const guest: Guest = {
      ...{ address, over, ended, end, shutdown: null, isExpected: false },
      monitor: Promise.resolve(null),
    };
    guest.monitor = Qmp.connect(
      this.monitorOf(address),
      this.parts.ports.timers,
      over.signal,
      (event, data) => this.hear(guest, event, data),
    ).catch(() => null);
    this.guests.set(addressKey(address), guest);
    // It may have come to stand still while nobody listened.
    void this.look(guest);
    void ended.then((exit) => this.sayEnd(guest, exit));
    return guest;
  }

  private hear(guest: Guest, event: string, data: JsonObject): void {
    if (event === 'SHUTDOWN') guest.shutdown = String(data['reason'] ?? 'unknown');
    if (event === 'STOP') void this.look(guest);
  }

  /** A machine that a fault has stopped does not end by itself, and does nothing any more. */
  private async look(guest: Guest): Promise<void> {
    const qmp = await guest.monitor;
    const answer = await qmp?.ask('query-status').catch(() => null);
    const status = isObject(answer) ? String(answer['status']) : '';
    if (!faults.has(status) || guest.isExpected) return;
    await this.parts.processes.stop(guest.address).catch(() => {});
    guest.end({ status: 'failed', reason: `its machine stands still: ${status}` });
  }

  private async sayEnd(guest: Guest, exit: InstanceExit): Promise<void> {
    await this.hearLastWords(guest);
    if (guest.isExpected) return;
    const { address, shutdown } = guest;
    const told = await explained(this, address, exitOf(exit, shutdown), this.parts.ports.timers);
    if (guest.isExpected) return;
    await this.forget(guest);
    this.exitListener(address, told);
  }

  /** What the monitor said may come behind the news that its process ended. */
  private async hearLastWords(guest: Guest): Promise<void> {
    const patience = this.parts.ports.timers.sleep(lastWordsMs, guest.over.signal);
    await Promise.race([guest.monitor.then((qmp) => qmp?.gone), patience]);
  }

  private async forget(guest: Guest): Promise<void> {
    guest.over.abort();
    (await guest.monitor)?.close();
    const key = addressKey(guest.address);
    if (this.guests.get(key) === guest) this.guests.delete(key);
    await this.leave(guest.address);
  }

  private async leave(address: InstanceAddress): Promise<void> {
    await forgetEnvironment(this.parts.folder, address);
    await rm(this.monitorOf(address), { force: true });
  }

  /** What it prints is what it says on its console. */
  logs(
    address: InstanceAddress,
    wanted: LogsWanted,
    signal: AbortSignal,
  ): AsyncIterable<readonly PrintedLine[]> {
    return this.parts.processes.logs(address, wanted, signal);
  }

  async stop(address: InstanceAddress, graceMs?: number): Promise<void> {
    const guest = this.guests.get(addressKey(address));
    if (guest !== undefined) {
      guest.isExpected = true;
      await this.pressPowerButton(
        guest,
        Math.min(graceMs ?? powerDownMs, this.parts.powerDownMs ?? powerDownMs),
      );
    }
    await this.parts.processes.stop(address, graceMs);
    if (guest !== undefined) await this.forget(guest);
  }

  private async pressPowerButton(guest: Guest, graceMs: number): Promise<void> {
    const patience = this.parts.ports.timers.sleep(graceMs, guest.over.signal);
    const pressed = guest.monitor
      .then((qmp) => qmp?.ask('system_powerdown'))
      // A machine that does not answer is ended all the same.
      .then(() => guest.ended)
      .catch(() => null);
    await Promise.race([pressed, guest.ended, patience]);
  }

  renew(address: InstanceAddress, validForMs: number): void {
    this.parts.processes.renew?.(address, validForMs);
  }

  onExit(listener: (address: InstanceAddress, exit: InstanceExit) => void): void {
    this.exitListener = listener;
  }

  /** Path of the socket of its monitor. */
  monitorOf(address: InstanceAddress): string {
    return monitorPath(this.parts.folder, address);
  }

  /** Over HTTP, through a port that is published: nobody else sees into a guest. */
  async check(
    { description }: InstanceToCheck,
    probe: HealthProbe,
    timeoutMs: number,
  ): Promise<string | null> {
    if (probe.by !== 'http') throw new Error(httpAlone);
    const published = read(parsePorts(description ?? {})).find((port) =>
      isReached(port, probe.port),
    );
    if (published === undefined) throw new Error(`port ${probe.port} is not published`);
    const { address, published: port } = published;
    return askPort(address ?? '127.0.0.1', { ...probe, port }, timeoutMs, this.parts.ports.timers);
  }

  measure(): Promise<void> {
    return this.parts.processes.measure();
  }

  usageOf(address: InstanceAddress): Resources | null {
    return this.parts.processes.usageOf(address);
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.accelerator;
    for (const guest of this.guests.values()) {
      guest.isExpected = true;
      guest.over.abort();
      (await guest.monitor)?.close();
    }
    await this.parts.processes.close();
  }
}

/** Rejects when it aborts. */
function abortOf(signal: AbortSignal): { promise: Promise<never>; forget: () => void } {
  let cancel: () => void = () => {};
  const promise = new Promise<never>((_, reject) => {
    cancel = () => reject(new Error('the start was cancelled'));
  });
  promise.catch(() => {});
  if (signal.aborted) cancel();
  signal.addEventListener('abort', cancel);
  return { promise, forget: () => signal.removeEventListener('abort', cancel) };
}

/** What of QEMU's states (`RunState`) a machine does not come out of. */
const faults: ReadonlySet<string> = new Set(['internal-error', 'io-error', 'guest-panicked']);

/** A guest has no exit code: that it shut itself down is a good end, and all others are not. */
function exitOf({ reason, status }: InstanceExit, shutdown: string | null): InstanceExit {
  switch (shutdown) {
    case 'guest-shutdown':
      return { status: 'completed', reason: 'the guest shut itself down' };
    case 'guest-reset':
      return { status: 'failed', reason: 'the guest reset itself: it crashed, or restarted' };
    case 'guest-panic':
      return { status: 'failed', reason: 'the guest panicked' };
    default:
      return {
        status: 'failed',
        reason: status === 'failed' ? reason : `QEMU ended: ${shutdown ?? 'nobody saw why'}`,
      };
  }
}

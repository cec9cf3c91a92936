import type { ChildProcess } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { constants as osConstants } from 'node:os';
import { delimiter, join } from 'node:path';
import type { JsonObject, HealthProbe, Resources } from '@oakring/contracts';
import type { Ports } from '@oakring/ports';
import { askPort } from '../checks/probes.js';
import { runCommand } from '../checks/run-command.js';
import type { Cgroups } from './cgroups.js';
import { commandOf, environmentOf } from './command-line.js';
import { listen, type InstanceOutput, type OutputFolder } from './instance-output.js';
import { begun, defaultPath, secondsOf, signalGroup, startFailure } from './process-guard.js';
import { measureSessions, type SessionUsage } from './session-usage.js';
import {
  addressKey,
  StartFailure,
  type FoundInstance,
  type InstanceAddress,
  type InstanceExit,
  type InstanceToCheck,
  type InstanceToStart,
  type Runtime,
} from './runtime.port.js';

/** SIGTERM first; SIGKILL for what is still there after this long. */
const stopGraceMs = 5_000;
/** Shorter when the worker itself ends: whoever stops it does not wait for ever. */
const closeGraceMs = 2_000;
/** After the exit, for its last words; a daemon that it left may hold the pipe for ever. */
const closeWithinMs = 500;
/** What a shell adds to the number of the signal that ended its child. */
const signalledExitCode = 128;

interface Running {
  readonly address: InstanceAddress;
  readonly process: ChildProcess;
  readonly ended: Promise<void>;
  /** Path of its cgroup; null: there is none. */
  readonly group: string | null;
  usage: SessionUsage | null;
  stopping: boolean;
}

export interface ProcessRuntimeParts {
  /** Null: what an instance leaves behind on purpose is not ended with it. */
  readonly groups?: Cgroups | null;
  /** Where what they print is kept; null: nowhere. */
  readonly outputs?: OutputFolder | null;
}

/**
 * Runs a local command: `cmd` (or `command`) of the job as a list, else its `image` as the path of a
 * program. No shell reads it, and it is given nothing of the worker's own environment.
 */
export class ProcessRuntime implements Runtime {
  readonly technology = 'process';
  readonly outlives = false;
  /** Only a cgroup holds what leaves its session. */
  readonly enforcesStop: boolean;
  private readonly groups: Cgroups | null;
  private readonly outputs: OutputFolder | null;
  private readonly running = new Map<string, Running>();
  private exitListener: (address: InstanceAddress, exit: InstanceExit) => void = () => {};

  constructor(
    private readonly ports: Ports,
    { groups = null, outputs = null }: ProcessRuntimeParts = {},
  ) {
    this.groups = groups;
    this.outputs = outputs;
    this.enforcesStop = groups !== null;
  }

  async existing(): Promise<readonly FoundInstance[]> {
    return [];
  }

  async start(instance: InstanceToStart, signal: AbortSignal): Promise<void> {
    if (signal.aborted) throw new Error('the start was cancelled');
    if (this.running.has(addressKey(instance))) return;
    const { program, args, environment } = commandLineOf(instance.description);
    if (instance.validForMs !== undefined && !hasTimeout()) {
      throw new StartFailure(
        'cannot start: its limit needs the program timeout (coreutils), not found here',
        'node',
      );
    }
    // Of this start alone: the watcher of an earlier one, which ends what has its name, may be late.
    const start = this.ports.ids.next();
    const name = `i-${instance.job}.${instance.instance}.${instance.generation}.${start}`;
    const group = (await this.groups?.make(name)) ?? null;
    const output = await this.outputs?.open(instance).catch(() => undefined);
    if (signal.aborted) {
      await this.leave(group, output);
      throw new Error('the start was cancelled');
    }
    const { validForMs } = instance;
    const isHeard = output !== undefined;
    try {
      await begun({ program, args, environment, validForMs, group, isHeard }, (child) =>
        this.watch(instance, child, group, output),
      );
    } catch (error) {
      await this.leave(group, output);
      throw startFailure(error);
    }
  }

  private watch(
    { job, instance, generation }: InstanceToStart,
    child: ChildProcess,
    group: string | null,
    output: InstanceOutput | undefined,
  ): void {
    const address = { job, instance, generation };
    const lastWords = listen(child, output);
    // Writing to a guard that is gone must not end the worker.
    child.stdin?.on('error', () => {});
    let code: number | null = null;
    let killedBy: string | null = null;
    let emptied = Promise.resolve(true);
    const closed = new Promise<void>((resolve) => {
      child.once('close', () => resolve());
      child.once('exit', (exitCode, signal) => {
        code = exitCode;
        killedBy = signal;
        // The watcher goes, with what the command left running: that closes the last pipe.
        child.stdin?.end();
        emptied = this.endGroup(group);
        this.ports.timers.after(closeWithinMs, resolve);
      });
    });
    const ended = closed.then(async () => {
      const isGone = await emptied;
      await output?.close();
      const entry = this.running.get(addressKey(address));
      if (isGone) this.running.delete(addressKey(address));
      if (entry?.stopping !== true) this.exitListener(address, exitOf(code, killedBy, lastWords()));
    });
    const entry = { address, process: child, ended, group, usage: null, stopping: false };
    this.running.set(addressKey(address), entry);
  }

  /** Of a start that came to nothing. */
  private async leave(group: string | null, output: InstanceOutput | undefined): Promise<void> {
    await this.endGroup(group);
    await output?.close();
  }

  /** True once nothing is left in it. */
  private async endGroup(group: string | null): Promise<boolean> {
    if (group === null || this.groups === null) return true;
    return this.groups.end(group).then(
      () => true,
      () => false,
    );
  }

  renew(address: InstanceAddress, validForMs: number): void {
    const entry = this.running.get(addressKey(address));
    entry?.process.stdin?.write(`${secondsOf(validForMs)}\n`);
  }

  stop(address: InstanceAddress, graceMs: number = stopGraceMs): Promise<void> {
    return this.end(address, Math.min(graceMs, stopGraceMs));
  }

  private async end(address: InstanceAddress, graceMs: number): Promise<void> {
    const entry = this.running.get(addressKey(address));
    if (entry === undefined) return;
    entry.stopping = true;
    signalGroup(entry.process, 'SIGTERM');
    const patience = this.ports.timers.after(graceMs, () => signalGroup(entry.process, 'SIGKILL'));
    await entry.ended;
    patience.cancel();
    if (!this.running.has(addressKey(address))) return;
    if (!(await this.endGroup(entry.group))) throw new Error('something in it cannot be killed');
    this.running.delete(addressKey(address));
  }

  /** A command runs beside the instance, with its environment; a port is this machine's own. */
  async check(
    { description, ...address }: InstanceToCheck,
    probe: HealthProbe,
    timeoutMs: number,
  ): Promise<string | null> {
    const entry = this.running.get(addressKey(address));
    if (entry === undefined) throw new Error('it does not run');
    const { timers } = this.ports;
    if (probe.by !== 'command') return askPort('localhost', probe, timeoutMs, timers);
    const { group } = entry;
    const environment = { PATH: defaultPath, ...environmentOf(description ?? {}) };
    return runCommand({ command: probe.command, environment, group }, timeoutMs, timers);
  }

  onExit(listener: (address: InstanceAddress, exit: InstanceExit) => void): void {
    this.exitListener = listener;
  }

  async measure(): Promise<void> {
    const sessions = new Map<number, Running>();
    for (const entry of this.running.values()) {
      if (entry.process.pid !== undefined) sessions.set(entry.process.pid, entry);
    }
    if (sessions.size === 0) return;
    const before = new Map([...sessions].map(([id, entry]) => [id, entry.usage]));
    const measured = await measureSessions(before, this.ports.clock.monotonicMs());
    for (const [id, usage] of measured) {
      const entry = sessions.get(id);
      if (entry !== undefined) entry.usage = usage;
    }
  }

  usageOf(address: InstanceAddress): Resources | null {
    return this.running.get(addressKey(address))?.usage?.used ?? null;
  }

  async close(): Promise<void> {
    await Promise.all(
      [...this.running.values()].map(({ address }) => this.end(address, closeGraceMs)),
    );
  }
}

interface CommandLine {
  readonly program: string;
  readonly args: readonly string[];
  readonly environment: Record<string, string>;
}

/** Throws with a reason for a person, also when there is no such program. */
function commandLineOf(job: JsonObject): CommandLine {
  const [program = '', ...args] = commandOf(job) ?? [String(job['image'])];
  const environment = { PATH: defaultPath, ...environmentOf(job) };
  const candidates = program.includes('/')
    ? [program]
    : environment.PATH.split(delimiter).map((folder) => join(folder, program));
  if (!candidates.some(isExecutable)) {
    throw new StartFailure(`cannot start: no program ${program} here`, 'job');
  }
  return { program, args, environment };
}

function hasTimeout(): boolean {
  return defaultPath.split(delimiter).some((folder) => isExecutable(join(folder, 'timeout')));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function exitOf(code: number | null, killedBy: string | null, stderr: string): InstanceExit {
  if (code === 0) return { status: 'completed', reason: 'exit code 0' };
  const number = (code ?? 0) - signalledExitCode;
  const signal = Object.entries(osConstants.signals).find(([, value]) => value === number)?.[0];
  const killer = killedBy ?? signal;
  const how = killer === undefined ? `exit code ${code}` : `ended by ${killer}`;
  const lastLine = stderr.trim().split('\n').at(-1) ?? '';
  return { status: 'failed', reason: lastLine === '' ? how : `${how}: ${lastLine}` };
}

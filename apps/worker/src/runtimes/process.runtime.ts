import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { constants as osConstants } from 'node:os';
import { delimiter, join } from 'node:path';
import { endOfText, type JsonObject, type Resources } from '@oakring/contracts';
import type { Ports } from '@oakring/ports';
import { commandOf, environmentOf } from './command-line.js';
import { measureSessions, type SessionUsage } from './session-usage.js';
import {
  addressKey,
  StartFailure,
  type FoundInstance,
  type InstanceAddress,
  type InstanceExit,
  type InstanceToStart,
  type Runtime,
} from './runtime.port.js';

/** SIGTERM first; SIGKILL for what is still there after this long. */
const stopGraceMs = 5_000;
/** Shorter when the worker itself ends: whoever stops it does not wait for ever. */
const closeGraceMs = 2_000;
/** After the exit, for its last words; a daemon that it left may hold the pipe for ever. */
const closeWithinMs = 500;
const keptStderrCharacters = 2_000;
/** Where programs are looked for; a job's `environment` may say otherwise. */
const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** What a shell adds to the number of the signal that ended its child. */
const signalledExitCode = 128;

/**
 * Ties a command to its parent. The shell leads a session and process group of its own; a watcher in
 * it reads from a pipe that only the worker holds open. When the worker ends, however it ends
 * (`kill -9` too), the pipe closes and the watcher kills the group. The trap lets the command handle
 * SIGTERM itself: the shell goes on waiting for it and passes its exit code on. It is set after the
 * command was forked, which would inherit it and lose a SIGTERM that comes at once. The watcher also
 * keeps the command's standard error open, so that its closing means that all of them are gone. A
 * command that leaves its process group on purpose (a daemon) is not held. What lives on grants is
 * killed by the watcher when it hears of none in time (its first argument, then a line each, in
 * seconds): a worker that is stopped itself (SIGSTOP) cannot do it.
 */
const guard = `
exec 3<&0 </dev/null 4>&2 2>/dev/null
( trap '' TERM; PATH=${defaultPath}
  if [ "$1" = 0 ]; then read -r _ <&3
  else left=$1; while left=$(timeout "$left" head -n 1 <&3) && [ -n "$left" ]; do :; done
  fi
  kill -KILL 0 ) &
shift
exec 3<&-
"$@" 2>&4 4>&- &
child=$!
trap : TERM
exec 4>&-
wait "$child"; code=$?
while kill -0 "$child"; do wait "$child"; code=$?; done
exit "$code"
`;

interface Running {
  readonly address: InstanceAddress;
  readonly process: ChildProcess;
  readonly ended: Promise<void>;
  usage: SessionUsage | null;
  stopping: boolean;
}

/**
 * Runs a local command: `cmd` (or `command`) of the job as a list, else its `image` as the path of a
 * program. No shell reads it, and it is given nothing of the worker's own environment.
 */
export class ProcessRuntime implements Runtime {
  readonly technology = 'process';
  readonly outlives = false;
  private readonly running = new Map<string, Running>();
  private exitListener: (address: InstanceAddress, exit: InstanceExit) => void = () => {};

  constructor(private readonly ports: Ports) {}

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
    const limit = secondsOf(instance.validForMs);
    const child = spawn('/bin/sh', ['-c', guard, 'oakring-guard', limit, program, ...args], {
      detached: true,
      stdio: ['pipe', 'ignore', 'pipe'],
      env: environment,
    });
    await new Promise<void>((resolve, reject) => {
      child.once('error', (error) =>
        reject(new StartFailure(`cannot start: ${error.message}`, 'node')),
      );
      child.once('spawn', () => {
        // Before anything else can happen: the exit must not be missed.
        this.watch(instance, child);
        resolve();
      });
    });
  }

  private watch({ job, instance, generation }: InstanceToStart, child: ChildProcess): void {
    const address = { job, instance, generation };
    let stderr = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr = endOfText(stderr + text, keptStderrCharacters);
    });
    // Writing to a guard that is gone must not end the worker.
    child.stdin?.on('error', () => {});
    let code: number | null = null;
    let killedBy: string | null = null;
    const ended = new Promise<void>((resolve) => {
      child.once('close', () => resolve());
      child.once('exit', (exitCode, signal) => {
        code = exitCode;
        killedBy = signal;
        // The watcher goes, with what the command left running: that closes the last pipe.
        child.stdin?.end();
        this.ports.timers.after(closeWithinMs, resolve);
      });
    }).then(() => {
      const entry = this.running.get(addressKey(address));
      this.running.delete(addressKey(address));
      if (entry?.stopping !== true) this.exitListener(address, exitOf(code, killedBy, stderr));
    });
    this.running.set(addressKey(address), {
      address,
      process: child,
      ended,
      usage: null,
      stopping: false,
    });
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

/** As `timeout` takes it, never rounded up; 0: without a limit. */
function secondsOf(validForMs: number | undefined): string {
  if (validForMs === undefined) return '0';
  return (Math.max(1, Math.floor(validForMs)) / 1000).toFixed(3);
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

function signalGroup(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group is gone.
  }
}

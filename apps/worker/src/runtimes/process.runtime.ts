import { spawn, type ChildProcess } from 'node:child_process';
import type { JsonObject } from '@oakring/contracts';
import type { Ports } from '@oakring/ports';
import {
  addressKey,
  type InstanceAddress,
  type InstanceExit,
  type InstanceToStart,
  type Runtime,
} from './runtime.port.js';

/** SIGTERM first; SIGKILL for what is still there after this long. */
const stopGraceMs = 5_000;
const keptStderrCharacters = 2_000;

/**
 * Ties a command to its parent. The shell leads a process group of its own; a watcher in it reads
 * from a pipe that the worker holds open. When the worker ends, however it ends (`kill -9` too), the
 * pipe closes and the watcher kills the group. The trap lets the command handle SIGTERM itself: the
 * shell waits for it and passes its exit code on.
 */
const guard = `
trap : TERM
exec 3<&0 </dev/null
( trap - TERM; read -r _ <&3; kill -KILL 0 ) &
exec 3<&-
"$@" &
child=$!
wait "$child"; code=$?
while kill -0 "$child" 2>/dev/null; do wait "$child"; code=$?; done
exit "$code"
`;

interface Running {
  readonly address: InstanceAddress;
  readonly process: ChildProcess;
  readonly ended: Promise<void>;
  stopping: boolean;
}

/** Runs a local command, without a shell of its own reading it, tied to the worker's life. */
export class ProcessRuntime implements Runtime {
  readonly technology = 'process';
  private readonly running = new Map<string, Running>();
  private exitListener: (address: InstanceAddress, exit: InstanceExit) => void = () => {};

  constructor(private readonly ports: Ports) {}

  async existing(): Promise<readonly InstanceAddress[]> {
    return [];
  }

  start(instance: InstanceToStart, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.reject(new Error('the start was cancelled'));
    const command = commandOf(instance.description);
    return new Promise((resolve, reject) => {
      const child = spawn('/bin/sh', ['-c', guard, 'oakring-guard', ...command], {
        detached: true,
        stdio: ['pipe', 'ignore', 'pipe'],
        env: environmentOf(instance.description),
      });
      child.once('error', (error) => reject(new Error(`cannot start: ${error.message}`)));
      child.once('spawn', () => {
        this.watch(instance, child);
        resolve();
      });
    });
  }

  private watch(instance: InstanceToStart, child: ChildProcess): void {
    const { job, instance: number, generation } = instance;
    const address = { job, instance: number, generation };
    let stderr = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-keptStderrCharacters);
    });
    // Writing to a guard that is gone must not end the worker.
    child.stdin?.on('error', () => {});
    const ended = new Promise<void>((resolve) => {
      child.once('exit', (code, killedBy) => {
        child.stdin?.end();
        const entry = this.running.get(addressKey(address));
        this.running.delete(addressKey(address));
        resolve();
        if (entry?.stopping !== true) {
          this.exitListener(address, exitOf(code, killedBy, stderr));
        }
      });
    });
    this.running.set(addressKey(address), { address, process: child, ended, stopping: false });
  }

  async stop(address: InstanceAddress): Promise<void> {
    const entry = this.running.get(addressKey(address));
    if (entry === undefined) return;
    entry.stopping = true;
    signalGroup(entry.process, 'SIGTERM');
    const patience = this.ports.timers.after(stopGraceMs, () =>
      signalGroup(entry.process, 'SIGKILL'),
    );
    await entry.ended;
    patience.cancel();
    // Children of the command that outlived it.
    signalGroup(entry.process, 'SIGKILL');
  }

  onExit(listener: (address: InstanceAddress, exit: InstanceExit) => void): void {
    this.exitListener = listener;
  }

  used(): null {
    return null;
  }

  async close(): Promise<void> {
    await Promise.all([...this.running.values()].map(({ address }) => this.stop(address)));
  }
}

/** `cmd` (or `command`) as a list, else `image` as the path of a program. */
function commandOf(job: JsonObject): readonly string[] {
  const list = job['cmd'] ?? job['command'];
  if (Array.isArray(list) && list.length > 0 && list.every((part) => typeof part === 'string')) {
    return list;
  }
  return [String(job['image'])];
}

/** Only what the job names, and a path to find programs in: nothing of the worker's secrets. */
function environmentOf(job: JsonObject): Record<string, string> {
  const environment: Record<string, string> = { PATH: '/usr/local/bin:/usr/bin:/bin' };
  const list = job['environment'];
  if (!Array.isArray(list)) return environment;
  for (const entry of list) {
    const [key = '', ...value] = String(entry).split('=');
    if (key !== '') environment[key] = value.join('=');
  }
  return environment;
}

function exitOf(code: number | null, killedBy: string | null, stderr: string): InstanceExit {
  if (code === 0) return { status: 'completed', reason: 'exit code 0' };
  const how = killedBy === null ? `exit code ${code}` : `killed by ${killedBy}`;
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

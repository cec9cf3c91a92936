// Children of a benchmark: started, listened to, ended.
import { fork, spawn, type ChildProcess, type ForkOptions } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { freePort } from '../infra/machine/free-port.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const program = join(root, 'bin/oakring.js');
/** The same, module by module, as the compiler wrote it. */
export const unbundled = join(root, 'dist/apps/cli/src/main.js');

/** None outlives the benchmark, however that ends. */
const children = new Set<ChildProcess>();
process.once('SIGTERM', () => process.exit(143));
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

function started<C extends ChildProcess>(child: C): C {
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

export function temporaryFolder(): { folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'oakring-bench-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** `oakring up` that is ready. */
export interface Up {
  readonly pid: number;
  readonly url: string;
  readonly mqttUrl: string;
  readonly readyAfterMs: number;
  stop(): Promise<void>;
}

/** `oakring up` on free ports; resolves when it is ready. */
export async function startUp(
  dataFolder: string,
  env: Readonly<Record<string, string>> = {},
  path = program,
): Promise<Up> {
  const startedMs = performance.now();
  const settings = {
    PATH: process.env['PATH'],
    OAKRING_DATA: dataFolder,
    OAKRING_PORT: '0',
    OAKRING_SCHEDULER_PORT: '0',
    OAKRING_MQTT_PORT: '0',
    OAKRING_ALLOW_OPEN: 'true',
    ...env,
  };
  const child = started(
    spawn(process.execPath, [path, 'up'], {
      env: settings,
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  );
  const [, url = '', mqttUrl = ''] = await prints(child, /oakring is ready: (\S+) · MQTT (\S+)/);
  return {
    pid: pidOf(child),
    url,
    mqttUrl: mqttUrl.startsWith('mqtt') ? mqttUrl : `mqtt://${mqttUrl}`,
    readyAfterMs: performance.now() - startedMs,
    async stop() {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

/** A Mosquitto that lets everybody in; null: there is none on this machine. */
export async function startMosquitto(): Promise<{ readonly url: string; stop(): void } | null> {
  const port = await freePort();
  const child = started(spawn('mosquitto', ['-p', String(port)], { stdio: 'ignore' }));
  const isHere = await new Promise<boolean>((resolve) => {
    child.once('error', () => resolve(false));
    setTimeout(() => resolve(true), 500);
  });
  if (!isHere) return null;
  return { url: `mqtt://127.0.0.1:${port}`, stop: () => void child.kill() };
}

/** A worker as a process. */
export function startWorker(
  id: string,
  mqttUrl: string,
  data: string,
  runtime: 'simulated' | 'process' | 'docker' = 'simulated',
): ChildProcess {
  const args = ['worker', '--id', id, '--mqtt-url', mqttUrl, '--runtimes', runtime];
  return started(spawn(process.execPath, [program, ...args, '--data', data], { stdio: 'ignore' }));
}

/** A module of this folder as a process that sends messages. */
export interface Forked {
  readonly pid: number;
  send(message: object): void;
  /** The next message, which whoever asks knows by what it sent. */
  wait<Message = unknown>(): Promise<Message>;
  /** What came and was not waited for, and who waits in vain. */
  forget(): void;
  stop(): void;
}

export function forkModule(name: string, args: readonly (string | number)[] = []): Forked {
  const options: ForkOptions = {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    // What is not compiled here runs bare: a loader in its process would be measured with it.
    ...(name.endsWith('.js') ? { execArgv: [] } : {}),
  };
  const child = started(fork(join(root, 'bench', name), args.map(String), options));
  const arrived: unknown[] = [];
  const waiting: { resolve(message: unknown): void; reject(error: Error): void }[] = [];
  child.on('message', (message) => {
    const first = waiting.shift();
    if (first === undefined) arrived.push(message);
    else first.resolve(message);
  });
  child.once('exit', (code) => {
    const ended = new Error(`${name} ended with ${code} before it said what was waited for`);
    for (const { reject } of waiting) reject(ended);
  });
  const next = (): Promise<unknown> =>
    arrived.length > 0
      ? Promise.resolve(arrived.shift())
      : new Promise((resolve, reject) => waiting.push({ resolve, reject }));
  return {
    pid: pidOf(child),
    send: (message) => child.send(message),
    wait: async <Message>() => (await next()) as Message,
    forget: () => {
      arrived.length = 0;
      waiting.length = 0;
    },
    stop: () => child.kill('SIGKILL'),
  };
}

/** Of a module that was started by `forkModule`, to who started it. */
export function tell(message: object): void {
  process.send?.(message);
}

/** Resident memory of a process, MB (10^6 bytes), as the kernel counts it. */
export function residentMB(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return (Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024) / 1e6;
}

/** The most that it ever was. */
export function peakResidentMB(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return (Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024) / 1e6;
}

/** Ticks of the kernel's process times in a second, on Linux everywhere. */
const ticksPerSecond = 100;

/** User and system time of a process, proc(5). */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13);
  return (Number(user) + Number(system)) / ticksPerSecond;
}

export function pidOf({ pid }: ChildProcess): number {
  if (pid === undefined) throw new Error('a process could not be started');
  return pid;
}

function prints(
  child: ChildProcess & { readonly stdout: Readable },
  pattern: RegExp,
): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
      const found = pattern.exec(text);
      if (found !== null) resolve(found);
    });
    child.once('exit', (code) =>
      reject(new Error(`ended with ${code} before it was ready: ${text}`)),
    );
  });
}

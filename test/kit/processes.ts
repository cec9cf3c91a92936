import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const program = resolve('bin/oakring.js');

/** A program under test: what it prints, and how it ends. */
export interface Running {
  readonly child: ChildProcess;
  /** Everything printed so far, standard error included. */
  output(): string;
  /** Resolves with the first match; rejects when the program ends without one. */
  prints(pattern: RegExp): Promise<RegExpExecArray>;
  /** Resolves with the exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>;
}

export function runProgram(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Running {
  const child = spawn(command, args, {
    env: { PATH: process.env['PATH'] ?? '', HOME: tmpdir(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  const listeners = new Set<() => void>();
  const tell = (): void => listeners.forEach((listener) => listener());
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      tell();
    });
  }
  const ended = new Promise<number | null>((settle) => child.once('close', settle));
  return {
    child,
    output: () => output,
    ended,
    prints: (pattern) =>
      new Promise((settle, reject) => {
        const look = (): void => {
          const found = pattern.exec(output);
          if (found === null) return;
          listeners.delete(look);
          settle(found);
        };
        listeners.add(look);
        look();
        void ended.then((code) => {
          look();
          reject(new Error(`ended with ${code} without printing ${pattern}:\n${output}`));
        });
      }),
  };
}

/**
 * `oakring …` as it is installed, asking nobody for a credential: a test that is about who may come in says so
 * (`OAKRING_ALLOW_OPEN: 'false'`).
 */
export function oakring(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Running {
  return runProgram(process.execPath, [program, ...args], { OAKRING_ALLOW_OPEN: 'true', ...env });
}

export interface Cluster extends Running {
  readonly url: string;
  readonly mqttUrl: string;
  readonly mqttPort: string;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

/** Free ports, so that tests run beside anything. */
export const anyPorts = { OAKRING_PORT: '0', OAKRING_SCHEDULER_PORT: '0', OAKRING_MQTT_PORT: '0' };

/** `oakring up`, ready. */
export async function up(
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Cluster> {
  const running = oakring(['up'], { OAKRING_DATA: folder, ...anyPorts, ...env });
  const [, url = '', mqtt = ''] = await running.prints(/ready: (http\S+) · MQTT (\S+)/);
  const mqttUrl = mqtt.startsWith('mqtt') ? mqtt : `mqtt://${mqtt}`;
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    running.child.kill(signal);
    await running.ended;
  };
  return {
    ...running,
    url,
    mqttUrl,
    mqttPort: new URL(mqttUrl).port,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}

/** A folder that is gone after the test, with what workers in it have left running. */
export function temporaryFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'oakring-e2e-'));
  const remove = (): void => {
    for (const guard of guardsOf(path)) process.kill(guard, 'SIGUSR1');
    for (let tries = 500; tries > 0 && guardsOf(path).length > 0; tries -= 1) pause(10);
    rmSync(path, { recursive: true, force: true });
  };
  return { path, remove };
}

/** Processes outlive their worker: each has a guard, which ends it at SIGUSR1. */
function guardsOf(folder: string): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => {
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      return words[3] === 'oakring-guard' && words[4]?.startsWith(`${folder}/`) === true;
    } catch {
      // It has ended meanwhile.
      return false;
    }
  });
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** Ends a program and whatever it started. */
export function endGroup({ child }: Running): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

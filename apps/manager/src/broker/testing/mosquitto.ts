import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { freePort } from '../../../../../infra/machine/free-port.js';

/** The real Mosquitto and its clients, as a machine with `apt-get install mosquitto` has them. */

/** Whether it is here; says so loudly when it is not. */
export function hasMosquitto(): boolean {
  const missing = ['mosquitto', 'mosquitto_pub', 'mosquitto_sub'].filter(
    (program) => spawnSync(program, ['-h'], { env: withSbin() }).error !== undefined,
  );
  if (missing.length === 0) return true;
  console.warn(`NOT TESTED with a real Mosquitto: ${missing.join(', ')} not found on this machine`);
  return false;
}

export interface RunningBroker {
  readonly port: number;
  /** `kill -9`. */
  kill(): Promise<void>;
}

/** A Mosquitto on `port`, or on a free one; ready when this resolves. */
export async function startMosquitto(port?: number, more = ''): Promise<RunningBroker> {
  const folder = await mkdtemp(join(tmpdir(), 'oakring-mosquitto-'));
  const chosen = port ?? (await freePort());
  const config = join(folder, 'mosquitto.conf');
  await writeFile(config, `listener ${chosen} 127.0.0.1\nallow_anonymous true\n${more}\n`, {
    mode: 0o644,
  });
  const child = spawn('mosquitto', ['-c', config, '-v'], {
    env: withSbin(),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exited = once(child, 'exit');
  await lineWith(child.stderr, ' running');
  return {
    port: chosen,
    async kill() {
      child.kill('SIGKILL');
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export interface Publication {
  readonly topic: string;
  readonly payload: string | Uint8Array;
  readonly qos?: 0 | 1 | 2;
  readonly retain?: boolean;
  readonly more?: readonly string[];
}

/** `mosquitto_pub`: resolves with its exit code once the broker has the message. */
export async function mosquittoPub(port: number, publication: Publication): Promise<number> {
  const { topic, payload, qos = 1, retain = false, more = [] } = publication;
  const args = ['-p', String(port), '-t', topic, '-q', String(qos), ...more];
  args.push(payload.length === 0 ? '-n' : '-s');
  if (retain) args.push('-r');
  const child = spawn('mosquitto_pub', args, { stdio: ['pipe', 'ignore', 'ignore'] });
  // One that is refused ends without having read it: its code tells.
  child.stdin.on('error', () => {});
  child.stdin.end(payload);
  const [code] = await once(child, 'exit');
  return Number(code);
}

export interface Subscription {
  /** The next message that no earlier call has returned: its topic, a space, its payload. */
  next(): Promise<string>;
  /** Ends it as a network failure would: without DISCONNECT. */
  kill(): Promise<void>;
}

/** `mosquitto_sub`, subscribed when this resolves. Rejects when the broker refuses it. */
export async function mosquittoSub(
  port: number,
  topic: string,
  more: readonly string[] = [],
): Promise<Subscription> {
  const marker = 'message: ';
  const args = ['-d', '-p', String(port), '-t', topic, '-q', '1', '-F', `${marker}%t %p`, ...more];
  // Into a pipe it would keep "Subscribed" to itself until its buffer is full.
  const child = spawn('stdbuf', ['-oL', 'mosquitto_sub', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const messages: string[] = [];
  const waiting: ((message: string) => void)[] = [];
  await new Promise<void>((resolve, reject) => {
    createInterface(child.stdout).on('line', (line) => {
      if (line.startsWith('Subscribed')) {
        if (line.includes(': 128')) reject(new Error(`refused: ${topic}`));
        else resolve();
      }
      if (!line.startsWith(marker)) return;
      const message = line.slice(marker.length);
      const taker = waiting.shift();
      if (taker === undefined) messages.push(message);
      else taker(message);
    });
    void exited.then(([code]) => reject(new Error(`mosquitto_sub ended with ${code}`)));
  });
  return {
    next: () => {
      const message = messages.shift();
      return message === undefined
        ? new Promise((resolve) => waiting.push(resolve))
        : Promise.resolve(message);
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

async function lineWith(stream: Readable, text: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const seen: string[] = [];
    createInterface(stream)
      .on('line', (line) => {
        seen.push(line);
        if (line.includes(text)) resolve();
      })
      .on('close', () => reject(new Error(`it ended before "${text}":\n${seen.join('\n')}`)));
  });
}

/** Debian keeps the server where only root looks. */
function withSbin(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/local/sbin` };
}

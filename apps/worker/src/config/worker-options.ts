import { availableParallelism, hostname, totalmem } from 'node:os';
import { resolve } from 'node:path';
import {
  isId,
  isLoopback,
  OakringError,
  type Resources,
  type Technology,
} from '@oakring/contracts';

/** What a worker is started with. */
export interface WorkerOptions {
  /** `[A-Za-z0-9._-]{1,128}`. */
  readonly id: string;
  readonly name: string;
  /** `mqtt://` or `mqtts://`. */
  readonly mqttUrl: string;
  readonly username: string | null;
  readonly password: string | null;
  /** Keeps the incarnation and the token; one worker a folder. */
  readonly dataFolder: string;
  readonly runtimes: readonly Technology[];
  /** Null: the machine's own. */
  readonly capacity: Resources | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly ip: string;
  readonly port: number;
  /** `simulated` runtime: how long an instance takes to start, milliseconds. */
  readonly startDelayMs: number;
  /** `docker` runtime: path of the engine's socket, or a `tcp://` address. */
  readonly dockerHost: string;
}

const offered: readonly Technology[] = ['simulated', 'process', 'docker'];

/** Options from the environment (flags are put over it). Throws `settings-invalid` listing all. */
export function readWorkerOptions(
  env: Readonly<Record<string, string | undefined>>,
): WorkerOptions {
  const problems: string[] = [];
  const id = env['OAKRING_WORKER_ID'] ?? hostname();
  if (!isId(id)) problems.push(`OAKRING_WORKER_ID: "${id}" does not match [A-Za-z0-9._-]{1,128}`);
  const mqttUrl = env['OAKRING_MQTT_URL'] ?? 'mqtt://127.0.0.1:10003';
  if (!/^mqtts?:\/\//.test(mqttUrl)) {
    problems.push(`OAKRING_MQTT_URL: "${mqttUrl}" does not begin with mqtt:// or mqtts://`);
  }
  const runtimes = runtimesOf(env['OAKRING_WORKER_RUNTIMES'] ?? 'process', problems);
  const capacity = capacityOf(env, problems);
  const labels = labelsOf(env['OAKRING_WORKER_LABELS'] ?? '', problems);
  if (problems.length > 0) {
    const detail = `${problems.length} unusable:\n  ${problems.join('\n  ')}\n`;
    throw new OakringError({ code: 'settings-invalid', detail });
  }
  return {
    id,
    name: env['OAKRING_WORKER_NAME'] ?? id,
    mqttUrl,
    username: env['OAKRING_MQTT_USERNAME'] ?? null,
    password: env['OAKRING_MQTT_PASSWORD'] ?? null,
    dataFolder: resolve(env['OAKRING_WORKER_DATA'] ?? `oakring-worker-${id}`),
    runtimes,
    capacity,
    labels,
    ip: env['OAKRING_WORKER_IP'] ?? localAddress(mqttUrl),
    port: 0,
    startDelayMs: 0,
    dockerHost: env['DOCKER_HOST'] ?? '/var/run/docker.sock',
  };
}

function localAddress(mqttUrl: string): string {
  const brokerIsHere = URL.canParse(mqttUrl) && isLoopback(new URL(mqttUrl).hostname);
  return brokerIsHere ? '127.0.0.1' : hostname();
}

function runtimesOf(text: string, problems: string[]): Technology[] {
  const named = text.split(',').map((part) => part.trim());
  const known = offered.filter((technology) => named.includes(technology));
  const unknown = named.filter((name) => !offered.some((technology) => technology === name));
  if (unknown.length > 0) {
    problems.push(
      `OAKRING_WORKER_RUNTIMES: ${unknown.join(', ')} is not among ${offered.join(', ')}`,
    );
  }
  return known;
}

function capacityOf(
  env: Readonly<Record<string, string | undefined>>,
  problems: string[],
): Resources | null {
  const cpu = env['OAKRING_WORKER_CPU'];
  const memory = env['OAKRING_WORKER_MEMORY'];
  if (cpu === undefined && memory === undefined) return null;
  const machine = machineCapacity();
  const capacity = {
    cpuMillis: cpu === undefined ? machine.cpuMillis : Number(cpu),
    memoryMiB: memory === undefined ? machine.memoryMiB : Number(memory),
  };
  for (const [variable, value, text] of [
    ['OAKRING_WORKER_CPU', capacity.cpuMillis, cpu],
    ['OAKRING_WORKER_MEMORY', capacity.memoryMiB, memory],
  ] as const) {
    if (!Number.isSafeInteger(value) || value < 0) {
      problems.push(`${variable}: "${text}" is not a whole number`);
    }
  }
  return capacity;
}

function labelsOf(text: string, problems: string[]): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const part of text.split(',').filter((label) => label !== '')) {
    const [key = '', value] = part.split('=');
    if (key === '' || value === undefined) {
      problems.push(`OAKRING_WORKER_LABELS: "${part}" is not key=value`);
    } else labels[key] = value;
  }
  return labels;
}

/** What this machine has: thousandths of a core, and MiB. */
export function machineCapacity(): Resources {
  return {
    cpuMillis: availableParallelism() * 1000,
    memoryMiB: Math.floor(totalmem() / 1_048_576),
  };
}

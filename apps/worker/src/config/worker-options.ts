import { arch, availableParallelism, hostname, totalmem } from 'node:os';
import { resolve } from 'node:path';
import {
  assumedCapacity,
  idExpectation,
  isId,
  isLoopbackAddress,
  OakringError,
  secretPartOf,
  shownUrl,
  type Resources,
} from '@oakring/contracts';
import type { RuntimeName } from '../runtimes/runtime.port.js';

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
  readonly runtimes: readonly RuntimeName[];
  /** Null: the machine's own. */
  readonly capacity: Resources | null;
  readonly labels: Readonly<Record<string, string>>;
  /** Processor architecture such as `amd64`; absent: it is not told. */
  readonly architecture?: string;
  readonly ip: string;
  readonly port: number;
  /** `simulated` runtime: how long an instance takes to start, milliseconds. */
  readonly startDelayMs: number;
  /** `docker` runtime: path of the engine's socket, or a `unix://` or `tcp://` address. */
  readonly dockerHost: string;
  /** `docker` runtime: networks beyond ordinary ones that jobs may ask for: `host`, `container:<name>`. */
  readonly sharedNetworks?: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

const offered: readonly RuntimeName[] = ['simulated', 'process', 'docker'];
const bytesPerMiB = 1_048_576;

/** Options from the environment (flags are put over it). Throws `settings-invalid` listing all. */
export function readWorkerOptions(env: Environment): WorkerOptions {
  const problems: string[] = [];
  const id = env['OAKRING_WORKER_ID'] ?? hostname();
  if (!isId(id)) problems.push(`OAKRING_WORKER_ID: "${id}" is ${idExpectation}`);
  const mqttUrl =
    env['OAKRING_MQTT_URL'] ?? `mqtt://127.0.0.1:${env['OAKRING_MQTT_PORT'] ?? '10003'}`;
  if (!/^mqtts?:\/\//.test(mqttUrl) || !URL.canParse(mqttUrl)) {
    problems.push(
      `OAKRING_MQTT_URL: "${shownUrl(mqttUrl)}" is not an address like mqtt://host:1883`,
    );
  } else if (secretPartOf(mqttUrl) !== null) {
    problems.push(
      `OAKRING_MQTT_URL: "${shownUrl(mqttUrl)}" was given with ${secretPartOf(mqttUrl)}; credentials ` +
        `go into OAKRING_MQTT_USERNAME and OAKRING_MQTT_PASSWORD`,
    );
  }
  const runtimes = runtimesOf(env['OAKRING_WORKER_RUNTIMES'] ?? 'process', problems);
  const options = {
    id,
    name: env['OAKRING_WORKER_NAME'] ?? id,
    mqttUrl,
    username: env['OAKRING_MQTT_USERNAME'] ?? null,
    password: env['OAKRING_MQTT_PASSWORD'] ?? null,
    dataFolder: resolve(env['OAKRING_WORKER_DATA'] ?? `oakring-worker-${id}`),
    runtimes,
    capacity: capacityOf(env, runtimes, problems),
    labels: labelsOf(env['OAKRING_WORKER_LABELS'] ?? '', problems),
    architecture: architectureOfThisMachine(),
    ip: env['OAKRING_WORKER_IP'] ?? localAddress(mqttUrl),
    port: numberOf(env, 'OAKRING_WORKER_PORT', problems) ?? 0,
    startDelayMs: numberOf(env, 'OAKRING_WORKER_START_DELAY_MS', problems) ?? 0,
    dockerHost: env['DOCKER_HOST'] ?? '/var/run/docker.sock',
    sharedNetworks: listOf(env['OAKRING_WORKER_SHARED_NETWORKS'] ?? ''),
  };
  if (problems.length === 0) return options;
  const detail = `${problems.length} unusable:\n  ${problems.join('\n  ')}\n`;
  throw new OakringError({ code: 'settings-invalid', detail });
}

/** What this machine has: thousandths of a core, and MiB. */
export function machineCapacity(): Resources {
  return {
    cpuMillis: availableParallelism() * 1000,
    memoryMiB: Math.floor(totalmem() / bytesPerMiB),
  };
}

/** As images name it. */
function architectureOfThisMachine(): string {
  return arch() === 'x64' ? 'amd64' : arch();
}

function localAddress(mqttUrl: string): string {
  const host = URL.canParse(mqttUrl) ? new URL(mqttUrl).hostname.replace(/^\[(.*)\]$/, '$1') : '';
  return host === 'localhost' || isLoopbackAddress(host) ? '127.0.0.1' : hostname();
}

function runtimesOf(text: string, problems: string[]): RuntimeName[] {
  const named = text.split(',').map((part) => part.trim());
  const known = offered.filter((runtime) => named.includes(runtime));
  const unknown = named.filter((name) => !offered.some((runtime) => runtime === name));
  if (unknown.length > 0) {
    problems.push(
      `OAKRING_WORKER_RUNTIMES: "${unknown.join(', ')}" is not among ${offered.join(', ')}`,
    );
  }
  return known;
}

function capacityOf(
  env: Environment,
  runtimes: readonly RuntimeName[],
  problems: string[],
): Resources | null {
  const cpuMillis = numberOf(env, 'OAKRING_WORKER_CPU', problems);
  const memoryMiB = numberOf(env, 'OAKRING_WORKER_MEMORY', problems);
  // What is simulated is not bound to what this machine has.
  const isSimulated = runtimes.every((runtime) => runtime === 'simulated');
  if (cpuMillis === null && memoryMiB === null && !isSimulated) return null;
  const otherwise = isSimulated ? assumedCapacity : machineCapacity();
  return {
    cpuMillis: cpuMillis ?? otherwise.cpuMillis,
    memoryMiB: memoryMiB ?? otherwise.memoryMiB,
  };
}

/** A whole number; null when the variable is not there. */
function numberOf(env: Environment, variable: string, problems: string[]): number | null {
  const text = env[variable];
  if (text === undefined) return null;
  const isWhole = /^\d{1,15}$/.test(text);
  if (!isWhole) problems.push(`${variable}: "${text}" is not a whole number`);
  return isWhole ? Number(text) : 0;
}

function listOf(text: string): string[] {
  return text.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]));
}

function labelsOf(text: string, problems: string[]): Record<string, string> {
  const labels = new Map<string, string>();
  for (const part of text.split(',').filter((label) => label !== '')) {
    const at = part.indexOf('=');
    if (at < 1) problems.push(`OAKRING_WORKER_LABELS: "${part}" is not key=value`);
    else labels.set(part.slice(0, at).trim(), part.slice(at + 1).trim());
  }
  return Object.fromEntries(labels);
}

import { isIP } from 'node:net';
import { arch, availableParallelism, hostname, totalmem } from 'node:os';
import { resolve } from 'node:path';
import {
  assumedCapacity,
  idExpectation,
  isId,
  OakringError,
  readSettings,
  workerCatalogue,
  type Resources,
} from '@oakring/contracts';
import {
  isLoopbackAddress,
  plainTls,
  refuseOpenListener,
  type Listener,
  type TlsSettings,
} from '@oakring/host';
import type { AllowedToJobs } from '../allowed/allowances.js';
import { readAllowed } from './read-allowed.js';
import type { JoinOptions } from './join-options.js';
import { joinOf } from './read-join.js';
import type { RuntimeName } from '../runtimes/runtime.port.js';

/** What a worker is started with. */
export interface WorkerOptions extends AllowedToJobs {
  /** `[A-Za-z0-9._-]{1,128}`. */
  readonly id: string;
  readonly name: string;
  /** `mqtt://` or `mqtts://`. */
  readonly mqttUrl: string;
  readonly username: string | null;
  readonly password: string | null;
  /** PEM file of those by whom the broker is believed; absent: see `brokerTls`. */
  readonly tlsCa?: string;
  /** Where it may be let in as a node of its own; absent: it shows what is said above, or nothing. */
  readonly join?: JoinOptions;
  /** Keeps the incarnation and the token; one worker a folder. */
  readonly dataFolder: string;
  readonly runtimes: readonly RuntimeName[];
  /** Of the disk of the folder: with less free nothing new is started. Absent: 128. */
  readonly diskReserveMiB?: number;
  /** What runs ends when it is stopped, and is run again by its next start. */
  readonly endAtStop?: boolean;
  /** Null: the machine's own. */
  readonly capacity: Resources | null;
  readonly labels: Readonly<Record<string, string>>;
  /** Processor architecture such as `amd64`; absent: it is not told. */
  readonly architecture?: string;
  readonly ip: string;
  readonly port: number;
  /** Where it was told to listen over HTTP; absent: nowhere. */
  readonly listener?: WorkerListenerOptions;
  /** Where it listens on this machine alone, once somebody asks, where the port is free; absent: nowhere. */
  readonly page?: WorkerListenerOptions;
  /** `simulated` runtime: how long an instance takes to start, milliseconds. */
  readonly startDelayMs: number;
  /** `docker` runtime: path of the engine's socket, or a `unix://` or `tcp://` address. */
  readonly dockerHost: string;
}

/** A listener of its own, and what keeps strangers out of it. */
export interface WorkerListenerOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly httpPort: number;
  readonly token: string | null;
  /** Without a token it makes one, in its data folder. Absent: everybody may look. */
  readonly makesToken?: true;
  /** Further names that others reach it by. */
  readonly allowedHosts: readonly string[];
  readonly allowOpen: boolean;
  /** Absent: it speaks in the clear. */
  readonly certificates?: TlsSettings;
}

type Environment = Readonly<Record<string, string | undefined>>;

const bytesPerMiB = 1_048_576;
/** Manager and scheduler have 10100 and 10105. */
const usualPagePort = 10_200;

/** Options from the environment (flags are put over it). Throws `settings-invalid` listing all. */
export function readWorkerOptions(env: Environment): WorkerOptions {
  const {
    cpuMillis,
    memoryMiB,
    mqttUsername: username,
    httpPort,
    ...settings
  } = readSettings(workerCatalogue, env);
  const id = settings.id ?? hostname();
  const dataFolder = resolve(settings.data || `oakring-worker-${id}`);
  const address = settings.mqttUrl ?? `mqtt://127.0.0.1:${settings.mqttPort}`;
  if (!isId(id)) {
    const detail = `OAKRING_WORKER_ID is not set, and the host name "${id}" is ${idExpectation}`;
    throw new OakringError({ code: 'settings-invalid', detail, field: 'OAKRING_WORKER_ID' });
  }
  return {
    id,
    name: settings.name || id,
    mqttUrl: address,
    username,
    password: settings.mqttPassword,
    ...(settings.tlsCa === '' ? {} : { tlsCa: resolve(settings.tlsCa) }),
    ...joinOf(settings, { isOwnBroker: isOnThisMachine(address), username }),
    dataFolder,
    runtimes: settings.runtimes,
    ...(settings.diskReserveMiB === null ? {} : { diskReserveMiB: settings.diskReserveMiB }),
    ...(settings.endAtStop ? { endAtStop: true } : {}),
    capacity: capacityOf({ cpuMillis, memoryMiB }, settings.runtimes),
    labels: settings.labels,
    architecture: architectureOfThisMachine(),
    ip: settings.ip || localAddress(address),
    port: settings.port,
    ...listenersOf({ ...settings, certificates: { ...settings, data: dataFolder } }, httpPort),
    startDelayMs: settings.startDelayMs ?? 0,
    dockerHost: settings.dockerHost,
    ...readAllowed(settings, isOnThisMachine(address)),
  };
}

/** Nobody is surprised by a port that others reach: that one is said. 0 is none at all. */
function listenersOf(
  settings: Omit<WorkerListenerOptions, 'httpPort'>,
  httpPort: number | null,
): Pick<WorkerOptions, 'listener' | 'page'> {
  if (httpPort === 0) return {};
  const { token, allowOpen } = settings;
  const closed = token !== null || allowOpen ? {} : ({ makesToken: true } as const);
  if (httpPort !== null) return { listener: listenerOf({ ...settings, ...closed }, httpPort) };
  const own = { host: '127.0.0.1', allowedHosts: [], allowOpen: false };
  return { page: { ...own, httpPort: usualPagePort, token, ...closed } };
}

/** A name is judged when it is bound, by what it leads to. */
function listenerOf(
  settings: Omit<WorkerListenerOptions, 'httpPort'>,
  httpPort: number,
): WorkerListenerOptions {
  const { host, token, allowedHosts, allowOpen, makesToken, certificates } = settings;
  const own = {
    ...{ host, token, allowOpen },
    ...(makesToken === undefined ? {} : { makesToken }),
    ...(certificates === undefined ? {} : { certificates }),
  };
  if (isIP(host) !== 0) refuseOpenListener(host, asListener(own));
  return { ...own, httpPort, allowedHosts };
}

/** What is judged before it is bound. */
export function asListener({
  host,
  token,
  makesToken,
  allowOpen,
  certificates: tls = plainTls,
}: Omit<WorkerListenerOptions, 'httpPort' | 'allowedHosts'>): Listener {
  const missing = token === null && makesToken !== true ? ['OAKRING_TOKEN'] : [];
  return { host, missing, allowOpen, tls };
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
  return isOnThisMachine(mqttUrl) ? '127.0.0.1' : hostname();
}

/** Whoever reaches such a broker is on this machine already. */
function isOnThisMachine(mqttUrl: string): boolean {
  const host = URL.canParse(mqttUrl) ? new URL(mqttUrl).hostname.replace(/^\[(.*)\]$/, '$1') : '';
  return host === 'localhost' || isLoopbackAddress(host);
}

function capacityOf(
  { cpuMillis, memoryMiB }: { cpuMillis: number | null; memoryMiB: number | null },
  runtimes: readonly RuntimeName[],
): Resources | null {
  // What is simulated is not bound to what this machine has.
  const isSimulated = runtimes.every((runtime) => runtime === 'simulated');
  if (cpuMillis === null && memoryMiB === null && !isSimulated) return null;
  const otherwise = isSimulated ? assumedCapacity : machineCapacity();
  return {
    cpuMillis: cpuMillis ?? otherwise.cpuMillis,
    memoryMiB: memoryMiB ?? otherwise.memoryMiB,
  };
}

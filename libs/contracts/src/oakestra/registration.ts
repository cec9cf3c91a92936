import { LeftOut } from '../messages/left-out.js';
import { integerOf, isObject, textOf, type JsonObject, type Parsed } from '../parsing/parsing.js';
import type { ResourceName, Resources } from '../resources/catalogue.js';
import { resourcesFrom } from '../resources/resources.js';
import { cardsIn } from './network-cards.js';

/** What tells one machine from another: names are given twice, and copies of a disk share the first. */
export interface Machine {
  /** The id of its operating system; null: it says none. */
  readonly hostid: string | null;
  readonly host: string;
  readonly ip: string;
  /** Addresses of its network cards, but for those that come and go; sorted. */
  readonly macs: readonly string[];
}

/** The body of `POST /api/node/register`: what a worker's machine is and has. */
export interface OakestraRegistration {
  readonly machine: Machine;
  readonly port: number;
  /** What is free while none of our workloads runs there. */
  readonly capacity: Resources;
  readonly architecture: string | null;
  readonly technologies: readonly string[];
  readonly addons: readonly string[];
  readonly drivers: readonly string[];
  readonly gpuDrivers: readonly string[];
  /** For people. */
  readonly system: Readonly<Record<string, string>>;
}

const maxNames = 64;
const maxNameCharacters = 128;
const coreRange = { minimum: 0, maximum: 65_536 };
const memoryRange = { minimum: 0, maximum: 1_073_741_824 };
const gpuRange = { minimum: 0, maximum: 4_096 };
const shownOfSystem = ['kernel_version', 'os_version'] as const;
const architectures: Readonly<Record<string, string>> = { x86_64: 'amd64', aarch64: 'arm64' };

/**
 * Who it is and how much it has must be there; of the rest what is not usable is left out. `peerIp`: where
 * it registers from, for a machine that does not know its address.
 */
export function readRegistration(body: JsonObject, peerIp: string): Parsed<OakestraRegistration> {
  const leftOut = new LeftOut();
  const host = textOf(body['host'], 'host', 256);
  if (!host.ok) return host;
  const cores = integerOf(body['vcpus'], 'vcpus', coreRange);
  if (!cores.ok) return cores;
  const memory = integerOf(body['memory'], 'memory', memoryRange);
  if (!memory.ok) return memory;
  const gpus = leftOut.or(integerOf(body['vgpus'] ?? 0, 'vgpus', gpuRange), 0);
  const system = recordOf(body, 'system_info', leftOut);
  const network = recordOf(body, 'network_info', leftOut);
  const ip = wordOf(body, 'ip', leftOut) ?? peerIp;
  const architecture = wordOf(body, 'architecture', leftOut) ?? wordAt(system, 'architecture');
  return leftOut.beside({
    machine: {
      hostid: hostidOf(system, leftOut),
      host: host.value,
      ip,
      macs: cardsIn(network, ip),
    },
    port: portOf(body, leftOut),
    capacity: amounts({
      ...{ cpuMillis: cores.value * 1_000, memoryMiB: memory.value, gpus },
    }),
    architecture: architecture === null ? null : (architectures[architecture] ?? architecture),
    technologies: namesOf(body, 'virtualization', leftOut),
    addons: namesOf(body, 'supported_addons', leftOut),
    drivers: namesOf(body, 'csi_drivers', leftOut, 'csi_driver_name'),
    gpuDrivers: gpuDriversOf(body, leftOut),
    system: Object.fromEntries(
      shownOfSystem
        .map((name) => [name, wordAt(system, name)])
        .filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    ),
  });
}

function amounts(all: Readonly<Record<string, number>>): Resources {
  return resourcesFrom((name: ResourceName) => all[name] ?? 0);
}

/** A dash where there is no graphics card. */
function gpuDriversOf(body: JsonObject, leftOut: LeftOut): readonly string[] {
  const driver = wordOf(body, 'gpu_driver', leftOut);
  return driver === null || driver === '-' ? [] : [driver];
}

/** Digits in a text, as a rule. */
function portOf(body: JsonObject, leftOut: LeftOut): number {
  const { port = null } = body;
  if (port === null || port === '') return 0;
  const number = typeof port === 'string' && /^\d{1,5}$/.test(port) ? Number(port) : port;
  return leftOut.or(integerOf(number, 'port', { minimum: 0, maximum: 65_535 }), 0);
}

function wordOf(body: JsonObject, member: string, leftOut: LeftOut): string | null {
  const value = body[member];
  if (value === undefined || value === null || value === '') return null;
  return leftOut.or(textOf(value, member, 256), null);
}

function wordAt(record: JsonObject, member: string): string | null {
  const value = Object.hasOwn(record, member) ? record[member] : null;
  return typeof value === 'string' && value !== '' && value.length <= 256 ? value : null;
}

function recordOf(body: JsonObject, member: string, leftOut: LeftOut): JsonObject {
  const value = body[member];
  if (value === undefined || value === null) return {};
  if (isObject(value)) return value;
  leftOut.addUnlike(member, value, 'an object of texts');
  return {};
}

/** Texts, or objects that have one as a member; each once, sorted. */
function namesOf(
  body: JsonObject,
  member: string,
  leftOut: LeftOut,
  inner?: string,
): readonly string[] {
  const list = body[member];
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list)) {
    leftOut.addUnlike(member, list, 'a list');
    return [];
  }
  if (list.length > maxNames) {
    leftOut.addUnlike(`${member}.length`, list.length, `at most ${maxNames}: the first ones count`);
  }
  const names = new Set<string>();
  for (const [at, entry] of (list as unknown[]).slice(0, maxNames).entries()) {
    const isWrapped = inner !== undefined && isObject(entry);
    const field = isWrapped ? `${member}.${at}.${inner}` : `${member}.${at}`;
    const name = textOf(isWrapped ? entry[inner] : entry, field, maxNameCharacters);
    if (name.ok) names.add(name.value);
    else leftOut.add(name.refusal);
  }
  return [...names].sort();
}

/** `full_stats` is JSON in a text. */
function hostidOf(system: JsonObject, leftOut: LeftOut): string | null {
  const direct = wordAt(system, 'hostid');
  const { full_stats: stats } = system;
  if (direct !== null || stats === undefined || stats === null || stats === '') return direct;
  try {
    const read: unknown = typeof stats === 'string' ? JSON.parse(stats) : stats;
    if (isObject(read)) return wordAt(read, 'hostid');
  } catch {
    // Left out below.
  }
  leftOut.addUnlike('system_info.full_stats', stats, 'an object in JSON');
  return null;
}

import type { DiskFull, ReportedHealth, Resources } from '@oakring/contracts';
import {
  encodeUp,
  maxMqttPayloadBytes,
  type InstanceSaid,
  type ReadingSaid,
  type RegistrationSaid,
  type StateSaid,
} from '@oakring/contracts/native';
import { allowedFeatures, type AllowedToJobs } from '../allowed/allowances.js';
import { machineCapacity, type WorkerOptions } from '../config/worker-options.js';
import type { Identity, KnownInstance } from '../controls/decide-control.js';
import type { WorkerStore } from '../memory/worker-store.port.js';
import type { Runtime } from '../runtimes/runtime.port.js';
import { hundredths } from './usage.js';

/** What a worker says of itself (docs/native-protocol.md). Pure. */

/** What it can do whatever it runs things with. */
const ofEveryRuntime = ['logs', 'logs-not-before'];

/** Of each runtime by its name, as far as this machine's owner lets jobs have it. */
export function featuresOf(
  runtimes: readonly Runtime[],
  allowed: AllowedToJobs,
): readonly string[] {
  return runtimes.flatMap((runtime) => {
    const { technology, execFeatures = [] } = runtime;
    const ways = allowed.exec === true ? execFeatures : [];
    return [...allowedFeatures(runtime, allowed), ...ways.map((each) => `${technology}:${each}`)];
  });
}

export function registrationOf(
  options: WorkerOptions,
  { incarnation, token, yields }: Pick<WorkerStore, 'incarnation' | 'token' | 'yields'>,
  {
    startId,
    enforcesStop,
    features,
    registries,
  }: {
    readonly startId: string;
    readonly enforcesStop: boolean;
    readonly features: readonly string[];
    readonly registries: readonly string[];
  },
): RegistrationSaid {
  const { id, name, ip, port, labels, runtimes, architecture, hostPaths } = options;
  return {
    id,
    name,
    ip,
    port,
    incarnation,
    startId,
    ...(yields ? { yields } : {}),
    capacity: capacityOf(options),
    labels,
    technologies: runtimes,
    ...(architecture === undefined ? {} : { architecture }),
    acknowledges: true,
    // Of every runtime: a job is not placed by which of them it will run on.
    ...(enforcesStop ? { enforcesStop } : {}),
    features: [...features, ...ofEveryRuntime].sort(),
    ...(registries.length === 0 ? {} : { registries: [...registries].sort() }),
    ...(hostPaths === undefined ? {} : { hostPaths: [...hostPaths].sort() }),
    ...(token === null ? {} : { token }),
  };
}

/** What stands in a registration: what was given, else the machine's own. */
export function capacityOf({ capacity }: WorkerOptions): Resources {
  return capacity ?? machineCapacity();
}

/** What a worker says of its instances, besides the instances. */
export interface StateHead {
  readonly incarnation: number;
  /** Whose orders those instances are that do not say otherwise. */
  readonly ledger?: string;
  readonly requestId?: string;
  /** ISO 8601. */
  readonly at?: string;
  /** The worker stops: what is not listed has ended, and nothing is started any more. */
  readonly final?: true;
  /** It starts nothing new for want of room. */
  readonly diskFull?: DiskFull;
}

export interface ReportableInstance extends KnownInstance {
  /** Null: not known. */
  readonly runningMs?: number | null;
  /** Null: it has no checks, or nothing is known yet. */
  readonly health?: ReportedHealth | null;
  /** Of one that failed: what it printed last. */
  readonly lastLines?: readonly string[];
}

/** Of the room that a message has: the head and the page numbers need some as well. */
const shareOfPage = 0.9;
/** A manager takes up to 64. */
const maxPages = 60;

/**
 * The complete list, in as many messages as it takes. Reasons are left out where they would make it
 * more than one, and last lines of the longest there where they find no room beside.
 */
export function statesOf(
  head: StateHead,
  known: readonly ReportableInstance[],
  mostBytes = maxMqttPayloadBytes,
): StateSaid[] {
  const bare = known.map(
    ({
      job,
      instance,
      generation,
      status,
      runningMs = null,
      health,
      ...identity
    }): InstanceSaid => ({
      job,
      instance,
      generation,
      status,
      ...(runningMs === null ? {} : { runningMs }),
      ...identityIn(head, identity),
      ...healthIn(health),
    }),
  );
  const explained = bare.map((instance, index) => {
    const { reason = null, health } = known[index] ?? {};
    const why = reason === null ? {} : { reason };
    return { ...instance, ...why, ...healthIn(health, health?.reason) };
  });
  const state = { ...head, instances: explained };
  const bytes = Buffer.byteLength(encodeUp('state', state));
  if (bytes <= mostBytes) {
    return [{ ...head, instances: withLastLines(explained, known, mostBytes - bytes) }];
  }
  const leastPageBytes = Buffer.byteLength(JSON.stringify(bare)) / maxPages;
  const pages = pagesOf(bare, Math.max(mostBytes * shareOfPage, leastPageBytes));
  if (pages.length === 1) return [{ ...head, instances: bare }];
  return pages.map((instances, index) => ({
    ...head,
    page: index + 1,
    pages: pages.length,
    instances,
  }));
}

/** Those of the newest first; `room`: bytes. */
function withLastLines(
  said: readonly InstanceSaid[],
  known: readonly ReportableInstance[],
  room: number,
): readonly InstanceSaid[] {
  const all = [...said];
  let left = room;
  for (let at = known.length - 1; at >= 0; at -= 1) {
    const { lastLines = [] } = known[at] ?? {};
    const each = all[at];
    if (each === undefined || lastLines.length === 0) continue;
    left -= Buffer.byteLength(JSON.stringify({ lastLines })) + 1;
    if (left < 0) break;
    all[at] = { ...each, lastLines };
  }
  return all;
}

function healthIn(health: ReportedHealth | null | undefined, reason: string | null = null) {
  if (health === undefined || health === null) return {};
  const { status, forMs } = health;
  return { health: { status, ...(reason === null ? {} : { reason }), forMs: forMs ?? 0 } };
}

function identityIn(
  { ledger: usual }: StateHead,
  { ledger = null, digest = null }: Partial<Identity>,
): { ledger?: string; digest?: string } {
  const isUsual = ledger === null || ledger === usual;
  return { ...(isUsual ? {} : { ledger }), ...(digest === null ? {} : { digest }) };
}

function pagesOf<T>(instances: readonly T[], maxPageBytes: number): T[][] {
  const pages: T[][] = [[]];
  let bytes = 0;
  for (const instance of instances) {
    const size = Buffer.byteLength(JSON.stringify(instance)) + 1;
    if (bytes + size > maxPageBytes) {
      pages.push([]);
      bytes = 0;
    }
    bytes += size;
    pages.at(-1)?.push(instance);
  }
  return pages;
}

export interface ReadingFacts {
  readonly incarnation: number;
  readonly sequence: number;
  /** Hundredths of a percent of the node. */
  readonly cpu: number;
  readonly memory: number;
  readonly running: readonly KnownInstance[];
  usageOf(instance: KnownInstance): Resources | null;
  /** What one hundred percent are. */
  readonly whole: Resources;
  readonly mostBytes?: number | undefined;
}

/**
 * A reading. The list of instances is there only if the use of each is known and it finds room: with
 * a partial one the manager would take our own load for somebody else's.
 */
export function readingOf({
  running,
  usageOf,
  whole,
  mostBytes = maxMqttPayloadBytes,
  ...reading
}: ReadingFacts): ReadingSaid {
  const instances = running.flatMap((known) => {
    const used = usageOf(known);
    if (used === null) return [];
    const { job, instance, generation } = known;
    const cpu = hundredths(used.cpuMillis, whole.cpuMillis);
    const memory = hundredths(used.memoryMiB, whole.memoryMiB);
    return { job, instance, generation, cpu, memory };
  });
  const complete = { ...reading, instances };
  const isWhole = instances.length === running.length;
  return isWhole && fits(encodeUp('information', complete), mostBytes) ? complete : reading;
}

function fits(payload: string, mostBytes: number): boolean {
  return Buffer.byteLength(payload) <= mostBytes;
}

/** Why a registration was refused, with the way on where only people know it. */
export function whyRefused(id: string, code: string | null, detail: string | null): string {
  const isNamed = detail?.includes('node forget') === true;
  const remedy =
    code === 'node-id-taken' && !isNamed
      ? ` If it is this machine: oakring node forget ${id} --force`
      : '';
  return `${String(code)}: ${String(detail)}${remedy}`;
}

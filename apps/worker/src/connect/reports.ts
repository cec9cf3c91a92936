import { maxMqttPayloadBytes, type Resources } from '@oakring/contracts';
import { machineCapacity, type WorkerOptions } from '../config/worker-options.js';
import type { Identity, KnownInstance } from '../controls/decide-control.js';
import type { WorkerStore } from '../memory/worker-store.port.js';
import { percent } from './usage.js';

/** What a worker says of itself, as the payloads of its messages (docs/native-protocol.md). Pure. */

export function registrationOf(
  options: WorkerOptions,
  { incarnation, token, yields }: Pick<WorkerStore, 'incarnation' | 'token' | 'yields'>,
  { startId, enforcesStop }: { readonly startId: string; readonly enforcesStop: boolean },
): object {
  const { id, name, ip, port, labels, runtimes, architecture } = options;
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
  readonly requestId?: unknown;
  /** The worker stops: what is not listed has ended, and nothing is started any more. */
  readonly final?: true;
}

export interface ReportableInstance extends KnownInstance {
  /** Null: not known. */
  readonly runningMs?: number | null;
}

/** Of the room that a message has: the head and the page numbers need some as well. */
const shareOfPage = 0.9;
/** A manager takes up to 64. */
const maxPages = 60;

/**
 * The complete list, in as many messages as it takes. Reasons are left out where they would make it
 * more than one.
 */
export function statesOf(
  head: StateHead,
  known: readonly ReportableInstance[],
  mostBytes = maxMqttPayloadBytes,
): object[] {
  const bare = known.map(
    ({ job, instance, generation, status, runningMs = null, ...identity }) => ({
      ...{ job, instance, generation, status },
      ...(runningMs === null ? {} : { runningMs }),
      ...identityIn(head, identity),
    }),
  );
  const explained = known.map(({ reason }, index) => ({
    ...bare[index],
    ...(reason === null ? {} : { reason }),
  }));
  const state = { ...head, instances: explained };
  if (fits(state, mostBytes)) return [state];
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
  /** Percent of the node. */
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
}: ReadingFacts): object {
  const instances = running.map((known) => {
    const used = usageOf(known);
    return used === null
      ? null
      : {
          job: known.job,
          instance: known.instance,
          generation: known.generation,
          cpu: percent(used.cpuMillis, whole.cpuMillis),
          memory: percent(used.memoryMiB, whole.memoryMiB),
        };
  });
  const complete = { ...reading, instances };
  return instances.includes(null) || !fits(complete, mostBytes) ? reading : complete;
}

function fits(payload: object, mostBytes: number): boolean {
  return Buffer.byteLength(JSON.stringify(payload)) <= mostBytes;
}

/** Why a registration was refused, with the way on where only people know it. */
export function whyRefused(id: string, code: unknown, detail: unknown): string {
  const isNamed = typeof detail === 'string' && detail.includes('node forget');
  const remedy =
    code === 'node-id-taken' && !isNamed
      ? ` If it is this machine: oakring node forget ${id} --force`
      : '';
  return `${String(code)}: ${String(detail)}${remedy}`;
}

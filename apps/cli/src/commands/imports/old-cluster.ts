import { isObject, type JsonObject } from '@oakring/contracts';

/** What Oakestra's cluster orchestrator has in its data base, as its documents are there. */
export interface OldCluster {
  readonly candidates: readonly JsonObject[];
  readonly jobs: readonly JsonObject[];
}

/** Readings and logs: much, and not taken over. */
const readings = ['cpu_history', 'memory_history'];
const ofInstances = [...readings, 'logs'].map((field) => `instance_list.${field}`);

/** Loaded when it is called: the driver is large. Throws `store-unreachable`. */
export async function readOldCluster(url: string): Promise<OldCluster> {
  const { readForeignDocuments } = await import('@oakring/stores');
  const [candidates = [], jobs = []] = await readForeignDocuments(url, [
    { database: 'candidates', collection: 'candidates', without: readings },
    { database: 'jobs', collection: 'jobs', without: [...readings, ...ofInstances] },
  ]);
  return { candidates, jobs };
}

function idIn({ _id: id }: JsonObject): string {
  return typeof id === 'string' ? id : '';
}

/**
 * What its workers' heartbeats have written over there is made up for from what runs on it: its runtimes,
 * without which nothing of it could be ended, and its memory.
 */
export function madeUpFor(old: OldCluster): readonly JsonObject[] {
  const runtimes = new Map<string, Set<string>>();
  for (const job of old.jobs) {
    const { virtualization: runtime } = job;
    if (typeof runtime !== 'string' || runtime === '') continue;
    for (const worker of workersOf(job)) {
      runtimes.set(worker, (runtimes.get(worker) ?? new Set<string>()).add(runtime));
    }
  }
  return withMemoryOfInstances(old).map((candidate) => {
    const { virtualization: told } = candidate;
    const found = runtimes.get(idIn(candidate));
    const isTold = Array.isArray(told) && told.length > 0;
    return isTold || found === undefined ? candidate : { ...candidate, virtualization: [...found] };
  });
}

/**
 * A node's memory is told there as what is free while our instances run: to that comes what they asked
 * for, until its worker registers and says what it has. Otherwise what runs there would not fit there.
 */
function withMemoryOfInstances({ candidates, jobs }: OldCluster): readonly JsonObject[] {
  const taken = new Map<string, number>();
  for (const job of jobs) {
    const memory = numberIn(job['memory']);
    for (const worker of workersOf(job)) taken.set(worker, (taken.get(worker) ?? 0) + memory);
  }
  return candidates.map((candidate) => {
    const { memory } = candidate;
    if (typeof memory !== 'number') return candidate;
    return { ...candidate, memory: memory + (taken.get(idIn(candidate)) ?? 0) };
  });
}

/** Of each of its instances, where one is known. */
function workersOf(job: JsonObject): readonly string[] {
  const { instance_list: list } = job;
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: unknown) => {
    const { worker_id: worker } = isObject(entry) ? entry : {};
    return typeof worker === 'string' && worker !== '' ? [worker] : [];
  });
}

function numberIn(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? Math.max(0, Math.ceil(value)) : 0;
}

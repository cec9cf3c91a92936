import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Figures } from './figures.js';
import { jobAt, pause, removeJob, send, until } from './manager-http.js';
import {
  cpuSeconds,
  peakResidentMB,
  pidOf,
  residentMB,
  startUp,
  startWorker,
  temporaryFolder,
  type Up,
} from './processes.js';

const few = 3;
const many = 50;
const settleMs = 30_000;
const lookMs = 30_000;
const startWithinMs = 300_000;
const usualSocket = '/var/run/docker.sock';
/** Of an image that this engine has: of those that it has to fetch, others decide how long that takes. */
const image = process.env['OAKRING_BENCH_IMAGE'] ?? 'busybox';

/** What a worker takes for itself, at rest with three instances and with fifty: memory, and of a core. */
export async function benchWorker(): Promise<Figures> {
  const { folder, remove } = temporaryFolder();
  const up = await startUp(join(folder, 'up'));
  const host = process.env['DOCKER_HOST'];
  const hasEngine = host !== undefined || existsSync(usualSocket);
  const figures = {
    ...(await measured(up, join(folder, 'process'), 'process')),
    ...(hasEngine
      ? await measured(up, join(folder, 'docker'), 'docker')
      : { 'docker: not measured': 'no engine here (DOCKER_HOST)' }),
  };
  await up.stop();
  remove();
  return figures;
}

async function measured(up: Up, data: string, runtime: 'process' | 'docker'): Promise<Figures> {
  const id = `bench-${runtime}`;
  const worker = startWorker(id, up.mqttUrl, data, runtime);
  const pid = pidOf(worker);
  const figures: Record<string, string> = {};
  for (const count of [few, many]) {
    const job = `${runtime}-${count}`;
    const before = cpuSeconds(pid);
    await run(up.url, job, runtime, count);
    const startedFor = cpuSeconds(pid) - before;
    await pause(settleMs);
    const restsFrom = cpuSeconds(pid);
    await pause(lookMs);
    const share = (cpuSeconds(pid) - restsFrom) / (lookMs / 1_000);
    const what = `${runtime}, ${count} instances`;
    Object.assign(figures, {
      [`${what}: RSS MB`]: residentMB(pid).toFixed(0),
      [`${what}: of a core`]: share.toFixed(4),
      [`${what}: to start them, CPU ms each`]: ((1_000 * startedFor) / count).toFixed(0),
      ...(runtime === 'process'
        ? { [`${what}: what guards one, beside that, PSS MB`]: guardsMB(data, count) }
        : {}),
    });
    await removeJob(up.url, job);
  }
  const peak = peakResidentMB(pid);
  worker.kill('SIGTERM');
  await once(worker, 'exit');
  return { ...figures, [`${runtime}: the most that it was, RSS MB`]: peak.toFixed(0) };
}

async function run(
  url: string,
  id: string,
  technology: 'process' | 'docker',
  count: number,
): Promise<void> {
  const runs = { command: ['sleep', '3600'], technology };
  const asks = { image: technology === 'docker' ? image : 'sleep', pull: 'missing' };
  // As little as can be: the machine is to hold fifty of them.
  const resources = { cpuMillis: 1, memoryMiB: 8 };
  const { pull: _pull, ...ofProcess } = asks;
  const body = { id, name: id, count, resources, ...runs };
  await send(url, '/api/v1/jobs', { ...body, ...(technology === 'docker' ? asks : ofProcess) });
  await until(async () => {
    const { instances } = await jobAt(url, id);
    const failed = instances.find(({ failures }) => failures > 0);
    if (failed !== undefined) throw new Error(`${id} cannot be measured: ${failed.reason}`);
    return instances.filter(({ status }) => status === 'running').length === count;
  }, startWithinMs);
}

/** Guards and their helpers, not what they guard: what is theirs alone, and their share of what they have in common. */
function guardsMB(data: string, count: number): string {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? contentOf(`/proc/${name}/stat`) : '';
    const parent = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
    if (parent !== undefined && stat !== '') parents.set(Number(name), Number(parent));
  }
  const isGuard = (pid: number): boolean => {
    const line = contentOf(`/proc/${pid}/cmdline`);
    return line.includes('oakring-guard') && line.includes(data);
  };
  const guards = new Set([...parents.keys()].filter(isGuard));
  const isTheirs = (pid: number): boolean => {
    if (contentOf(`/proc/${pid}/cmdline`).startsWith('sleep')) return false;
    let each = pid;
    while (each > 1 && !guards.has(each)) each = parents.get(each) ?? 0;
    return guards.has(each);
  };
  const bytes = [...parents.keys()]
    .filter(isTheirs)
    .map((pid) => Number(/^Pss:\s+(\d+)/m.exec(contentOf(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0))
    .reduce((sum, kB) => sum + kB * 1_024, 0);
  return (bytes / count / 1e6).toFixed(2);
}

/** Empty once the process is gone. */
function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

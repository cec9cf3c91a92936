// What a cluster of one process costs at rest, by its size: for docs/sizing.md.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Figures } from './figures.js';
import { now, pause, post, total, until } from './manager-http.js';
import {
  cpuSeconds,
  forkModule,
  peakResidentMB,
  residentMB,
  startUp,
  temporaryFolder,
  type Forked,
} from './processes.js';

const usualSizes = [3, 100, 1_000, 5_000];
const instancesPerNode = 10;
const nodesPerProcess = 1_000;
const instancesPerJob = 100;
/** What comes with the start: first looks at everything, and garbage of it. */
const settleMs = 30_000;
const measureMs = 60_000;
const startedWithinMs = 600_000;

/** OAKRING_BENCH_NODES: other sizes, separated by commas. */
export async function benchSizing(): Promise<Figures> {
  const { OAKRING_BENCH_NODES: asked = '' } = process.env;
  const sizes = asked === '' ? usualSizes : asked.split(',').map(Number);
  const figures: Record<string, string> = {};
  for (const nodes of sizes) {
    const found = await sized(nodes);
    // A larger one may not be reached on this machine.
    console.error(found);
    Object.assign(figures, found);
  }
  return figures;
}

async function sized(nodes: number): Promise<Figures> {
  const { folder, remove } = temporaryFolder();
  const up = await startUp(folder);
  // A thousand in one process, so that it is not the load that is late.
  const loads: Forked[] = [];
  for (let first = 0; first < nodes; first += nodesPerProcess) {
    const count = Math.min(nodesPerProcess, nodes - first);
    loads.push(forkModule('worker-load.ts', [up.mqttUrl, first, count, 'listing']));
  }
  await Promise.all(loads.map((load) => load.wait()));
  const began = { at: now(), cpu: cpuSeconds(up.pid) };
  const instances = nodes * instancesPerNode;
  for (let first = 0; first < instances; first += instancesPerJob) {
    const count = Math.min(instancesPerJob, instances - first);
    await posted(up.url, `job-${first / instancesPerJob}`, count);
  }
  await until(async () => (await total(up.url)) === instances, startedWithinMs);
  const deployed = { seconds: (now() - began.at) / 1_000, cpu: cpuSeconds(up.pid) - began.cpu };
  const ledgerOfDeployment = bytesIn(join(folder, 'ledger'));
  await pause(settleMs);
  const before = look();
  await pause(measureMs);
  const after = look();
  for (const load of loads) load.stop();
  await up.stop();
  remove();
  const seconds = (after.at - before.at) / 1_000;
  const perSecond = (key: keyof typeof before): number => (after[key] - before[key]) / seconds;
  const name = `${nodes} nodes × ${instancesPerNode}`;
  return {
    [`${name}: CPU at rest, cores`]: perSecond('cpu').toFixed(3),
    [`${name}: memory, RSS MB at rest / the most`]: `${Math.round(after.memory)} / ${Math.round(after.peak)}`,
    [`${name}: readings on disk, MB a day`]: Math.round((perSecond('telemetry') * 86_400) / 1e6),
    [`${name}: ledger at rest, MB a day`]: ((perSecond('ledger') * 86_400) / 1e6).toFixed(1),
    [`${name}: a node says / hears, bytes/s`]: `${Math.round(perSecond('said') / nodes)} / ${Math.round(perSecond('heard') / nodes)}`,
    [`${name}: all in, kB/s`]: Math.round(perSecond('said') / 1_000),
    [`${name}: all instances ordered and running after s, CPU s`]: `${deployed.seconds.toFixed(1)}, ${deployed.cpu.toFixed(1)}`,
    [`${name}: ledger with them, MB`]: (ledgerOfDeployment / 1e6).toFixed(1),
  };

  function look() {
    // Of a process that has nothing but its sockets: what it writes goes to the broker.
    const io = loads.map(({ pid }) => readFileSync(`/proc/${pid}/io`, 'utf8'));
    const sum = (pattern: RegExp): number =>
      io.reduce((bytes, text) => bytes + Number(pattern.exec(text)?.[1]), 0);
    return {
      at: now(),
      cpu: cpuSeconds(up.pid),
      memory: residentMB(up.pid),
      peak: peakResidentMB(up.pid),
      said: sum(/wchar: (\d+)/),
      heard: sum(/rchar: (\d+)/),
      telemetry: bytesIn(join(folder, 'telemetry')),
      ledger: bytesIn(join(folder, 'ledger')),
    };
  }
}

/** A busy machine may not decide in time: asked again, under the same id, it is the same job. */
async function posted(url: string, id: string, count: number): Promise<void> {
  const deadline = now() + startedWithinMs;
  for (;;) {
    try {
      return await post(url, { id, count });
    } catch (error) {
      if (now() > deadline) throw error;
      await pause(1_000);
    }
  }
}

/** On the disk, whatever a file says of its length. */
function bytesIn(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  return files
    .filter((file) => file.isFile())
    .reduce((sum, file) => sum + statSync(join(file.parentPath, file.name)).blocks * 512, 0);
}

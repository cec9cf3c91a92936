// What jobs that wait for room cost while others come and go.
import { once } from 'node:events';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { jobAt, orderDeletion, pause, post, readyNodes, until } from './manager-http.js';
import { middleAndTail, type Figures } from './figures.js';
import { cpuSeconds, startUp, startWorker, temporaryFolder, type Up } from './processes.js';

const waitingJobs = 20_000;
const atOnce = 64;
/** Each changes its node three times: placed, started, ended. */
const jobsPerSecond = 33;
const measuredMs = 30_000;

/** CPU of a manager under short jobs, a hundred changes a second, with and without jobs that wait. */
export async function benchWaiting(): Promise<Figures> {
  const { folder, remove } = temporaryFolder();
  const up = await startUp(join(folder, 'up'));
  const workers = ['a', 'b', 'c'].map((id) => startWorker(id, up.mqttUrl, join(folder, id)));
  await until(async () => (await readyNodes(up.url)) === workers.length, 20_000);
  await comeAndGo(up, 5_000);
  const without = await comeAndGo(up, measuredMs);
  await submitWaiting(up.url);
  // The last one was asked about.
  await until(
    async () => (await reasonOf(up.url, waitingJobs)).includes('too little CPU'),
    120_000,
  );
  await comeAndGo(up, 5_000);
  const withThem = await comeAndGo(up, measuredMs);
  for (const worker of workers) worker.kill('SIGTERM');
  await Promise.all(workers.map((worker) => once(worker, 'exit')));
  await up.stop();
  remove();
  return {
    'short jobs a second': jobsPerSecond,
    'CPU without waiting jobs, cores': without.cores.toFixed(3),
    [`CPU with ${waitingJobs} waiting jobs, cores`]: withThem.cores.toFixed(3),
    'what waiting costs, cores (goal < 0.1)': (withThem.cores - without.cores).toFixed(3),
    'POST p50/p99 without, ms': without.answered,
    'POST p50/p99 with, ms': withThem.answered,
  };
}

async function reasonOf(url: string, number: number): Promise<string> {
  return (await jobAt(url, `waits-${number}`)).instances[0]?.reason ?? '';
}

async function submitWaiting(url: string): Promise<void> {
  let next = 0;
  const submit = async (): Promise<void> => {
    while (next < waitingJobs) {
      const number = (next += 1);
      // No two alike, and none fits anywhere.
      const resources = { cpuMillis: 1_000_000 + number, memoryMiB: 64 };
      await post(url, { id: `waits-${number}`, resources });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, submit));
}

/** Submits short jobs at an even pace, each deleted half a second later. */
async function comeAndGo({ url, pid }: Up, durationMs: number) {
  const answeredMs: number[] = [];
  const open: Promise<void>[] = [];
  const usedBefore = cpuSeconds(pid);
  const began = performance.now();
  for (let count = 0; performance.now() - began < durationMs; count += 1) {
    const due = began + (count * 1_000) / jobsPerSecond;
    await pause(Math.max(0, due - performance.now()));
    open.push(one(url, answeredMs));
  }
  const seconds = (performance.now() - began) / 1_000;
  const cores = (cpuSeconds(pid) - usedBefore) / seconds;
  await Promise.all(open);
  return { cores, answered: middleAndTail(answeredMs) };
}

let lastJob = 0;

async function one(url: string, answeredMs: number[]): Promise<void> {
  const id = `short-${(lastJob += 1)}`;
  const sent = performance.now();
  await post(url, { id });
  answeredMs.push(performance.now() - sent);
  await pause(500);
  await orderDeletion(url, id);
}

import { performance } from 'node:perf_hooks';
import { join } from 'node:path';
import { emptyHead, encodeEvent, headOf, sealCommit } from '@oakring/events';
import { openLmdbEventLog } from '@oakring/stores';
import { percentile, sortedNumbers, type Figures } from './figures.js';
import { benchOrigin } from './ledger-floors.js';
import type { OneByOne, Order, Sustained } from './jobs-load.js';
import { forkModule, startUp, temporaryFolder } from './processes.js';

const aloneJobs = 800;
/** Until the code is compiled; not counted. */
const warmUpJobs = 300;
const load: Order = { type: 'sustained', posters: 64, durationMs: 10_000 };

/** A job's way from POST to the command at the worker, alone and from 64 posters. */
export async function benchJobs(): Promise<Figures> {
  return { ...(await alone(await bareCommitMs())), ...(await sustained()) };
}

async function alone(bareMs: number): Promise<Figures> {
  const { folder, remove } = temporaryFolder();
  const up = await startUp(folder);
  const workers = forkModule('jobs-load.ts', [up.url, up.mqttUrl, 3]);
  await workers.wait();
  const order: Order = { type: 'oneByOne', jobs: aloneJobs };
  workers.send(order);
  const { answered, commanded } = await workers.wait<OneByOne>();
  workers.stop();
  await up.stop();
  remove();
  const toCommand = sortedNumbers(commanded.slice(warmUpJobs));
  const p50 = percentile(toCommand, 0.5);
  return {
    'POST → answer, alone, p50 ms': percentile(
      sortedNumbers(answered.slice(warmUpJobs)),
      0.5,
    ).toFixed(2),
    'POST → command at the worker, alone, p50 ms (goal < 12)': p50.toFixed(2),
    'POST → command at the worker, alone, p99 ms': percentile(toCommand, 0.99).toFixed(2),
    'two bare commits, p50 ms': (2 * bareMs).toFixed(2),
    'ratio to two bare commits': (p50 / (2 * bareMs)).toFixed(1),
  };
}

async function sustained(): Promise<Figures> {
  const { folder, remove } = temporaryFolder();
  const up = await startUp(folder);
  const workers = forkModule('jobs-load.ts', [up.url, up.mqttUrl, 1_000]);
  await workers.wait();
  workers.send(load);
  const { posted, elapsedMs, answers } = await workers.wait<Sustained>();
  workers.stop();
  await up.stop();
  remove();
  const sorted = sortedNumbers(answers);
  return {
    '64 posters, 1 000 nodes: placements acknowledged': posted,
    '64 posters, 1 000 nodes: placements/s (goal ≥ 2 000)': Math.round(posted / (elapsedMs / 1000)),
    '64 posters: POST p50 / p99 ms': `${percentile(sorted, 0.5).toFixed(1)} / ${percentile(sorted, 0.99).toFixed(1)}`,
  };
}

/** Median of one small durable commit on the same store. */
async function bareCommitMs(): Promise<number> {
  const { folder, remove } = temporaryFolder();
  const log = await openLmdbEventLog(join(folder, 'ledger'));
  let head = emptyHead;
  const times: number[] = [];
  for (let version = 1; version <= 500; version += 1) {
    const commit = sealCommit(head, {
      epoch: 1,
      commitId: String(version),
      at: version,
      streams: ['jobs/a'],
      commands: [],
      events: [encodeEvent({ stream: 'jobs/a', type: 'JobEnded', data: {} }, version, benchOrigin)],
    });
    const startedMs = performance.now();
    await log.append(commit);
    times.push(performance.now() - startedMs);
    head = headOf(commit);
  }
  await log.close();
  remove();
  return percentile(sortedNumbers(times), 0.5);
}

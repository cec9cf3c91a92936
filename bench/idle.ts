import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { percentile, sortedNumbers, type Figures } from './figures.js';
import { pause } from './manager-http.js';
import {
  cpuSeconds,
  forkModule,
  residentMB,
  startUp,
  startWorker,
  temporaryFolder,
} from './processes.js';
import { appendShortJobs } from './short-jobs.js';

const settleMs = 60_000;
const shortHistory = { jobs: 12_500 };
const longHistory = { jobs: 127_000, rounds: 5 };

/** Memory at rest with three nodes, against the bare parts; and a start with history. */
export async function benchIdle(): Promise<Figures> {
  const { folder, remove } = temporaryFolder();
  const bare = forkModule('bare-parts-load.js');
  const up = await startUp(folder);
  await bare.wait();
  const workers = ['a', 'b', 'c'].map((id) => startWorker(id, up.mqttUrl, join(folder, id)));
  await pause(settleMs);
  const bareMB = residentMB(bare.pid);
  const oursMB = residentMB(up.pid);
  for (const worker of workers) worker.kill('SIGTERM');
  await Promise.all(workers.map((worker) => once(worker, 'exit')));
  await up.stop();
  bare.stop();
  remove();
  return {
    'bare parts in one process, RSS MB': bareMB.toFixed(0),
    'oakring up, 3 nodes, 60 s after ready, RSS MB': oursMB.toFixed(0),
    'ratio (goal ≤ 1.4)': (oursMB / bareMB).toFixed(2),
    ...(await benchStart()),
  };
}

async function benchStart(): Promise<Figures> {
  const { folder, remove } = temporaryFolder();
  const fresh = await startUp(folder);
  await fresh.stop();
  await appendShortJobs(join(folder, 'ledger'), shortHistory.jobs);
  const replayed = await startUp(folder);
  await replayed.stop();
  const checkpointed = await startUp(folder);
  await checkpointed.stop();
  remove();
  return {
    'ready, empty log, ms': fresh.readyAfterMs.toFixed(0),
    'ready, 100 000 events to replay, ms (goal < 2 000)': replayed.readyAfterMs.toFixed(0),
    'ready, the same history behind a checkpoint, ms': checkpointed.readyAfterMs.toFixed(0),
    ...(await benchLongHistory()),
  };
}

/** What a start costs when a million events lie behind a clean stop, against an empty one. */
async function benchLongHistory(): Promise<Figures> {
  const empty = temporaryFolder();
  const long = temporaryFolder();
  for (const { folder } of [empty, long]) await (await startUp(folder)).stop();
  const before = ledgerBytes(long.folder);
  await appendShortJobs(join(long.folder, 'ledger'), longHistory.jobs);
  const bytes = ledgerBytes(long.folder) - before;
  await (await startUp(long.folder)).stop();
  const starts: Record<'empty' | 'long', Start[]> = { empty: [], long: [] };
  // In turns: a machine that is slower for a while is so for both.
  for (let round = 0; round < longHistory.rounds; round += 1) {
    starts.empty.push(await measuredStart(empty.folder));
    starts.long.push(await measuredStart(long.folder));
  }
  const checkpoint = checkpointBytes(long.folder);
  empty.remove();
  long.remove();
  const median = (of: readonly Start[], what: keyof Start) =>
    percentile(sortedNumbers(of.map((start) => start[what])), 0.5);
  const share = (what: keyof Start) =>
    (median(starts.long, what) / median(starts.empty, what)).toFixed(2);
  return {
    '127 000 short jobs on lmdb, bytes a job': (bytes / longHistory.jobs).toFixed(0),
    'ready with them behind a clean stop, ms': median(starts.long, 'readyAfterMs').toFixed(0),
    'of an empty start (goal ≤ 1.2)': share('readyAfterMs'),
    'of an empty start, processor time': share('cpuMs'),
    'read at that start, kB': (median(starts.long, 'readBytes') / 1000).toFixed(0),
    'read at an empty start, kB': (median(starts.empty, 'readBytes') / 1000).toFixed(0),
    // lmdb maps its checkpoint, and all of it is loaded: no system call counts it.
    'and the checkpoint, at most, kB': (checkpoint / 1000).toFixed(0),
  };
}

interface Start {
  readonly readyAfterMs: number;
  /** Of system calls. */
  readonly readBytes: number;
  /** Of the processor. */
  readonly cpuMs: number;
}

/** What a start cost until it was ready. */
async function measuredStart(folder: string): Promise<Start> {
  const up = await startUp(folder);
  const { pid } = up;
  const readBytes = Number(/rchar: (\d+)/.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1]);
  const cpuMs = 1_000 * cpuSeconds(pid);
  await up.stop();
  return { readyAfterMs: up.readyAfterMs, readBytes, cpuMs };
}

function checkpointBytes(folder: string): number {
  const views = join(folder, 'views');
  const [version = ''] = readdirSync(views);
  return statSync(join(views, version, 'data.mdb')).size;
}

function ledgerBytes(folder: string): number {
  return statSync(join(folder, 'ledger/data.mdb')).size;
}

import { once } from 'node:events';
import {
  encodeEvent,
  headOf,
  openLmdbEventLog,
  sealCommit,
} from '../dist/libs/events/src/index.js';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { forkModule, residentMB, startUp, temporaryFolder } from './processes.js';

const settleMs = 60_000;
const historyEvents = 100_000;
const jobsPerCommit = 4;

/** Memory at rest with three nodes, against the bare parts; and a start with history. */
export async function benchIdle() {
  const { folder, remove } = temporaryFolder();
  const bare = forkModule('bare-parts-load.js');
  const up = await startUp(folder);
  await bare.wait();
  const workers = ['a', 'b', 'c'].map((id) => startWorker(id, up.mqttUrl, join(folder, id)));
  await new Promise((resolve) => setTimeout(resolve, settleMs));
  const bareMB = await residentMB(bare.child.pid);
  const oursMB = await residentMB(up.child.pid);
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

function startWorker(id, mqttUrl, data) {
  const program = fileURLToPath(new URL('../bin/oakring.js', import.meta.url));
  const args = [
    'worker',
    '--id',
    id,
    '--mqtt-url',
    mqttUrl,
    '--runtimes',
    'simulated',
    '--data',
    data,
  ];
  return spawn(process.execPath, [program, ...args], { stdio: 'ignore' });
}

async function benchStart() {
  const { folder, remove } = temporaryFolder();
  const fresh = await startUp(folder);
  await fresh.stop();
  await addHistory(join(folder, 'ledger'));
  const replayed = await startUp(folder);
  await replayed.stop();
  const checkpointed = await startUp(folder);
  await checkpointed.stop();
  remove();
  return {
    'ready, empty log, ms': fresh.readyAfterMs.toFixed(0),
    'ready, 100 000 events to replay, ms (goal < 2 000)': replayed.readyAfterMs.toFixed(0),
    'ready, the same history behind a checkpoint, ms': checkpointed.readyAfterMs.toFixed(0),
  };
}

/** Appends jobs that came and went. */
async function addHistory(folder) {
  const log = await openLmdbEventLog(folder);
  let head = await log.head();
  for (let written = 0; written < historyEvents; written += 3 * jobsPerCommit) {
    const events = [];
    const streams = [];
    for (let job = 0; job < jobsPerCommit; job += 1) {
      const id = `history-${written}-${job}`;
      const stream = `jobs/${id}`;
      streams.push(stream);
      const data = {
        id,
        desired: 1,
        document: { id, name: id, image: 'demo/hello:1', technology: 'simulated' },
        technology: 'simulated',
        resources: { cpuMillis: 100, memoryMiB: 64 },
        labels: {},
        constraints: [],
        bodyHash: 'a'.repeat(64),
      };
      events.push(encodeEvent({ stream, type: 'JobSubmitted', data }, 1));
      events.push(encodeEvent({ stream, type: 'JobDeletionOrdered', data: {} }, 2));
      events.push(encodeEvent({ stream, type: 'JobEnded', data: {} }, 3));
    }
    const commit = sealCommit(head, {
      epoch: head.epoch,
      commitId: `history-${written}`,
      at: head.at,
      streams: streams.sort(),
      commands: [],
      events,
    });
    const { status } = await log.append(commit);
    if (status !== 'appended') throw new Error(`history was not appended: ${status}`);
    head = headOf(commit);
  }
  await log.close();
}

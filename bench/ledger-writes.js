// The whole write path: deciders, canonical text, hash, store, views, answers.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { CommandWriter } from '../dist/apps/manager/src/commands/writer.js';
import { ClusterState } from '../dist/libs/model/src/index.js';
import { Projection } from '../dist/apps/manager/src/views/projection.js';
import { parseRegistration } from '../dist/libs/contracts/src/index.js';
import { openEventStore } from '../dist/libs/stores/src/index.js';
import { systemPorts } from '../dist/libs/ports/src/index.js';
import { runMs, submitJob, warmUpMs } from './ledger-floors.js';
import { percentile, sortedNumbers } from './machine.js';

const ports = systemPorts();

/** Commands through deciders, canonical text, hash, store and views, from `concurrency` callers. */
export async function writePath(address, concurrency, commandOf = jobCommand) {
  const store = await openEventStore(address, ports.timers);
  const projection = new Projection(new ClusterState(true), ports);
  const writer = new CommandWriter(
    store.log,
    projection,
    { epoch: 1, isHeld: true },
    ports,
    (error) => {
      throw error;
    },
  );
  let jobs = 0;
  const command = await commandOf(writer, projection);
  const caller = async (index, untilMs, times) => {
    while (performance.now() < untilMs) {
      const since = performance.now();
      jobs += 1;
      await writer.submit(command(jobs, index));
      times.push(performance.now() - since);
    }
  };
  const round = async (ms, times) => {
    const untilMs = performance.now() + ms;
    await Promise.all(
      Array.from({ length: concurrency }, (_, index) => caller(index, untilMs, times)),
    );
  };
  await round(warmUpMs, []);
  const times = [];
  const before = projection.position;
  const eventsBefore = jobs;
  const since = performance.now();
  await round(runMs, times);
  const tookMs = performance.now() - since;
  const events = jobs - eventsBefore;
  await writer.stop();
  const bytes = await storedBytes(store, address);
  await store.close();
  if (projection.position === before) throw new Error('nothing was committed');
  const sorted = sortedNumbers(times);
  return {
    perSecond: (events / tookMs) * 1000,
    p50: percentile(sorted, 0.5),
    p99: percentile(sorted, 0.99),
    bytesPerEvent: Math.round(bytes / jobs),
  };
}

/** The largest command: a job, with its document. */
async function jobCommand() {
  return (number) => submitJob(`job-${number}`);
}

/** The smallest: a node fell silent, or was heard again. One event of about 150 bytes. */
export async function observeCommand(writer, { state }) {
  const nodes = Array.from({ length: 1024 }, (_, index) => `n${index}`);
  await Promise.all(nodes.map((id) => writer.submit(registerNode(id))));
  return (_number, index) => {
    const { incarnation, status } = state.nodes.get(`n${index}`);
    const seen = status === 'ready' ? 'silent' : 'alive';
    return { type: 'ObserveNode', nodeId: `n${index}`, incarnation, seen, reason: 'a bench' };
  };
}

function registerNode(id) {
  const parsed = parseRegistration({ id, name: id, ip: '10.0.0.1', port: 1 });
  if (!parsed.ok) throw new Error(parsed.refusal.detail);
  return { type: 'RegisterNode', registration: parsed.value, token: 'absent' };
}

async function storedBytes({ mongodb }, address) {
  if (mongodb === null) {
    return readdirSync(address).reduce((sum, name) => sum + statSync(join(address, name)).size, 0);
  }
  // Compressed sizes are stated at a checkpoint of the server only.
  await mongodb.db.admin().command({ fsync: 1 });
  const { storageSize, totalIndexSize } = await mongodb.db.command({ collStats: 'ledger' });
  return storageSize + totalIndexSize;
}

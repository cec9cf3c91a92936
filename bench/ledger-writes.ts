// The whole write path: deciders, canonical text, hash, store, views, answers.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseRegistration } from '@oakring/contracts';
import { openEventStore, type EventStore } from '@oakring/stores';
import { systemPorts } from '@oakring/ports';
import type { Command } from '../apps/manager/src/commands/command.js';
import { CommandWriter } from '../apps/manager/src/commands/writer.js';
import { ClusterState } from '@oakring/model';
import { Projection } from '../apps/manager/src/views/projection.js';
import { percentile, sortedNumbers } from './figures.js';
import { benchOrigin, runMs, submitJob, warmUpMs } from './ledger-floors.js';

const ports = systemPorts();

/** Prepares the cluster, and makes commands for it: the number of the command, and of its caller. */
export type CommandMaker = (
  writer: CommandWriter,
  projection: Projection,
) => Promise<(number: number, caller: number) => Command>;

export interface WritePath {
  readonly perSecond: number;
  /** Of the answers, ms. */
  readonly p50: number;
  readonly p99: number;
  readonly bytesPerEvent: number;
}

/** Commands through deciders, canonical text, hash, store and views, from `concurrency` callers. */
export async function writePath(
  address: string,
  concurrency: number,
  maker: CommandMaker = jobCommands,
): Promise<WritePath> {
  const store = await openEventStore(address, ports.timers);
  const projection = new Projection(new ClusterState(true), ports);
  const tenure = { epoch: 1, isHeld: true };
  const writer = new CommandWriter(store.log, projection, tenure, ports, (error) => {
    throw error;
  });
  let submitted = 0;
  const command = await maker(writer, projection);
  const caller = async (index: number, untilMs: number, times: number[]): Promise<void> => {
    while (performance.now() < untilMs) {
      const since = performance.now();
      submitted += 1;
      await writer.submit(command(submitted, index), benchOrigin);
      times.push(performance.now() - since);
    }
  };
  const round = async (ms: number): Promise<number[]> => {
    const times: number[] = [];
    const untilMs = performance.now() + ms;
    await Promise.all(
      Array.from({ length: concurrency }, (_, index) => caller(index, untilMs, times)),
    );
    return times;
  };
  await round(warmUpMs);
  const [positionBefore, submittedBefore] = [projection.position, submitted];
  const since = performance.now();
  const times = sortedNumbers(await round(runMs));
  const tookMs = performance.now() - since;
  const events = submitted - submittedBefore;
  await writer.stop();
  const bytes = await storedBytes(store, address);
  await store.close();
  if (projection.position === positionBefore) throw new Error('nothing was committed');
  return {
    perSecond: (events / tookMs) * 1000,
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
    bytesPerEvent: Math.round(bytes / submitted),
  };
}

/** The largest command: a job, with its document. */
const jobCommands: CommandMaker = async () => (number) => submitJob(`job-${number}`);

/** The smallest: a node fell silent, or was heard again. One event of about 150 bytes. */
export const observeCommands: CommandMaker = async (writer, { state }) => {
  const nodes = Array.from({ length: 1024 }, (_, index) => `n${index}`);
  await Promise.all(nodes.map((id) => writer.submit(registerNode(id), benchOrigin)));
  return (_number, caller) => {
    const nodeId = `n${caller}`;
    const node = state.nodes.get(nodeId);
    if (node === undefined) throw new Error(`${nodeId} was not registered`);
    const { incarnation, status } = node;
    const seen = status === 'ready' ? 'silent' : 'alive';
    return { type: 'ObserveNode', nodeId, incarnation, seen, reason: 'a bench' };
  };
};

function registerNode(id: string): Command {
  const parsed = parseRegistration({ id, name: id, ip: '10.0.0.1', port: 1 });
  if (!parsed.ok) throw new Error(parsed.refusal.detail);
  return { type: 'RegisterNode', registration: parsed.value, token: 'absent' };
}

async function storedBytes({ mongodb }: EventStore, address: string): Promise<number> {
  if (mongodb === null) {
    return readdirSync(address).reduce((sum, name) => sum + statSync(join(address, name)).size, 0);
  }
  // Compressed sizes are stated at a checkpoint of the server only.
  await mongodb.db.admin().command({ fsync: 1 });
  const stats = await mongodb.db.command({ collStats: 'ledger' });
  return Number(stats['storageSize']) + Number(stats['totalIndexSize']);
}

// What happens when workers die: how soon it is noticed, how soon they are replaced, and what a
// thousand of them at once do. `--long` for the storms.
import { spawn } from 'node:child_process';
import { cpus } from 'node:os';
import type { EventLine, NodeAnswer } from '@oakring/contracts';
import {
  events,
  everyNode,
  follow,
  get,
  lost,
  now,
  pause,
  post,
  readyNodes,
  removeJob,
  running,
  total,
  until,
} from './manager-http.js';
import { middleAndTail, type Figures } from './figures.js';
import { forkModule, startMosquitto, startUp, temporaryFolder, type Forked } from './processes.js';
import type { Ordered, Rejoined, WorkersOrder } from './worker-load.js';

const rounds = 20;
const victims = 12;
const isLong = process.argv.includes('--long');

export async function benchSurvival(): Promise<Figures> {
  if (process.argv.includes('--storms-only')) return { ...(await storm()), ...(await rejoin()) };
  const figures = { ...(await detection('embedded broker')), ...(await detectionByMosquitto()) };
  if (!isLong) return { ...figures, 'storm, rejoin': 'npm run bench survival -- --long' };
  return { ...figures, ...(await storm()), ...(await rejoin()) };
}

async function detectionByMosquitto(): Promise<Figures> {
  const broker = await startMosquitto();
  if (broker === null) return { 'Mosquitto: not measured': 'mosquitto is not here' };
  const figures = await detection('Mosquitto', broker.url);
  broker.stop();
  return figures;
}

/** Worker processes are killed one after the other, each with an instance of an impatient job. */
async function detection(name: string, brokerUrl?: string): Promise<Figures> {
  const { folder, remove } = temporaryFolder();
  const up = await startUp(folder, brokerUrl === undefined ? {} : { OAKRING_MQTT_URL: brokerUrl });
  const workers = await SingleWorkers.start(brokerUrl ?? up.mqttUrl);
  const suspected = await follow(up.url);
  const [noticed, replaced]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    const job = `job-${round}`;
    const order = workers.nextOrder();
    await post(up.url, { id: job, onDisconnect: { lostAfterMs: 500 } });
    const { node } = await order;
    await running(up.url, job);
    workers.forget();
    const again = workers.nextOrder(node);
    const killedAt = now();
    workers.kill(node);
    noticed.push((await suspected(node, killedAt)) - killedAt);
    replaced.push((await again).at - killedAt);
    await workers.startAgain(node);
    workers.forget();
    await removeJob(up.url, job);
    workers.forget();
  }
  workers.stop();
  await up.stop();
  remove();
  return {
    [`${name}: kill -9 → suspect, p50 / p99 ms (goal p99 < 100)`]: middleAndTail(noticed),
    [`${name}: kill -9 → replacement's deploy at its worker, lostAfterMs 500, p50 / p99 ms (goal 700 / 1 000)`]:
      middleAndTail(replaced),
  };
}

/** Workers that have a process each, so that one can be killed. */
class SingleWorkers {
  private readonly byNode = new Map<string, Forked>();

  private constructor(private readonly mqttUrl: string) {}

  static async start(mqttUrl: string): Promise<SingleWorkers> {
    const workers = new SingleWorkers(mqttUrl);
    for (let number = 0; number < victims; number += 1) {
      await workers.startAgain(`edge-${String(number).padStart(5, '0')}`);
    }
    return workers;
  }

  async startAgain(node: string): Promise<void> {
    const one = forkModule('worker-load.ts', [this.mqttUrl, numberOf(node), 1]);
    await one.wait();
    this.byNode.set(node, one);
  }

  /** The next order at any of them but that one. */
  nextOrder(except?: string): Promise<Ordered> {
    const asked = [...this.byNode].filter(([node]) => node !== except);
    return Promise.race(asked.map(([, one]) => one.wait<Ordered>()));
  }

  /** `nextOrder` takes the turn of every worker that was asked and got no order. */
  forget(): void {
    for (const one of this.byNode.values()) one.forget();
  }

  kill(node: string): void {
    this.byNode.get(node)?.stop();
  }

  stop(): void {
    for (const one of this.byNode.values()) one.stop();
  }
}

function numberOf(node: string): number {
  return Number(node.slice('edge-'.length));
}

/** 1 000 workers with ten instances each; 300 die at once. */
async function storm(): Promise<Figures> {
  const { folder, remove } = temporaryFolder();
  const up = await startUp(folder);
  const load = forkModule('worker-load.ts', [up.mqttUrl, 0, 1_000]);
  await load.wait();
  for (let job = 0; job < 100; job += 1) await post(up.url, { id: `job-${job}`, count: 100 });
  await until(async () => (await total(up.url)) === 10_000, 120_000);
  const quietMs = Number(process.env['OAKRING_BENCH_QUIET_S'] ?? 600) * 1_000;
  const burner = spawn('sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' });
  await pause(quietMs);
  burner.kill('SIGKILL');
  const falseAlarms = (await events(up.url, 'NodeSuspected')).length;
  const drop: WorkersOrder = { drop: 300 };
  load.send(drop);
  const droppedAt = now();
  await until(async () => (await lost(up.url)) >= 3_000, 180_000);
  await until(async () => (await total(up.url)) === 10_000, 180_000);
  const allAt = now();
  const [began] = await events(up.url, 'StormBegan');
  const [ended] = await events(up.url, 'StormEnded');
  const losses = await events(up.url, 'InstanceLost');
  // What was replaced is to be deleted where it was, once that node is back: those are not back.
  const stops = (await events(up.url, 'CommandIssued')).filter(
    ({ data }) => data['kind'] === 'delete' && numberOf(String(data['nodeId'])) >= 300,
  );
  const nodes = await everyNode(up.url);
  const over = nodes.filter(({ reserved, capacity }) => reserved.cpuMillis > capacity.cpuMillis);
  load.stop();
  await up.stop();
  remove();
  const at = (event: EventLine | undefined): string =>
    event === undefined ? 'never' : ((Date.parse(event.at) - droppedAt) / 1000).toFixed(1);
  const lostAt = losses.map(({ at }) => Date.parse(at));
  const spanS = (Math.max(...lostAt) - Math.min(...lostAt)) / 1000;
  return {
    [`1 000 workers × 10, ${quietMs / 1000} s beside a busy loop: false suspicions (goal 0)`]:
      falseAlarms,
    '300 killed at once: storm began / ended after s': `${at(began)} / ${at(ended)}`,
    'instances lost, and over how many s (50 nodes/s)': `${losses.length} / ${spanS.toFixed(1)}`,
    'all 10 000 run again after s': ((allAt - droppedAt) / 1000).toFixed(1),
    'orders to stop anything on the other 700 (goal 0) / overcommitted nodes (goal 0)': `${stops.length} / ${over.length}`,
  };
}

/** 10 000 connections break and come again at once, beside fifty that stay. */
async function rejoin(): Promise<Figures> {
  const count = 10_000;
  const { folder, remove } = temporaryFolder();
  const up = await startUp(folder);
  const steady = forkModule('worker-load.ts', [up.mqttUrl, 90_000, 50]);
  await steady.wait();
  const load = forkModule('worker-load.ts', [up.mqttUrl, 0, count]);
  await load.wait();
  await until(async () => (await readyNodes(up.url)) === count + 50, 240_000);
  let oldestMs = 0;
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      const { lastSeen } = await get<NodeAnswer>(up.url, '/api/v1/nodes/edge-90007');
      oldestMs = Math.max(oldestMs, Date.now() - Date.parse(lastSeen ?? ''));
      await pause(100);
    }
  })();
  const before = machineCpuSeconds();
  const order: WorkersOrder = { rejoin: true };
  load.send(order);
  const { began } = await load.wait<Rejoined>();
  await until(async () => (await readyNodes(up.url)) === count + 50, 240_000);
  const seconds = (now() - began) / 1000;
  isOver = true;
  await watching;
  load.stop();
  steady.stop();
  await up.stop();
  remove();
  return {
    [`${count} nodes rejoin at once: all ready after s (goal < 60)`]: seconds.toFixed(1),
    'CPU of the machine meanwhile, s': (machineCpuSeconds() - before).toFixed(1),
    'oldest reading of a node that stayed, ms (period 2 000, goal < 4 000)': Math.round(oldestMs),
  };
}

/** Of all processors, busy with anything. */
function machineCpuSeconds(): number {
  const busyMs = cpus().map(({ times: { user, nice, sys, irq } }) => user + nice + sys + irq);
  return busyMs.reduce((sum, one) => sum + one, 0) / 1_000;
}

// What happens when workers die: how soon it is noticed, how soon they are replaced, and what a
// thousand of them at once do. `--long` for the storms.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { cpus } from 'node:os';
import {
  events,
  everyNode,
  follow,
  get,
  lost,
  now,
  post,
  readyNodes,
  removeJob,
  running,
  total,
  until,
} from './manager-http.js';
import { percentile, sortedNumbers } from './machine.js';
import { forkModule, startUp, temporaryFolder } from './processes.js';

const rounds = 20;
const victims = 12;
const isLong = process.argv.includes('--long');

export async function benchSurvival() {
  if (process.argv.includes('--storms-only')) return { ...(await storm()), ...(await rejoin()) };
  const figures = {
    ...(await detection('embedded broker', null)),
    ...(await detection('Mosquitto', await mosquitto())),
  };
  if (!isLong) return { ...figures, 'storm, rejoin': 'npm run bench survival -- --long' };
  return { ...figures, ...(await storm()), ...(await rejoin()) };
}

/** Resolves with its URL and how to end it; null where there is none. */
async function mosquitto() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  const child = spawn('mosquitto', ['-p', String(port)], { stdio: 'ignore' });
  const isHere = await new Promise((resolve) => {
    child.once('error', () => resolve(false));
    setTimeout(() => resolve(true), 500);
  });
  return isHere ? { url: `mqtt://127.0.0.1:${port}`, stop: () => child.kill() } : undefined;
}

/** Worker processes are killed one after the other, each with an instance of an impatient job. */
async function detection(name, broker) {
  if (broker === undefined) return { [`${name}: not measured`]: 'mosquitto is not here' };
  const { folder, remove } = temporaryFolder();
  const up = await startUp(folder, broker === null ? {} : { OAKRING_MQTT_URL: broker.url });
  const mqttUrl = broker === null ? up.mqttUrl : broker.url;
  const start = async (number) => {
    const one = forkModule('worker-load.js', [mqttUrl, String(number), '1']);
    await one.wait();
    return one;
  };
  const workers = new Map();
  for (let number = 0; number < victims; number += 1) {
    workers.set(`edge-${String(number).padStart(5, '0')}`, await start(number));
  }
  const suspected = await follow(up.url);
  const [noticed, replaced] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    const job = `job-${round}`;
    const order = Promise.race([...workers.values()].map((one) => one.wait()));
    await post(up.url, { id: job, onDisconnect: { lostAfterMs: 500 } });
    const { node } = await order;
    await running(up.url, job);
    // The race above has taken the turn of every worker that was not asked.
    for (const one of workers.values()) one.forget();
    const again = Promise.race(
      [...workers].filter(([id]) => id !== node).map(([, one]) => one.wait()),
    );
    const killedAt = now();
    workers.get(node).stop();
    noticed.push((await suspected(node, killedAt)) - killedAt);
    replaced.push((await again).at - killedAt);
    workers.set(node, await start(Number(node.slice('edge-'.length))));
    for (const one of workers.values()) one.forget();
    await removeJob(up.url, job);
    for (const one of workers.values()) one.forget();
  }
  for (const one of workers.values()) one.stop();
  await up.stop();
  broker?.stop();
  remove();
  const [n, r] = [sortedNumbers(noticed), sortedNumbers(replaced)];
  const text = (sorted) =>
    `${percentile(sorted, 0.5).toFixed(1)} / ${percentile(sorted, 0.99).toFixed(1)}`;
  return {
    [`${name}: kill -9 → suspect, p50 / p99 ms (goal p99 < 100)`]: text(n),
    [`${name}: kill -9 → replacement's deploy at its worker, lostAfterMs 500, p50 / p99 ms (goal 700 / 1 000)`]:
      text(r),
  };
}

/** 1 000 workers with ten instances each; 300 die at once. */
async function storm() {
  const { folder, remove } = temporaryFolder();
  const up = await startUp(folder);
  const load = forkModule('worker-load.js', [up.mqttUrl, '0', '1000']);
  await load.wait();
  for (let job = 0; job < 100; job += 1) await post(up.url, { id: `job-${job}`, count: 100 });
  await until(async () => (await total(up.url)) === 10_000, 120_000);
  const quietMs = Number(process.env.OAKRING_BENCH_QUIET_S ?? 600) * 1_000;
  const burner = spawn('sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' });
  await new Promise((resolve) => setTimeout(resolve, quietMs));
  burner.kill('SIGKILL');
  const falseAlarms = (await events(up.url, 'NodeSuspected')).length;
  load.send({ drop: 300 });
  const droppedAt = now();
  await until(async () => (await lost(up.url)) >= 3_000, 180_000);
  await until(async () => (await total(up.url)) === 10_000, 180_000);
  const allAt = now();
  const [began] = await events(up.url, 'StormBegan');
  const [ended] = await events(up.url, 'StormEnded');
  const losses = await events(up.url, 'InstanceLost');
  // What was replaced is to be deleted where it was, once that node is back: those are not back.
  const stops = (await events(up.url, 'CommandIssued')).filter(
    ({ data }) => data.kind === 'delete' && Number(data.nodeId.slice('edge-'.length)) >= 300,
  );
  const nodes = await everyNode(up.url);
  const over = nodes.filter(({ reserved, capacity }) => reserved.cpuMillis > capacity.cpuMillis);
  load.stop();
  await up.stop();
  remove();
  const at = (event) =>
    event === undefined ? 'never' : ((Date.parse(event.at) - droppedAt) / 1000).toFixed(1);
  const spanS = (Date.parse(losses.at(-1).at) - Date.parse(losses[0].at)) / 1000;
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
async function rejoin() {
  const count = 10_000;
  const { folder, remove } = temporaryFolder();
  const up = await startUp(folder);
  const steady = forkModule('worker-load.js', [up.mqttUrl, '90000', '50']);
  await steady.wait();
  const load = forkModule('worker-load.js', [up.mqttUrl, '0', String(count)]);
  await load.wait();
  await until(async () => (await readyNodes(up.url)) === count + 50, 240_000);
  let oldestMs = 0;
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      const { lastSeen } = await get(up.url, '/api/v1/nodes/edge-90007');
      oldestMs = Math.max(oldestMs, Date.now() - Date.parse(lastSeen));
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  })();
  const before = cpuSeconds();
  load.send({ rejoin: true });
  const { began } = await load.wait();
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
    'CPU of the machine meanwhile, s': (cpuSeconds() - before).toFixed(1),
    'oldest reading of a node that stayed, ms (period 2 000, goal < 4 000)': Math.round(oldestMs),
  };
}

/** Of all processors, busy with anything. */
function cpuSeconds() {
  const busyMs = ({ times: { user, nice, sys, irq } }) => user + nice + sys + irq;
  return cpus().reduce((sum, one) => sum + busyMs(one), 0) / 1_000;
}

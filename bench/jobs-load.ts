// Posters and workers in one process apart from the manager. Arguments: url, mqttUrl, nodes.
// Told an `Order`; answers with what it measured.
import { Agent, request } from 'node:http';
import { performance } from 'node:perf_hooks';
import { connect, type MqttClient } from 'mqtt';
import type { Control } from '@oakring/contracts';
import { pause } from './manager-http.js';
import { sendAtOnce } from './mqtt-client.js';
import { tell } from './processes.js';

export type Order =
  | { readonly type: 'oneByOne'; readonly jobs: number }
  | { readonly type: 'sustained'; readonly posters: number; readonly durationMs: number };

/** For each job, in ms: until the POST was answered, and until its order was at the worker. */
export interface OneByOne {
  readonly answered: readonly number[];
  readonly commanded: readonly number[];
}

export interface Sustained {
  readonly posted: number;
  readonly elapsedMs: number;
  /** For each POST, in ms. */
  readonly answers: readonly number[];
}

const [url = '', mqttUrl = '', nodes] = process.argv.slice(2);
const { hostname, port } = new URL(url);
const agent = new Agent({ keepAlive: true, maxSockets: 256 });
/** By job: who waits for its order. */
const arrived = new Map<string, (atMs: number) => void>();
let succeeded = 0;

function post(path: string, body: object): Promise<string> {
  const text = JSON.stringify(body);
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
  return new Promise((resolve, reject) => {
    const options = { hostname, port, path, method: 'POST', agent, headers };
    const outgoing = request(options, (answer) => {
      const { statusCode = 0 } = answer;
      let received = '';
      answer.on('data', (chunk) => (received += chunk));
      answer.on('end', () =>
        statusCode < 300 ? resolve(received) : reject(new Error(`${statusCode} ${received}`)),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(text);
  });
}

/** One connection speaks for so many nodes: the embedded broker lets each subscribe to a few topics. */
const nodesOfConnection = 25;

async function speakFor(ids: readonly string[]): Promise<MqttClient> {
  const client = connect(mqttUrl, { reconnectPeriod: 0 });
  client.on('message', (topic, payload) => hear(client, topic, payload));
  await new Promise<void>((resolve) => client.once('connect', () => resolve()));
  sendAtOnce(client);
  const filters = ids.flatMap((id) => [`nodes/${id}/controls`, `nodes/${id}/requests`]);
  await client.subscribeAsync(filters, { qos: 1 });
  return client;
}

function hear(client: MqttClient, topic: string, payload: Buffer): void {
  const [, node, kind] = topic.split('/');
  const message: unknown = JSON.parse(payload.toString());
  if (kind === 'requests') {
    const { requestId } = message as { requestId: string };
    const state = { incarnation: 1, requestId, instances: [] };
    client.publish(`nodes/${node}/state`, JSON.stringify(state), { qos: 1 });
    return;
  }
  const { job, commandId, generation } = message as Control;
  arrived.get(job.id)?.(performance.now());
  arrived.delete(job.id);
  const ack = { commandId, generation, phase: 'succeeded' };
  client.publish(`nodes/${node}/acks`, JSON.stringify(ack), { qos: 1 });
  succeeded += 1;
}

const ids = Array.from(
  { length: Number(nodes) },
  (_, index) => `edge-${String(index).padStart(4, '0')}`,
);
const connections: MqttClient[] = [];
for (let at = 0; at < ids.length; at += nodesOfConnection) {
  connections.push(await speakFor(ids.slice(at, at + nodesOfConnection)));
}
for (const id of ids) {
  await post('/api/v1/nodes', {
    id,
    name: id,
    ip: '127.0.0.1',
    port: 1,
    incarnation: 1,
    acknowledges: true,
    technologies: ['simulated'],
    capacity: { cpuMillis: 10_000_000, memoryMiB: 100_000_000 },
  });
}
setInterval(() => {
  for (const [index, id] of ids.entries()) {
    const connection = connections[Math.floor(index / nodesOfConnection)];
    connection?.publish(`nodes/${id}/information`, '{"cpu":1,"memory":1}', { qos: 0 });
  }
}, 2_000);
tell({ ready: true });

const jobOf = (id: string) => ({
  id,
  name: id,
  image: 'demo/hello:1',
  technology: 'simulated',
  resources: { cpuMillis: 1, memoryMiB: 1 },
});

async function oneByOne(count: number): Promise<OneByOne> {
  const answered: number[] = [];
  const commanded: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const id = `alone-${index}`;
    const startedMs = performance.now();
    const command = new Promise<number>((resolve) => arrived.set(id, resolve));
    await post('/api/v1/jobs', jobOf(id));
    answered.push(performance.now() - startedMs);
    commanded.push((await command) - startedMs);
  }
  return { answered, commanded };
}

async function sustained(posters: number, durationMs: number): Promise<Sustained> {
  const before = succeeded;
  const startedMs = performance.now();
  let posted = 0;
  const answers: number[] = [];
  await Promise.all(
    Array.from({ length: posters }, async (_, poster) => {
      for (let index = 0; performance.now() - startedMs < durationMs; index += 1) {
        const postedMs = performance.now();
        await post('/api/v1/jobs', jobOf(`p${poster}-${index}`));
        answers.push(performance.now() - postedMs);
        posted += 1;
      }
    }),
  );
  // All placements count, and the time until the last of them does.
  while (succeeded - before < posted) await pause(10);
  return { posted, elapsedMs: performance.now() - startedMs, answers };
}

function carryOut(order: Order): Promise<OneByOne | Sustained> {
  switch (order.type) {
    case 'oneByOne':
      return oneByOne(order.jobs);
    case 'sustained':
      return sustained(order.posters, order.durationMs);
  }
}

process.on('message', (order: Order) => void carryOut(order).then(tell));

// Posters and workers in one process apart from the manager. Arguments: url, mqttUrl, nodes.
// Told {posters, durationMs} or {oneByOne: n}; answers with what it measured.
import { Agent, request } from 'node:http';
import { performance } from 'node:perf_hooks';
import { connect } from 'mqtt';

const [url, mqttUrl, nodes] = process.argv.slice(2);
const { hostname, port } = new URL(url);
const agent = new Agent({ keepAlive: true, maxSockets: 256 });
const arrived = new Map();
let succeeded = 0;

function post(path, body) {
  const text = JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        hostname,
        port,
        path,
        method: 'POST',
        agent,
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) },
      },
      (answer) => {
        let received = '';
        answer.on('data', (chunk) => (received += chunk));
        answer.on('end', () =>
          answer.statusCode < 300
            ? resolve(received)
            : reject(new Error(`${answer.statusCode} ${received}`)),
        );
      },
    );
    outgoing.on('error', reject);
    outgoing.end(text);
  });
}

const client = connect(mqttUrl, { reconnectPeriod: 0 });
client.on('message', (topic, payload) => {
  const [, node, kind] = topic.split('/');
  const message = JSON.parse(payload.toString());
  if (kind === 'requests') {
    const state = { incarnation: 1, requestId: message.requestId, instances: [] };
    client.publish(`nodes/${node}/state`, JSON.stringify(state), { qos: 1 });
    return;
  }
  arrived.get(message.job.id)?.(performance.now());
  arrived.delete(message.job.id);
  const ack = { commandId: message.commandId, generation: message.generation, phase: 'succeeded' };
  client.publish(`nodes/${node}/acks`, JSON.stringify(ack), { qos: 1 });
  succeeded += 1;
});
await new Promise((resolve) => client.once('connect', resolve));
client.stream.setNoDelay(true);
const ids = Array.from(
  { length: Number(nodes) },
  (_, index) => `edge-${String(index).padStart(4, '0')}`,
);
for (let at = 0; at < ids.length; at += 50) {
  const filters = ids
    .slice(at, at + 50)
    .flatMap((id) => [`nodes/${id}/controls`, `nodes/${id}/requests`]);
  await client.subscribeAsync(filters, { qos: 1 });
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
// One client speaks for all nodes: it keeps them alive.
setInterval(() => {
  for (const id of ids)
    client.publish(`nodes/${id}/information`, '{"cpu":1,"memory":1}', { qos: 0 });
}, 2_000);
process.send({ ready: true });

const jobOf = (id) => ({
  id,
  name: id,
  image: 'demo/hello:1',
  technology: 'simulated',
  resources: { cpuMillis: 1, memoryMiB: 1 },
});

async function oneByOne(count) {
  const answered = [];
  const commanded = [];
  for (let index = 0; index < count; index += 1) {
    const id = `alone-${index}`;
    const startedMs = performance.now();
    const command = new Promise((resolve) => arrived.set(id, resolve));
    await post('/api/v1/jobs', jobOf(id));
    answered.push(performance.now() - startedMs);
    commanded.push((await command) - startedMs);
  }
  process.send({ answered, commanded });
}

async function sustained(posters, durationMs) {
  const before = succeeded;
  const startedMs = performance.now();
  let posted = 0;
  const answers = [];
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
  while (succeeded - before < posted) await new Promise((resolve) => setTimeout(resolve, 10));
  process.send({ posted, elapsedMs: performance.now() - startedMs, answers });
}

process.on('message', (order) => {
  if (order.oneByOne !== undefined) void oneByOne(order.oneByOne);
  else void sustained(order.posters, order.durationMs);
});

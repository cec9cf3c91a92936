// Workers of a benchmark, many in one process, each with a connection of its own. They acknowledge at
// once, report their state when asked and send a reading every period. Arguments: mqttUrl, first
// number, count, registration (JSON). Told {drop: n}: so many connections end without a word;
// {rejoin: true}: all connections end and come again; answers with what happened.
import { performance } from 'node:perf_hooks';
import { connect } from 'mqtt';

const [mqttUrl, first = '0', count = '1', more = '{}'] = process.argv.slice(2);
const capacity = { cpuMillis: 4_000, memoryMiB: 8_192 };
const now = () => performance.timeOrigin + performance.now();

class Worker {
  has = new Map();
  incarnation = 1;
  sequence = 0;

  constructor(number) {
    this.id = `edge-${String(number).padStart(5, '0')}`;
  }

  /** Resolves once it is registered. */
  async start() {
    const client = connect(mqttUrl, {
      ...{
        clientId: `${this.id}-${this.incarnation}`,
        reconnectPeriod: 0,
        clean: true,
        keepalive: 30,
      },
      will: {
        topic: `nodes/${this.id}/status`,
        payload: JSON.stringify({ status: 'offline', incarnation: this.incarnation }),
        ...{ qos: 1, retain: true },
      },
    });
    this.client = client;
    client.on('error', () => {});
    client.on('message', (topic, payload) => this.receive(topic.split('/')[2], payload));
    const up = new Promise((resolve, reject) => {
      client.once('connect', resolve);
      client.once('close', () => reject(new Error('closed')));
    });
    await up;
    client.stream.setNoDelay(true);
    const topics = ['controls', 'requests', 'registered'].map((kind) => `nodes/${this.id}/${kind}`);
    await client.subscribeAsync(topics, { qos: 1 });
    const registered = new Promise((resolve) => (this.onRegistered = resolve));
    const { id, incarnation } = this;
    const body = { id, name: id, ip: '127.0.0.1', port: 1, incarnation, capacity };
    const offers = { technologies: ['simulated'], acknowledges: true, ...JSON.parse(more) };
    this.say('registration', { ...body, ...offers });
    await registered;
    const beat = () => {
      this.sequence += 1;
      const reading = { cpu: 10, memory: 10, incarnation, sequence: this.sequence };
      this.say('information', reading, 0);
    };
    // Spread over the period: a fleet does not beat in step.
    setTimeout(() => {
      beat();
      this.beating = setInterval(beat, 2_000);
    }, Math.random() * 2_000);
  }

  say(kind, body, qos = 1) {
    if (this.client.connected)
      this.client.publish(`nodes/${this.id}/${kind}`, JSON.stringify(body), { qos });
  }

  /** As when the process is killed: the kernel closes the socket, nothing is said. */
  die() {
    clearInterval(this.beating);
    this.client.stream.destroy();
    this.client.end(true);
  }

  receive(kind, payload) {
    const message = JSON.parse(payload.toString());
    if (kind === 'registered') return this.onRegistered();
    if (kind === 'requests') return this.report(message.requestId);
    const { command, job, instance, generation, commandId } = message;
    const key = `${job.id}/${instance}/${generation}`;
    if (command === 'delete') this.has.delete(key);
    else this.has.set(key, { job: job.id, instance, generation, status: 'running' });
    process.send({ order: command, node: this.id, job: job.id, generation, at: now() });
    for (const phase of ['received', 'succeeded'])
      this.say('acks', { commandId, generation, phase });
  }

  report(requestId) {
    const { incarnation } = this;
    this.say('state', { incarnation, requestId, instances: [...this.has.values()] });
  }
}

const workers = Array.from(
  { length: Number(count) },
  (_, index) => new Worker(Number(first) + index),
);

/** So many at a time: a connect storm of the machine's own making proves nothing. */
async function startAll(which, atOnce) {
  const waiting = [...which];
  const one = async () => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      try {
        await next.start();
      } catch {
        waiting.unshift(next);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
}

await startAll(workers, 200);
process.send('ready');
process.on('message', async ({ drop, rejoin }) => {
  if (drop !== undefined) {
    for (const worker of workers.slice(0, drop)) worker.die();
    process.send({ dropped: drop, at: now() });
  }
  if (rejoin === true) {
    for (const worker of workers) worker.die();
    const began = now();
    await startAll(workers, workers.length);
    process.send({ rejoined: workers.length, began, at: now() });
  }
});

// Workers of a benchmark, many in one process, each with a connection of its own. They acknowledge at
// once, report their state when asked and send a reading every period. Arguments: mqttUrl, first
// number, count, and `listing` where readings say of each instance what it uses, as those of our workers. Told a `WorkersOrder`; answers with what happened.
import { connect, type MqttClient } from 'mqtt';
import type { Control } from '@oakring/contracts';
import { now } from './manager-http.js';
import { sendAtOnce } from './mqtt-client.js';
import { tell } from './processes.js';

export interface WorkersOrder {
  /** So many connections end without a word. */
  readonly drop?: number;
  /** All connections end and come again. */
  readonly rejoin?: true;
}

/** Once all have come again. */
export interface Rejoined {
  readonly began: number;
}

/** That an order arrived at a worker. */
export interface Ordered {
  readonly node: string;
  readonly at: number;
}

const [mqttUrl = '', first = '0', count = '1', listing] = process.argv.slice(2);
const capacity = { cpuMillis: 4_000, memoryMiB: 8_192 };
const periodMs = 2_000;

interface Has {
  readonly job: string;
  readonly instance: number;
  readonly generation: number;
}

class Worker {
  private readonly id: string;
  private readonly has = new Map<string, Has>();
  private readonly incarnation = 1;
  private sequence = 0;
  private client: MqttClient | null = null;
  private beating: NodeJS.Timeout | undefined;
  private onRegistered = (): void => {};

  constructor(number: number) {
    this.id = `edge-${String(number).padStart(5, '0')}`;
  }

  /** Resolves once it is registered. */
  async start(): Promise<void> {
    const { id, incarnation } = this;
    const offline = JSON.stringify({ status: 'offline', incarnation });
    const client = connect(mqttUrl, {
      clientId: `${id}-${incarnation}`,
      reconnectPeriod: 0,
      clean: true,
      keepalive: 30,
      will: { topic: `nodes/${id}/status`, payload: offline, qos: 1, retain: true },
    });
    this.client = client;
    client.on('error', () => {});
    client.on('message', (topic, payload) => this.receive(topic.split('/')[2], payload));
    await new Promise<void>((resolve, reject) => {
      client.once('connect', () => resolve());
      client.once('close', () => reject(new Error('closed')));
    });
    sendAtOnce(client);
    const topics = ['controls', 'requests', 'registered'].map((kind) => `nodes/${id}/${kind}`);
    await client.subscribeAsync(topics, { qos: 1 });
    const registered = new Promise<void>((resolve) => (this.onRegistered = resolve));
    const body = { id, name: id, ip: '127.0.0.1', port: 1, incarnation, capacity };
    this.say('registration', { ...body, technologies: ['simulated'], acknowledges: true });
    await registered;
    // Spread over the period: a fleet does not beat in step.
    setTimeout(() => {
      this.beat();
      this.beating = setInterval(() => this.beat(), periodMs);
    }, Math.random() * periodMs);
  }

  /** As when the process is killed: the kernel closes the socket, nothing is said. */
  die(): void {
    clearInterval(this.beating);
    this.client?.stream.destroy();
    this.client?.end(true);
  }

  private beat(): void {
    this.sequence += 1;
    const { incarnation, sequence } = this;
    const reading = { cpu: 10, memory: 10, incarnation, sequence };
    this.say('information', listing === undefined ? reading : { ...reading, ...this.uses() }, 0);
  }

  private uses(): object {
    return { instances: [...this.has.values()].map((one) => ({ ...one, cpu: 0.5, memory: 0.5 })) };
  }

  private say(kind: string, body: object, qos: 0 | 1 = 1): void {
    if (this.client?.connected === true)
      this.client.publish(`nodes/${this.id}/${kind}`, JSON.stringify(body), { qos });
  }

  private receive(kind: string | undefined, payload: Buffer): void {
    const message: unknown = JSON.parse(payload.toString());
    if (kind === 'registered') return this.onRegistered();
    if (kind === 'requests') return this.report((message as { requestId: string }).requestId);
    const { command, job, instance, generation, commandId } = message as Control;
    const key = `${job.id}/${instance}/${generation}`;
    if (command === 'delete') this.has.delete(key);
    else this.has.set(key, { job: job.id, instance, generation });
    const ordered: Ordered = { node: this.id, at: now() };
    tell(ordered);
    for (const phase of ['received', 'succeeded'])
      this.say('acks', { commandId, generation, phase });
  }

  private states(): readonly object[] {
    return [...this.has.values()].map((one) => ({ ...one, status: 'running' }));
  }

  private report(requestId: string): void {
    const { incarnation } = this;
    this.say('state', { incarnation, requestId, instances: this.states() });
  }
}

const workers = Array.from(
  { length: Number(count) },
  (_, index) => new Worker(Number(first) + index),
);

/** So many at a time: a connect storm of the machine's own making proves nothing. */
async function startAll(which: readonly Worker[], atOnce: number): Promise<void> {
  const waiting = [...which];
  const one = async (): Promise<void> => {
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

async function obey({ drop, rejoin }: WorkersOrder): Promise<void> {
  if (drop !== undefined) {
    for (const worker of workers.slice(0, drop)) worker.die();
  }
  if (rejoin === true) {
    for (const worker of workers) worker.die();
    const rejoined: Rejoined = { began: now() };
    await startAll(workers, workers.length);
    tell(rejoined);
  }
}

await startAll(workers, 200);
tell({ ready: true });
process.on('message', (order: WorkersOrder) => void obey(order));

import { connect, type MqttClient } from 'mqtt';
import type { Socket } from 'node:net';

export interface Order {
  readonly command: string;
  readonly commandId: string;
  readonly instance: number;
  readonly generation: number;
  readonly attempt: number;
  readonly epoch: number;
  readonly expiresAt: string;
  readonly worker?: string;
  readonly job: { readonly id: string; readonly [field: string]: unknown };
}

const repeatAfterMs = 2_000;

/** A worker played by hand over real MQTT: it remembers its orders and acknowledges when told. */
export class TestWorker {
  readonly orders: Order[] = [];
  readonly registered: Record<string, unknown>[] = [];
  /** Acknowledge orders at once, in both phases. */
  acknowledges = true;
  private readonly beating: ReturnType<typeof setInterval>;
  private registering: ReturnType<typeof setInterval> | null = null;

  private constructor(
    readonly id: string,
    private readonly client: MqttClient,
  ) {
    client.on('message', (topic, payload) => this.receive(topic, payload));
    this.beating = setInterval(() => this.say('information', { cpu: 5, memory: 10 }), 500);
  }

  static async start(
    mqttUrl: string,
    id: string,
    registration: Record<string, unknown> = {},
  ): Promise<TestWorker> {
    const client = connect(mqttUrl, { reconnectPeriod: 200, clean: true });
    await new Promise((resolve) => client.once('connect', resolve));
    (client.stream as Socket).setNoDelay(true);
    const worker = new TestWorker(id, client);
    for (const kind of ['controls', 'registered', 'requests']) {
      await client.subscribeAsync(`nodes/${id}/${kind}`, { qos: 1 });
    }
    worker.register({
      id,
      name: id,
      ip: '127.0.0.1',
      port: 1,
      incarnation: 1,
      acknowledges: true,
      technologies: ['simulated'],
      ...registration,
    });
    return worker;
  }

  say(kind: string, body: unknown): void {
    this.client.publish(`nodes/${this.id}/${kind}`, JSON.stringify(body), { qos: 1 });
  }

  /** Until it is answered, as workers do: a manager that is not subscribed yet hears nothing. */
  private register(registration: Record<string, unknown>): void {
    this.say('registration', registration);
    this.registering = setInterval(() => this.say('registration', registration), repeatAfterMs);
  }

  async stop(): Promise<void> {
    this.endRegistering();
    clearInterval(this.beating);
    await this.client.endAsync(true);
  }

  private receive(topic: string, payload: Buffer): void {
    const kind = topic.split('/')[2];
    const body = JSON.parse(payload.toString());
    if (kind === 'registered') {
      this.registered.push(body);
      this.endRegistering();
    }
    if (kind === 'requests') {
      this.say('state', { incarnation: 1, requestId: body.requestId, instances: this.running() });
    }
    if (kind !== 'controls') return;
    this.orders.push(body);
    if (!this.acknowledges) return;
    for (const phase of ['received', 'succeeded']) {
      this.say('acks', { commandId: body.commandId, generation: body.generation, phase });
    }
  }

  private endRegistering(): void {
    if (this.registering !== null) clearInterval(this.registering);
    this.registering = null;
  }

  /** What it would run if it ran anything. */
  private running(): object[] {
    const instances = new Map<string, object>();
    for (const { command, job, instance, generation } of this.orders) {
      const key = `${job.id}/${instance}/${generation}`;
      if (command === 'delete') instances.delete(key);
      if (command === 'deploy' || command === 'replicate') {
        instances.set(key, { job: job.id, instance, generation, status: 'running' });
      }
    }
    return [...instances.values()];
  }
}

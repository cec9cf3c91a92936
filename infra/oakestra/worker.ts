import { randomInt } from 'node:crypto';
import { systemPorts } from '@oakring/ports';
import { connect, type MqttClient } from 'mqtt';
import { Engine, type EngineOptions } from './engine.js';

/** What it is to its cluster. */
export interface WorkerOptions extends EngineOptions {
  /** Where it registers; its broker is on the same host. */
  readonly url: string;
  readonly host: string;
  readonly hostid: string;
  readonly ip: string;
  readonly mac: string;
  /** How often it speaks; the real one every 2 s. */
  readonly periodMs?: number;
}

interface Kept {
  readonly topic: string;
  readonly payload: string;
}

/** At once, and then after twice as long each time. */
const mostRetryMs = 600_000;

/**
 * A worker of Oakestra that is strict with its cluster: it takes only the one right answer to its
 * registration, speaks as the real one does (docs/oakestra.md), keeps what it could not send, and says
 * that in any order when it is back.
 */
export class StandInWorker {
  readonly engine: Engine;
  id = '';
  private port = '';
  private client: MqttClient | null = null;
  private readonly backlog: Kept[] = [];
  /** On their way to the broker. */
  private readonly outgoing = new Set<Promise<unknown>>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private isEnding = false;
  private readonly periodMs: number;

  constructor(private readonly options: WorkerOptions) {
    this.periodMs = options.periodMs ?? 2_000;
    this.engine = new Engine(
      options,
      (topic, payload) => this.say(topic, payload),
      systemPorts().timers,
      () => this.kill(),
    );
  }

  /** Its process is there: not killed, and not told to stop. */
  get isAlive(): boolean {
    return !this.isEnding;
  }

  get isConnected(): boolean {
    return this.client?.connected === true;
  }

  /** Registers, connects and speaks; as the real one it ends (rejects) at any other answer than the right one. */
  async start(): Promise<void> {
    const { url, host, ip } = this.options;
    const response = await fetch(`${url}/api/node/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...this.figures(), ...this.description(), host, ip }),
    });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`answered ${response.status}: ${text}`);
    const { id, MQTT_BROKER_PORT: port } = JSON.parse(text) as Record<string, unknown>;
    if (typeof id !== 'string' || typeof port !== 'string') throw new Error(`answered ${text}`);
    await this.resume(id, port);
  }

  /** As one that had registered before, with whatever cluster, and only lost its broker. */
  async resume(id: string, port: string): Promise<void> {
    const { ip } = this.options;
    this.id = id;
    this.port = port;
    await this.connect();
    this.every(this.periodMs, () => {
      this.publish('information', { ...this.emptied(), ...this.figures(), ip });
      this.engine.report();
    });
  }

  /** What its machine is like, in the words of the page. */
  private description(): object {
    const { hostid, mac, runtimes } = this.options;
    return {
      ...{ id: '', port: '3000', architecture: 'amd64', virtualization: runtimes },
      system_info: { kernel_version: '6.1', full_stats: JSON.stringify({ hostid }) },
      ...{ network_info: { eth0: mac }, disk_info: {}, supported_addons: [], csi_drivers: [] },
      ...{ Overlay: false, OverlaySocket: '', LogDirectory: '', NetManagerPort: 0 },
    };
  }

  private figures(): object {
    return {
      ...{ cpu_percent: 12.5, vcpus: 4, memory_percent: 25.5, memory: 3_000, gpu_driver: '-' },
      ...{ gpu_temp: 0, gpu_usage: 0, vram: 0, vram_percent: 0, vgpus: 0 },
    };
  }

  /** Of a heartbeat every other member is there and empty. */
  private emptied(): object {
    return {
      ...{ id: '', host: '', port: '', architecture: '', system_info: null, disk_info: null },
      ...{ network_info: null, virtualization: null, supported_addons: null, csi_drivers: null },
      ...{ Overlay: false, OverlaySocket: '', NetManagerPort: 0 },
    };
  }

  /** The network goes, and is back after `forMs`. */
  cut(forMs: number): void {
    this.client?.removeAllListeners('close');
    this.client?.stream.destroy();
    this.client = null;
    this.after(forMs, () => void this.connect());
  }

  /** `kill -9`. */
  kill(): void {
    this.isEnding = true;
    for (const timer of this.timers) clearTimeout(timer);
    this.client?.stream.destroy();
  }

  /** SIGTERM: it says that all has ended, and closes without a word to its broker. */
  async terminate(): Promise<void> {
    this.engine.terminate();
    // The broker has them, or will not.
    await Promise.allSettled(this.outgoing);
    this.kill();
  }

  private connect(attempt = 0): Promise<void> {
    const { hostname } = new URL(this.options.url);
    const client = connect(`mqtt://${hostname}:${this.port}`, {
      ...{ clientId: `${this.id}-ne`, protocolVersion: 4, clean: true, keepalive: 30 },
      ...{ reconnectPeriod: 0, queueQoSZero: false },
    });
    client.on('error', () => {});
    client.on('message', (topic, payload) => {
      const [, , , kind] = topic.split('/');
      if (kind === 'deploy' || kind === 'delete') this.engine.control(kind, payload.toString());
    });
    client.on('close', () => {
      const wasConnected = this.client === client;
      if (wasConnected) this.client = null;
      if (this.isEnding) return;
      const tries = wasConnected ? 0 : attempt;
      const waitMs = tries === 0 ? 0 : Math.min(500 * 2 ** tries, mostRetryMs);
      this.after(waitMs, () => void this.connect(tries + 1));
    });
    return new Promise((resolve) => {
      client.on('connect', () => {
        const control = `nodes/${this.id}/control`;
        client.subscribe([`${control}/deploy`, `${control}/delete`], { qos: 1 }, () => {
          this.client = client;
          this.sayBacklog();
          resolve();
        });
      });
    });
  }

  private say(topic: string, payload: object): void {
    this.publish(topic, payload);
  }

  private publish(topic: string, payload: object): void {
    if (this.isEnding) return;
    const message = { topic: `nodes/${this.id}/${topic}`, payload: JSON.stringify(payload) };
    if (this.client === null) this.backlog.push(message);
    else this.send(this.client, message);
  }

  private send(client: MqttClient, { topic, payload }: Kept): void {
    const sent = client.publishAsync(topic, payload, { qos: 1 });
    this.outgoing.add(sent);
    const forget = (): void => void this.outgoing.delete(sent);
    sent.then(forget, forget);
  }

  private sayBacklog(): void {
    while (this.backlog.length > 0) {
      const [message] = this.backlog.splice(randomInt(this.backlog.length), 1);
      if (message !== undefined && this.client !== null) this.send(this.client, message);
    }
  }

  private after(waitMs: number, work: () => void): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      work();
    }, waitMs);
    this.timers.add(timer);
  }

  private every(periodMs: number, work: () => void): void {
    this.timers.add(setInterval(work, periodMs));
  }
}

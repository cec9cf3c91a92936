import { connect, type MqttClient } from 'mqtt';
import type { Ports } from '@oakring/ports';

const backoffMs = { first: 250, most: 15_000 };
const keepaliveSeconds = 10;
const connectTimeoutMs = 5_000;
const disconnectWithinMs = 1_000;

export interface BrokerLinkOptions {
  readonly url: string;
  readonly username: string | null;
  readonly password: string | null;
  readonly clientId: string;
  /** Topics of ours, subscribed with QoS 1 once a connection. */
  readonly subscriptions: readonly string[];
  readonly will: { readonly topic: string; readonly payload: string };
}

/**
 * The worker's connection, kept up for as long as it is started: connecting → up (subscribed) →
 * down → waiting (exponential back-off, full jitter) → connecting … Each attempt is a fresh client:
 * nothing of a former connection is sent on the next, repetitions are the session's business.
 */
export class BrokerLink {
  connected = false;
  private client: MqttClient | null = null;
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private failures = 0;
  private upListener: () => void = () => {};
  private downListener: (reason: string) => void = () => {};
  private messageListener: (topic: string, payload: Buffer) => void = () => {};

  constructor(
    private readonly options: BrokerLinkOptions,
    private readonly ports: Ports,
  ) {}

  onUp(listener: () => void): void {
    this.upListener = listener;
  }

  onDown(listener: (reason: string) => void): void {
    this.downListener = listener;
  }

  onMessage(listener: (topic: string, payload: Buffer) => void): void {
    this.messageListener = listener;
  }

  start(): void {
    this.running = this.keepUp();
  }

  /** Publishes if connected; false otherwise. What must arrive is repeated by its sender. */
  publish(topic: string, payload: object, options: { qos: 0 | 1; retain?: boolean }): boolean {
    if (this.client === null || !this.connected) return false;
    this.client.publish(topic, JSON.stringify(payload), options);
    return true;
  }

  /** Publishes a last message, says DISCONNECT and ends. */
  async stop(farewell: { topic: string; payload: object }): Promise<void> {
    const { client } = this;
    this.stopping.abort();
    if (client !== null && this.connected) {
      await this.withinPatience(
        client.publishAsync(farewell.topic, JSON.stringify(farewell.payload), {
          qos: 1,
          retain: true,
        }),
      );
      await this.withinPatience(client.endAsync());
    }
    client?.end(true);
    await this.running;
  }

  private async withinPatience(work: Promise<unknown>): Promise<void> {
    const patience = new AbortController();
    const settled = work.then(
      () => {},
      () => {
        // The broker is gone: its last will speaks for us.
      },
    );
    await Promise.race([settled, this.ports.timers.sleep(disconnectWithinMs, patience.signal)]);
    patience.abort();
  }

  private async keepUp(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const reason = await this.liveOnce();
      const wasUp = this.connected;
      this.connected = false;
      this.client = null;
      if (this.stopping.signal.aborted) return;
      this.failures = wasUp ? 1 : this.failures + 1;
      if (wasUp || this.failures === 1) this.downListener(reason);
      const ceiling = Math.min(backoffMs.most, backoffMs.first * 2 ** Math.min(this.failures, 16));
      const delayMs = this.ports.randomness.integer(ceiling + 1);
      await this.ports.timers.sleep(delayMs, this.stopping.signal);
    }
  }

  /** One connection from its start to its end; resolves with why it ended. */
  private liveOnce(): Promise<string> {
    const { url, username, password, clientId, will } = this.options;
    const client = connect(url, {
      clientId,
      ...(username === null ? {} : { username }),
      ...(password === null ? {} : { password }),
      clean: true,
      reconnectPeriod: 0,
      resubscribe: false,
      queueQoSZero: false,
      connectTimeout: connectTimeoutMs,
      keepalive: keepaliveSeconds,
      will: { topic: will.topic, payload: Buffer.from(will.payload), qos: 1, retain: true },
    });
    this.client = client;
    return new Promise((resolve) => {
      let reason = 'the connection was closed';
      client.on('connect', () => this.subscribe(client));
      client.on('message', (topic, payload) => this.messageListener(topic, payload));
      client.on('error', (error) => {
        reason = error.message === '' ? error.name : error.message;
      });
      client.once('close', () => {
        client.removeAllListeners('message');
        client.end(true);
        resolve(reason);
      });
    });
  }

  private subscribe(client: MqttClient): void {
    client.subscribe([...this.options.subscriptions], { qos: 1 }, (error, granted) => {
      const isRefused = granted?.some(({ qos }) => qos > 2) === true;
      if (error !== null || isRefused) {
        client.emit('error', error ?? new Error('the broker refuses our subscriptions'));
        client.stream.destroy();
        return;
      }
      this.connected = true;
      this.failures = 0;
      this.upListener();
    });
  }
}

import { Socket } from 'node:net';
import { workerComesBack } from '@oakring/contracts';
import { connect, type IPublishPacket, type MqttClient } from 'mqtt';
import { writeToStream } from 'mqtt-packet';
import { fullJitterMs, type Ports, type Timer } from '@oakring/ports';
import type { BrokerTls } from './broker-trust.js';
import { MessageRoom } from './message-room.js';
import { whyBroken, whyClosed } from './why-broken.js';
import type { Farewell, WorkerLink, WorkerLinkListener, WorkerLinkOptions } from './worker-link.js';

/** A connection that ends sooner counts as a failure: two clients displace each other, for one. */
const stableAfterMs = 5_000;
const keepaliveSeconds = 10;
const subscribeWithinMs = 5_000;
const disconnectWithinMs = 1_000;

// MQTT.js would make a buffer for each number of two bytes before its first packet: 7 MB for good, a tenth of what
// a worker at rest has, to spare an allocation of two bytes in what it sends. For all of this process.
writeToStream.cacheNumbers = false;

export interface BrokerAddress {
  readonly url: string;
  readonly username: string | null;
  readonly password: string | null;
  /** Asked for each connection; absent: whom this machine's Node believes is believed. */
  readonly tls?: () => BrokerTls;
}

/** Who the worker is to its broker. */
export interface Admission {
  /** Asked at each connection; rejects, with a sentence for a person, where there is no use in one. */
  shown(): Promise<Pick<BrokerAddress, 'username' | 'password'>>;
  /** The broker did not let in whoever showed that. */
  refused(): void | Promise<void>;
}

type BrokerLinkOptions = Pick<BrokerAddress, 'url' | 'tls'> & {
  readonly admission: Admission;
} & WorkerLinkOptions;

/** CONNACK of MQTT 3.1.1, 3.2.2.3: a bad user name or password, not authorized. */
const notLetIn: readonly unknown[] = [4, 5];

/** Whether the broker wants another credential, or one at all. */
export function isNotLetIn(error: Error): boolean {
  return 'code' in error && notLetIn.includes(error.code);
}

/**
 * The worker's connection, kept up for as long as it is started: asking what to show → connecting → up (subscribed) →
 * down → waiting (exponential back-off, full jitter) → connecting … Each attempt is a fresh client:
 * nothing of a former connection is sent on the next, repetitions are the session's business.
 */
export class BrokerLink implements WorkerLink {
  private client: MqttClient | null = null;
  private connected = false;
  private readonly room = new MessageRoom();
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly options: BrokerLinkOptions,
    private readonly ports: Ports,
    private readonly listener: WorkerLinkListener,
  ) {}

  get mostBytes(): number {
    return this.room.mostBytes;
  }

  start(): void {
    this.running = this.keepUp();
  }

  /** Publishes if connected, else does nothing. What must arrive is repeated by its sender. */
  publish(topic: string, payload: string, options: { qos: 0 | 1; retain?: boolean }): void {
    if (!this.connected) return;
    const bytes = Buffer.byteLength(payload);
    this.room.sent(bytes);
    this.client?.publish(topic, payload, options, (error) => {
      if (options.qos === 1 && (error ?? null) === null) this.room.confirmed(bytes);
    });
  }

  reconnect(): void {
    this.client?.stream.destroy();
  }

  /** Publishes a last message, retained, says DISCONNECT and ends. */
  async stop(farewell: Farewell | null): Promise<void> {
    const { client } = this;
    this.stopping.abort();
    if (client !== null && this.connected) {
      if (farewell !== null) {
        const { topic, payload } = farewell;
        const last = client.publishAsync(topic, payload, { qos: 1, retain: true });
        await this.withinPatience(last);
      }
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
    const { clock, randomness, timers } = this.ports;
    let failures = 0;
    while (!this.stopping.signal.aborted) {
      const { reason, upSinceMs } = await this.liveOnce();
      this.connected = false;
      this.client = null;
      if (this.stopping.signal.aborted) return;
      const wasStable = upSinceMs !== null && clock.monotonicMs() - upSinceMs >= stableAfterMs;
      this.room.ended(upSinceMs !== null && !wasStable);
      failures = wasStable ? 1 : failures + 1;
      // A broker that stays away is told of once.
      if (upSinceMs !== null || failures === 1) this.listener.down(reason);
      const delayMs = fullJitterMs(failures, workerComesBack, randomness);
      await timers.sleep(delayMs, this.stopping.signal);
    }
  }

  /** One connection from its start to its end: why it ended, and since when it was up, if ever. */
  private async liveOnce(): Promise<{ reason: string; upSinceMs: number | null }> {
    try {
      const shown = await this.untilStopped(this.options.admission.shown());
      if (shown === null) return { reason: 'it was stopped', upSinceMs: null };
      return await this.live(this.openClient(shown));
    } catch (error) {
      return { reason: error instanceof Error ? error.message : String(error), upSinceMs: null };
    }
  }

  /** Null: it was stopped meanwhile. */
  private async untilStopped<T>(work: Promise<T>): Promise<T | null> {
    const { signal } = this.stopping;
    let stop = (): void => {};
    const stopped = new Promise<null>((resolve) => {
      stop = () => resolve(null);
      signal.addEventListener('abort', stop, { once: true });
    });
    try {
      return await (signal.aborted ? null : Promise.race([work, stopped]));
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  private live(client: MqttClient): Promise<{ reason: string; upSinceMs: number | null }> {
    this.client = client;
    let subscribing: Timer | null = null;
    return new Promise((resolve) => {
      let upSinceMs: number | null = null;
      let reason: string | null = null;
      const giveUp = (why: string): void => {
        reason = why;
        client.stream.destroy();
      };
      client.on('connect', () => {
        subscribing = this.ports.timers.after(subscribeWithinMs, () =>
          giveUp('the broker does not answer our subscriptions'),
        );
        client.subscribe([...this.options.subscriptions], { qos: 1 }, (error, granted) => {
          subscribing?.cancel();
          const isRefused = granted?.some(({ qos }) => qos > 2) === true;
          if (error !== null || isRefused) {
            return giveUp(error?.message ?? 'the broker refuses our subscriptions');
          }
          this.connected = true;
          upSinceMs = this.ports.clock.monotonicMs();
          this.listener.up();
        });
      });
      client.on('message', (topic, payload, packet: IPublishPacket) =>
        this.listener.message(topic, payload, packet.retain === true),
      );
      client.on('error', (error) => {
        reason = whyBroken(error);
        if (isNotLetIn(error)) void this.options.admission.refused();
      });
      client.once('close', () => {
        subscribing?.cancel();
        client.removeAllListeners('message');
        client.end(true);
        // Whoever was let in has spoken as the broker does.
        reason ??= upSinceMs === null ? whyClosed(this.options.url) : 'the connection was closed';
        resolve({ reason, upSinceMs });
      });
    });
  }

  private openClient({
    username,
    password,
  }: Pick<BrokerAddress, 'username' | 'password'>): MqttClient {
    const { url, clientId, tls } = this.options;
    const will = this.options.will();
    const client = connect(url, {
      clientId,
      ...(username === null ? {} : { username }),
      ...(password === null ? {} : { password }),
      ...(url.startsWith('mqtts:') ? tls?.() : {}),
      clean: true,
      reconnectPeriod: 0,
      resubscribe: false,
      queueQoSZero: false,
      connectTimeout: workerComesBack.attemptMs,
      keepalive: keepaliveSeconds,
      will: {
        topic: will.topic,
        payload: Buffer.from(will.payload),
        qos: 1,
        retain: true,
      },
    });
    // An acknowledgement is small: it must not wait for the next one.
    if (client.stream instanceof Socket) client.stream.setNoDelay(true);
    return client;
  }
}

import { Logger } from '@nestjs/common';
import { shownUrl } from '@oakring/contracts';
import type { Ports } from '@oakring/ports';
import type { MqttClient } from 'mqtt';
import {
  openClient,
  reasonOf,
  sendAtOnce,
  subscribeUp,
  unheardIn,
  type BrokerAddress,
} from './mqtt-client.js';
import { PacketLimit } from './packet-limit.js';
import { ProtocolVersion } from './protocol-version.js';
import { Publications, unreachable, type Delivery } from './publications.js';
import { Pulse } from './pulse.js';
import { tell } from './tell.js';
import { displacedDelayMs, reconnectDelayMs } from './reconnect-delay.js';

/** A link that ends this soon after its CONNACK, twice running, was taken by somebody else. */
const shortLifeMs = 5_000;
const displacedAfterShortLives = 2;
const disconnectWithinMs = 1_000;
/** A link on which nothing comes for so long, pings' answers included, is a half-open one. */
const silentLinkMs = 5_000;
/** How often it is looked whether a connection may be tried again. */
const leadCheckMs = 100;

/** Called inside the socket's callback: take the message and return. */
export type MessageListener = (topic: string, payload: Buffer, retained: boolean) => void;

/**
 * The manager's one connection to the broker, kept up for as long as it is started.
 *
 * stopped → connecting → up (SUBACK of every subscription) → down → waiting → connecting …
 * - connecting fails: waits with back-off and jitter, for ever; said once until it is up again.
 * - up ends: publications without PUBACK are rejected and forgotten, never repeated from here (the
 *   outbox repeats, from the ledger). Each attempt is a fresh MQTT.js client, so nothing of a former
 *   link can be sent on the next.
 * - nothing was heard for 5 s though we ask each second: the link is half open, and is ended.
 * - two links running that end within 5 s of their CONNACK: somebody uses our client id. An alarm
 *   and a long wait instead of a loop in which two managers push each other off.
 */
export class BrokerConnection {
  /** True from the SUBACK until the link ends. */
  connected = false;
  /** How often the link was lost to another client with our id. */
  displacements = 0;

  private readonly logger = new Logger(BrokerConnection.name);
  private readonly upListeners = new Set<() => void>();
  private readonly downListeners = new Set<() => void>();
  private messageListener: MessageListener = () => {};
  private client: MqttClient | null = null;
  private publications: Publications;
  private readonly version = new ProtocolVersion();
  /** Numbers of what nobody listens for, until that is told. */
  private unheard = new Set<number>();
  private readonly pulse = new Pulse();
  private stopping: AbortController | null = null;
  private running: Promise<void> = Promise.resolve();
  private saidUnreachable = false;
  private readonly limit: PacketLimit;
  private mayLead: () => boolean = () => false;

  constructor(
    /** Asked at each attempt: our client id is the cluster's, which is founded by its first leader. */
    private readonly address: () => BrokerAddress,
    /** Of everything that workers say, with their QoS. */
    private readonly subscriptions: ReadonlyMap<string, 0 | 1>,
    private readonly ports: Ports,
  ) {
    this.publications = new Publications(ports.clock);
    this.limit = new PacketLimit(ports.clock);
  }

  /** How long the broker has not been heard, or has owed us a PUBACK; milliseconds. */
  get unreachedMs(): number {
    return Math.max(this.pulse.silentMs, this.publications.overdueMs);
  }

  /** The one listener of messages: called synchronously, so it must be cheap. */
  onMessage(listener: MessageListener): void {
    this.messageListener = listener;
  }

  /** After the SUBACK of each new link. Returns the way out. */
  onUp(listener: () => void): () => void {
    this.upListeners.add(listener);
    return () => void this.upListeners.delete(listener);
  }

  /** When a link that was up ends. Returns the way out. */
  onDown(listener: () => void): () => void {
    this.downListeners.add(listener);
    return () => void this.downListeners.delete(listener);
  }

  /**
   * Returns at once; a broker that is not there yet is waited for. `mayLead` is asked immediately
   * before each attempt and each publication: whoever does not lead is silent.
   */
  start(mayLead: () => boolean): void {
    if (this.stopping !== null) return;
    this.mayLead = mayLead;
    this.stopping = new AbortController();
    this.pulse.start(this.ports.timers, (silentMs) => this.ask(silentMs));
    this.running = this.keepUp(this.stopping.signal);
  }

  /** Says DISCONNECT and ends. */
  async stop(): Promise<void> {
    const { client, stopping } = this;
    this.stopping = null;
    this.pulse.stop();
    stopping?.abort();
    if (client !== null) {
      const patience = new AbortController();
      const disconnected = new Promise<void>((resolve) => client.end(false, {}, () => resolve()));
      const waited = this.ports.timers.sleep(disconnectWithinMs, patience.signal);
      await Promise.race([disconnected, waited]);
      patience.abort();
      // A second `end` would do nothing while the first one waits for a PUBACK.
      client.stream.destroy();
    }
    await this.running;
  }

  /**
   * Resolves at the PUBACK (QoS 1), which may say that nobody listens, or once it is written (QoS 0). Rejects with
   * `broker-unreachable` when there is no link or it ends before that, with `overloaded` when too
   * much is under way, and with `message-too-large` when the broker is known not to take it.
   */
  publish(
    topic: string,
    payload: string,
    { qos, retain = false }: { qos: 0 | 1; retain?: false },
  ): Promise<Delivery> {
    const { client, publications, unheard } = this;
    if (client === null || !this.connected) {
      return Promise.reject(unreachable('there is no connection'));
    }
    if (!this.mayLead()) return Promise.reject(unreachable('our lease is not renewed'));
    const bytes = Buffer.byteLength(payload);
    const refusal = this.limit.refusal(bytes) ?? publications.refusal(bytes);
    if (refusal !== null) return Promise.reject(refusal);
    const send: Parameters<Publications['take']>[1] = (done) => {
      client.publish(topic, payload, { qos, retain }, (error, packet) => {
        if (qos === 1 && (error ?? null) === null) this.limit.confirmed(bytes);
        done(error, unheard.delete(packet?.messageId ?? 0) ? 'unheard' : undefined);
      });
    };
    return publications.take(bytes, send, { unconfirmed: qos === 0 });
  }

  private async keepUp(stopped: AbortSignal): Promise<void> {
    let failures = 0;
    let shortLives = 0;
    while (!stopped.aborted) {
      if (!this.mayLead()) {
        await this.ports.timers.sleep(leadCheckMs, stopped);
        continue;
      }
      const livedMs = await this.liveOnce();
      if (stopped.aborted) return;
      const reachedBroker = livedMs !== null;
      const livedShort = reachedBroker && livedMs < shortLifeMs;
      shortLives = livedShort ? shortLives + 1 : 0;
      failures = reachedBroker && !livedShort ? 1 : failures + 1;
      let delayMs = reconnectDelayMs(failures, this.ports.randomness);
      if (shortLives >= displacedAfterShortLives) {
        delayMs = displacedDelayMs(this.ports.randomness);
        this.sayDisplaced(delayMs);
      }
      await this.ports.timers.sleep(delayMs, stopped);
    }
  }

  /** One link from its start to its end: how long it lived after CONNACK; null without one. */
  private liveOnce(): Promise<number | null> {
    const publications = new Publications(this.ports.clock);
    const address = this.address();
    const version = this.version.next(address.mayBeFive === true);
    const client = openClient(address, this.ports.timers, version);
    const unheard = new Set<number>();
    this.client = client;
    this.publications = publications;
    this.unheard = unheard;
    return new Promise((resolve) => {
      let connackAtMs: number | null = null;
      let reason = 'the connection was closed';
      let isSilent = true;
      client.on('connect', ({ properties }) => {
        connackAtMs = this.ports.clock.monotonicMs();
        publications.mostAtOnce = properties?.receiveMaximum ?? publications.mostAtOnce;
        isSilent = false;
        sendAtOnce(client);
        subscribeUp(client, this.subscriptions, () => this.wentUp(client));
      });
      client.on('message', (topic, payload, packet) => {
        try {
          this.messageListener(topic, payload, packet.retain);
        } catch (error) {
          // Out of here it would end the process: no message may do that.
          this.logger.error(`a message on ${topic} could not be taken: ${String(error)}`);
        }
      });
      client.on('packetreceive', (packet) => {
        this.pulse.heard();
        const number = unheardIn(packet);
        if (number !== null) unheard.add(number);
      });
      client.on('error', (error) => {
        isSilent = false;
        this.version.failed(error);
        reason = error.message === '' ? reasonOf(error) : error.message;
      });
      client.once('close', () => {
        // What MQTT.js still holds of this link must never be sent on another one.
        client.end(true);
        this.version.ended(version, isSilent);
        this.wentDown(reason);
        publications.abandon(reason);
        // Such a life is short for another reason than a second client with our id.
        const isTooLarge =
          this.stopping !== null && this.limit.closed(publications.largestLostBytes);
        if (connackAtMs === null || isTooLarge) resolve(null);
        else resolve(this.ports.clock.monotonicMs() - connackAtMs);
      });
    });
  }

  private ask(silentMs: number): void {
    const { client } = this;
    if (client === null || !this.connected) return;
    if (silentMs < silentLinkMs) return client.sendPing();
    client.emit('error', new Error(`nothing was heard for ${silentMs / 1_000} s`));
    client.stream.destroy();
  }

  private wentUp(client: MqttClient): void {
    if (this.client !== client || this.stopping === null) return;
    this.connected = true;
    this.saidUnreachable = false;
    this.logger.log(`connected to the broker at ${shownUrl(this.address().url)}`);
    tell(this.upListeners, this.logger);
  }

  private wentDown(reason: string): void {
    const wasUp = this.connected;
    this.connected = false;
    this.client = null;
    if (this.stopping !== null && (wasUp || !this.saidUnreachable)) {
      this.saidUnreachable = true;
      const address = shownUrl(this.address().url);
      this.logger.warn(`no connection to the broker at ${address}: ${reason}; trying on`);
    }
    if (wasUp) tell(this.downListeners, this.logger);
  }

  private sayDisplaced(delayMs: number): void {
    this.displacements += 1;
    this.logger.error(
      `the broker closed two connections running right after accepting them: another client ` +
        `probably uses the client id ${this.address().clientId} (a second manager of this cluster?). ` +
        `Trying again in ${Math.round(delayMs / 1000)} s.`,
    );
  }
}

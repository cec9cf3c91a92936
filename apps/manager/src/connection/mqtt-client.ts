import { Socket } from 'node:net';
import type { TrustOptions } from '@oakring/host';
import type { Timers } from '@oakring/ports';
import { connect, type MqttClient, type Packet } from 'mqtt';

const connectTimeoutMs = 5_000;
const keepaliveSeconds = 10;
/** About five milliseconds of handling. */
const messagesInARow = 1_024;

export interface BrokerAddress {
  readonly url: string;
  readonly username: string | null;
  readonly password: string | null;
  /** `oakring-<clusterId>`: the broker itself cuts off a predecessor of the same cluster. */
  readonly clientId: string;
  /** Who we are, and whom we believe; absent: what the machine's store of certificates says. */
  readonly tls?: BrokerTls;
  /** It may speak MQTT 5; ours speaks 3.1.1. */
  readonly mayBeFive?: true;
}

export interface BrokerTls extends TrustOptions {
  /** Ours, PEM; absent: we show none. */
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly passphrase?: string;
}

/** An MQTT.js client for one link: it never reconnects and keeps nothing for a later one. */
export function openClient(
  { url, username, password, clientId, tls }: BrokerAddress,
  timers: Timers,
  protocolVersion: 4 | 5 = 4,
): MqttClient {
  const client = connect(url, {
    ...{ clientId, protocolVersion },
    ...(username === null ? {} : { username }),
    ...(password === null ? {} : { password }),
    ...tls,
    clean: true,
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    connectTimeout: connectTimeoutMs,
    keepalive: keepaliveSeconds,
    // Its debug log says nothing when it is off, but is called eight times a message.
    log: () => {},
  });
  letOthersWork(client, timers);
  return client;
}

/**
 * Confirmations of what comes in one after the other go out together: each by itself costs as much as
 * all other handling of its message.
 */
function confirmTogether({ stream }: MqttClient, timers: Timers): () => void {
  let isHeldBack = false;
  return () => {
    if (isHeldBack) return;
    isHeldBack = true;
    stream.cork();
    timers.soon(() => {
      isHeldBack = false;
      stream.uncork();
    });
  };
}

/**
 * A socket that is full would be read up to two mebibytes at a stretch, with all other work of the
 * process waiting behind it: a break now and then leaves the rest to TCP for one turn.
 */
function letOthersWork(client: MqttClient, timers: Timers): void {
  let inARow = 0;
  const holdBack = confirmTogether(client, timers);
  client.handleMessage = ({ qos }, proceed) => {
    if (qos > 0) holdBack();
    inARow += 1;
    if (inARow < messagesInARow) return proceed();
    inARow = 0;
    timers.soon(() => proceed());
  };
}

/**
 * MQTT.js writes a packet in pieces; with Nagle's algorithm the last piece waits for the other side's
 * delayed acknowledgement: 40 ms on Linux, on every order.
 */
export function sendAtOnce(client: MqttClient): void {
  if (client.stream instanceof Socket) client.stream.setNoDelay(true);
}

/**
 * Subscribes to everything that workers say. `granted` is called when the broker grants all of it; otherwise the link is ended with the reason as its error.
 */
export function subscribeUp(
  client: MqttClient,
  subscriptions: ReadonlyMap<string, 0 | 1>,
  granted: () => void,
): void {
  const filters = Object.fromEntries([...subscriptions].map(([filter, qos]) => [filter, { qos }]));
  client.subscribe(filters, (error, grants) => {
    const refused = grants?.filter(({ qos }) => qos > 2).map(({ topic }) => topic) ?? [];
    if (error === null && refused.length === 0) return granted();
    const reason = refused.length > 0 ? `the broker refuses ${refused.join(', ')}` : error?.message;
    client.emit('error', new Error(reason ?? 'subscribing failed'));
    client.stream.destroy();
  });
}

/** MQTT 5: what was published has reached the broker, and nobody else. */
const noMatchingSubscribers = 16;

/** The number of a publication that nobody listens for, where the broker says so: MQTT.js keeps it to itself. */
export function unheardIn(packet: Packet): number | null {
  const isUnheard = packet.cmd === 'puback' && packet.reasonCode === noMatchingSubscribers;
  return isUnheard ? (packet.messageId ?? null) : null;
}

/** Node reports a refused connection to several addresses as one error without a message. */
export function reasonOf(error: Error & { code?: unknown }): string {
  return typeof error.code === 'string' ? error.code : error.name;
}

import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { systemPorts, type Ports } from '@oakring/ports';
import { connectAsync, type MqttClient } from 'mqtt';
import { startEmbeddedBroker, type EmbeddedBroker } from '../broker/embedded-broker.js';
import { letAnyoneIn } from '../broker/testing/let-in.js';
import { hasMosquitto, startMosquitto } from '../broker/testing/mosquitto.js';
import { accessOf } from '../wires/access.js';
import { nativeDialect } from '../wires/native/native.dialect.js';
import { Wires } from '../wires/wires.js';
import { BrokerConnection } from './broker-connection.js';

const internal = { username: 'inside', password: 'secret' };
/** Never waits: a reconnect that takes its time would only slow the test. */
const ports: Ports = { ...systemPorts(), randomness: { integer: () => 0 } };

Logger.overrideLogger(false);

const wires = new Wires([nativeDialect], () => null);

(hasMosquitto() ? describe : describe.skip)('the connection to a broker that takes less', () => {
  it('learns it from two closes, refuses what is larger, and sends the rest', async () => {
    const small = await startMosquitto(undefined, 'max_packet_size 20000');
    const connection = new BrokerConnection(
      () => ({
        url: `mqtt://127.0.0.1:${small.port}`,
        username: null,
        password: null,
        clientId: 'oakring-c',
      }),
      wires.subscriptions,
      ports,
    );
    connection.start(() => true);
    const large = 'x'.repeat(100_000);
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      await upOf(connection);
      const sent = connection.publish('nodes/edge-1/controls', large, { qos: 1 });
      await expect(sent).rejects.toMatchObject({ code: 'broker-unreachable' });
    }
    await upOf(connection);
    const refused = connection.publish('nodes/edge-1/controls', large, { qos: 1 });
    await expect(refused).rejects.toMatchObject({ code: 'message-too-large' });
    await connection.publish('nodes/edge-1/controls', 'x'.repeat(15_000), { qos: 1 });
    expect(connection.connected).toBe(true);
    await connection.stop();
    await small.kill();
  });
});

(hasMosquitto() ? describe : describe.skip)('the connection to a broker that speaks MQTT 5', () => {
  it('tells what nobody listens for from what somebody got, however much at once', async () => {
    const real = await startMosquitto(undefined, 'max_inflight_messages 3');
    const url = `mqtt://127.0.0.1:${real.port}`;
    const access = { url, username: null, password: null, mayBeFive: true as const };
    const address = () => ({ ...access, clientId: 'oakring-c' });
    const connection = new BrokerConnection(address, wires.subscriptions, ports);
    connection.start(() => true);
    await upOf(connection);
    const worker = await connectAsync(url, { protocolVersion: 4 });
    await worker.subscribeAsync('nodes/edge-1/controls', { qos: 1 });
    const sent = Array.from({ length: 50 }, (_, number) =>
      connection.publish(`nodes/edge-${number % 2}/controls`, '{}', { qos: 1 }),
    );
    const told = await Promise.all(sent);
    expect(told.filter((_, number) => number % 2 === 0)).toEqual(Array(25).fill('unheard'));
    expect(told.filter((_, number) => number % 2 === 1)).toEqual(Array(25).fill(undefined));
    const heard = new Promise<string>((resolve) => {
      connection.onMessage((topic, payload) => resolve(`${topic} ${payload.toString()}`));
    });
    await worker.publishAsync('nodes/edge-1/acks', 'said', { qos: 1 });
    expect(await heard).toBe('nodes/edge-1/acks said');
    worker.end(true);
    await connection.stop();
    await real.kill();
  });
});

describe('the broker connection', () => {
  let broker: EmbeddedBroker;
  let connection: BrokerConnection;

  beforeEach(async () => {
    broker = await startBroker(0);
    connection = connectionTo(broker.port);
  });

  afterEach(async () => {
    await connection.stop();
    await broker.stop();
  });

  it('is up once its subscriptions are granted, and publishes with an acknowledgement', async () => {
    await upOf(connection);
    expect(connection.connected).toBe(true);
    const worker = await workerAt(broker.port);
    await worker.subscribeAsync('nodes/edge-1/controls', { qos: 1 });
    const heard = nextPayload(worker);
    await connection.publish('nodes/edge-1/controls', '{"a":1}', { qos: 1 });
    expect(await heard).toBe('{"a":1}');
    worker.end(true);
  });

  it('is up with a broker that refuses MQTT 5 as well', async () => {
    const address = { url: `mqtt://127.0.0.1:${broker.port}`, ...internal, clientId: 'oakring-d' };
    const asking = () => ({ ...address, mayBeFive: true as const });
    const other = new BrokerConnection(asking, wires.subscriptions, ports);
    other.start(() => true);
    await upOf(other);
    await other.publish('nodes/edge-1/controls', '{}', { qos: 1 });
    await other.stop();
  });

  it('hands every message up to its listener, with the retain flag', async () => {
    const worker = await workerAt(broker.port);
    await worker.publishAsync('nodes/edge-1/status', 'kept', { qos: 1, retain: true });
    const heard: string[] = [];
    const all = new Promise<void>((resolve) => {
      connection.onMessage((topic, payload, retained) => {
        heard.push(`${topic} ${payload.toString()} ${retained}`);
        if (heard.length === 2) resolve();
        else void worker.publishAsync('nodes/edge-1/information', 'live', { qos: 0 });
      });
    });
    await upOf(connection);
    await all;
    expect(heard).toEqual(['nodes/edge-1/status kept true', 'nodes/edge-1/information live false']);
    worker.end(true);
  });

  it('outlives a listener that fails', async () => {
    await upOf(connection);
    const worker = await workerAt(broker.port);
    const heard = new Promise<string>((resolve) => {
      connection.onMessage((topic) => {
        if (topic.endsWith('acks')) throw new Error('a bug');
        resolve(topic);
      });
    });
    await worker.publishAsync('nodes/edge-1/acks', '{}', { qos: 1 });
    await worker.publishAsync('nodes/edge-1/state', '{}', { qos: 1 });
    expect(await heard).toBe('nodes/edge-1/state');
    worker.end(true);
  });

  it('refuses to publish without a link', async () => {
    await expect(connection.publish('t', '', { qos: 1 })).rejects.toMatchObject({
      code: 'broker-unreachable',
    });
  });

  it('waits for a broker that is not there yet', async () => {
    const { port } = broker;
    await broker.stop();
    const up = upOf(connection);
    broker = await startBroker(port);
    await up;
    expect(connection.connected).toBe(true);
  });

  it('comes back after the broker did, and tells both', async () => {
    await upOf(connection);
    const down = new Promise<void>((resolve) => connection.onDown(resolve));
    const upAgain = new Promise<void>((resolve) => connection.onUp(resolve));
    const { port } = broker;
    await broker.stop();
    await down;
    expect(connection.connected).toBe(false);
    broker = await startBroker(port);
    await upAgain;
    const worker = await workerAt(port);
    const heard = new Promise<string>((resolve) => connection.onMessage(resolve));
    await worker.publishAsync('nodes/edge-1/acks', '{}', { qos: 1 });
    expect(await heard).toBe('nodes/edge-1/acks');
    worker.end(true);
  });

  it('gives up what was not acknowledged when the link ends', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', (packet) => {
        const type = (packet[0] ?? 0) >> 4;
        if (type === packetTypes.connect) socket.write(connack);
        if (type === packetTypes.subscribe) socket.write(subackFor(packet));
        if (type === packetTypes.publish) socket.destroy();
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    connection = connectionTo(typeof address === 'object' ? (address?.port ?? 0) : 0);
    await upOf(connection);
    await expect(
      connection.publish('nodes/edge-1/controls', 'lost', { qos: 1 }),
    ).rejects.toMatchObject({ code: 'broker-unreachable' });
    await connection.stop();
    server.close();
  });

  it('ends a link on which nothing comes any more, and counts it as not reached', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', (packet) => {
        const type = (packet[0] ?? 0) >> 4;
        if (type === packetTypes.connect) socket.write(connack);
        if (type === packetTypes.subscribe) socket.write(subackFor(packet));
        // Half open: what is published, and each ping, is heard by nobody.
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const { timers } = ports;
    const every = (ms: number, work: () => void) => timers.every(ms / 50, work);
    connection = connectionTo(typeof address === 'object' ? (address?.port ?? 0) : 0, {
      ...ports,
      timers: { ...bound(timers), every },
    });
    await upOf(connection);
    const order = connection.publish('nodes/edge-1/controls', 'lost', { qos: 1 });
    // Nobody takes the next one.
    server.close();
    await expect(order).rejects.toMatchObject({ code: 'broker-unreachable' });
    expect(connection.connected).toBe(false);
    expect(connection.unreachedMs).toBeGreaterThanOrEqual(5_000);
    await connection.stop();
  });

  it('takes two short lives running as being displaced, and waits', async () => {
    await upOf(connection);
    const rivals: MqttClient[] = [];
    const displaced = (): Promise<void> => new Promise((resolve) => connection.onDown(resolve));
    for (let round = 0; round < 2; round += 1) {
      const down = displaced();
      const upAgain = new Promise<void>((resolve) => connection.onUp(resolve));
      const rival = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, {
        ...internal,
        clientId: 'oakring-c',
        reconnectPeriod: 0,
      });
      rival.on('error', () => {});
      rivals.push(rival);
      await down;
      if (round === 0) await upAgain;
    }
    // The wait is decided a few steps after the link's end is told.
    await ports.timers.sleep(0);
    expect(connection.displacements).toBe(1);
    expect(rivals[1]?.connected).toBe(true);
    for (const rival of rivals) rival.end(true);
  });

  it('stops while it is still trying', async () => {
    await broker.stop();
    connection.start(() => true);
    await connection.stop();
    expect(connection.connected).toBe(false);
  });

  function connectionTo(port: number, its = ports): BrokerConnection {
    const url = `mqtt://127.0.0.1:${port}`;
    return new BrokerConnection(
      () => ({ url, ...internal, clientId: 'oakring-c' }),
      wires.subscriptions,
      its,
    );
  }
});

const packetTypes = { connect: 1, publish: 3, subscribe: 8 };
const connack = Buffer.from([0x20, 2, 0, 0]);

/** Grants each subscription of a SUBSCRIBE at the QoS that it asks for (MQTT 3.1.1, 3.8 and 3.9). */
function subackFor(subscribe: Buffer): Buffer {
  // Behind the length, of which each byte but the last has its highest bit set.
  let at = subscribe.findIndex((byte, index) => index > 0 && byte < 0x80) + 1;
  const packetId = subscribe.subarray(at, at + 2);
  const granted: number[] = [];
  for (at += 2; at < subscribe.length; at += 1) {
    at += 2 + subscribe.readUInt16BE(at);
    granted.push(subscribe[at] ?? 0);
  }
  return Buffer.concat([Buffer.from([0x90, 2 + granted.length]), packetId, Buffer.from(granted)]);
}

function bound(timers: Ports['timers']): Ports['timers'] {
  return {
    after: (ms, work) => timers.after(ms, work),
    every: (ms, work) => timers.every(ms, work),
    soon: (work) => timers.soon(work),
    sleep: (ms, signal) => timers.sleep(ms, signal),
  };
}

function startBroker(port: number): Promise<EmbeddedBroker> {
  return startEmbeddedBroker({
    ...{ host: '127.0.0.1', port, letIn: letAnyoneIn, internal, ports },
    access: accessOf(wires.dialects),
  });
}

function upOf(connection: BrokerConnection): Promise<void> {
  const up = new Promise<void>((resolve) => connection.onUp(resolve));
  connection.start(() => true);
  return up;
}

function workerAt(port: number): Promise<MqttClient> {
  return connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0 });
}

function nextPayload(client: MqttClient): Promise<string> {
  return new Promise((resolve) => {
    client.once('message', (_topic, payload) => resolve(payload.toString()));
  });
}

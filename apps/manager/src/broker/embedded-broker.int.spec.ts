import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { Refusal } from '@oakring/contracts';
import { seededRandomness, systemPorts } from '@oakring/ports';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { startEmbeddedBroker, type EmbeddedBroker } from './embedded-broker.js';

const internal = { username: 'inside', password: 'secret' };
const workers = { username: 'worker', password: 'open sesame' };

Logger.overrideLogger(false);

describe('the embedded broker', () => {
  let broker: EmbeddedBroker;
  let clients: MqttClient[];
  let refused: { topic: string; code: Refusal['code'] }[];

  beforeEach(async () => {
    clients = [];
    refused = [];
    broker = await start();
  });

  afterEach(async () => {
    for (const client of clients) client.end(true);
    await broker.stop();
  });

  async function start(credentials: typeof workers | null = null, port = 0) {
    return startEmbeddedBroker({
      host: '127.0.0.1',
      port,
      credentials,
      internal,
      ports: systemPorts(),
      onRefused: (topic, _payload, { code }) => refused.push({ topic, code }),
    });
  }

  async function join(options: IClientOptions = {}, port = broker.port): Promise<MqttClient> {
    const client = await connectAsync(`mqtt://127.0.0.1:${port}`, {
      reconnectPeriod: 0,
      ...options,
    });
    client.on('error', () => {});
    clients.push(client);
    return client;
  }

  it('carries what goes up to the manager and what goes down to one worker', async () => {
    const manager = await join(internal);
    const worker = await join();
    await manager.subscribeAsync('nodes/+/status', { qos: 1 });
    const up = nextMessage(manager);
    await worker.publishAsync('nodes/edge-1/status', '{}', { qos: 1 });
    expect(await up).toEqual(['nodes/edge-1/status', '{}']);
    await worker.subscribeAsync('nodes/edge-1/controls', { qos: 1 });
    const down = nextMessage(worker);
    await manager.publishAsync('nodes/edge-1/controls', '{}', { qos: 1 });
    expect(await down).toEqual(['nodes/edge-1/controls', '{}']);
  });

  it('drops what a worker may not say, tells of it, and keeps the connection', async () => {
    const manager = await join(internal);
    const worker = await join();
    await manager.subscribeAsync('nodes/#', { qos: 1 });
    const heard = nextMessage(manager);
    for (const qos of [0, 1, 2] as const) {
      await worker.publishAsync('nodes/edge-2/controls', '{"command":"deploy"}', { qos });
    }
    await worker.publishAsync('nodes/a b/status', '{}', { qos: 1 });
    await worker.publishAsync('nodes/edge-1/status', 'good', { qos: 1 });
    expect(await heard).toEqual(['nodes/edge-1/status', 'good']);
    expect(worker.connected).toBe(true);
    expect(refused).toEqual([
      { topic: 'nodes/edge-2/controls', code: 'topic-unknown' },
      { topic: 'nodes/edge-2/controls', code: 'topic-unknown' },
      { topic: 'nodes/edge-2/controls', code: 'topic-unknown' },
      { topic: 'nodes/a b/status', code: 'invalid-id' },
    ]);
  });

  it('refuses subscriptions of workers to anything but one node’s orders', async () => {
    const worker = await join();
    for (const filter of ['nodes/+/controls', '#', 'nodes/edge-1/status', '$SYS/#']) {
      await expect(worker.subscribeAsync(filter)).rejects.toThrow();
    }
    const [granted] = await worker.subscribeAsync('nodes/edge-1/controls', { qos: 1 });
    expect(granted?.qos).toBe(1);
    expect(worker.connected).toBe(true);
  });

  it('keeps nothing for a session that is gone', async () => {
    const manager = await join(internal);
    const before = await join({ clientId: 'w', clean: false });
    await before.subscribeAsync('nodes/edge-1/controls', { qos: 1 });
    await before.endAsync();
    await manager.publishAsync('nodes/edge-1/controls', 'missed', { qos: 1 });
    const after = await join({ clientId: 'w', clean: false });
    const heard = nextMessage(after);
    await after.subscribeAsync('nodes/edge-1/controls', { qos: 1 });
    await manager.publishAsync('nodes/edge-1/controls', 'fresh', { qos: 1 });
    expect(await heard).toEqual(['nodes/edge-1/controls', 'fresh']);
  });

  it('retains a status and nothing else', async () => {
    const worker = await join();
    for (const kind of ['registration', 'status']) {
      await worker.publishAsync(`nodes/edge-1/${kind}`, '{}', { qos: 1, retain: true });
    }
    const manager = await join(internal);
    const heard = nextMessage(manager);
    await manager.subscribeAsync(['nodes/+/registration', 'nodes/+/status'], { qos: 1 });
    expect(await heard).toEqual(['nodes/edge-1/status', '{}']);
  });

  it('delivers a last will, and none that the worker might not have said', async () => {
    const manager = await join(internal);
    await manager.subscribeAsync('nodes/#', { qos: 1 });
    const payload = Buffer.from('{"status":"offline"}');
    const rogue = await join({ will: { topic: 'nodes/edge-2/controls', payload, qos: 1 } });
    const worker = await join({ will: { topic: 'nodes/edge-1/status', payload, qos: 1 } });
    const heard = nextMessage(manager);
    rogue.stream.destroy();
    await closeOf(rogue);
    worker.stream.destroy();
    expect(await heard).toEqual(['nodes/edge-1/status', '{"status":"offline"}']);
  });

  it('lets nobody take the manager’s client id', async () => {
    const manager = await join({ ...internal, clientId: 'oakring-c' });
    await expect(join({ clientId: 'oakring-c' })).rejects.toThrow();
    expect(manager.connected).toBe(true);
  });

  it('lets only those in who know the credentials, when there are some', async () => {
    const closed = await start(workers);
    await expect(join({}, closed.port)).rejects.toThrow();
    await expect(join({ ...workers, password: 'guess' }, closed.port)).rejects.toThrow();
    expect((await join(workers, closed.port)).connected).toBe(true);
    expect((await join(internal, closed.port)).connected).toBe(true);
    await closed.stop();
  });

  it('takes payloads of a mebibyte and cuts off what announces more', async () => {
    const worker = await join();
    await worker.publishAsync('nodes/edge-1/state', Buffer.alloc(1_048_576), { qos: 1 });
    expect(worker.connected).toBe(true);
    const closed = closeOf(worker);
    worker.publish('nodes/edge-1/state', Buffer.alloc(1_052_000), { qos: 1 }, () => {});
    await closed;
    expect((await join()).connected).toBe(true);
  });

  it('survives bytes that are no MQTT', async () => {
    const randomness = seededRandomness(3);
    for (let round = 0; round < 60; round += 1) {
      const socket = connectTcp(broker.port, '127.0.0.1');
      socket.on('error', () => {});
      await once(socket, 'connect');
      const noise = Buffer.from(Array.from({ length: 200 }, () => randomness.integer(256)));
      if (round % 2 === 0) socket.write(plainConnect);
      socket.end(noise);
      socket.resume();
      await once(socket, 'close');
    }
    expect((await join()).connected).toBe(true);
  });

  it('tells when the last connection that listens for a node’s orders ends, and how', async () => {
    const gone: (string | null)[][] = [];
    let notify = (): void => {};
    broker.onClientGone((clientId, nodeId, clean) => {
      gone.push([clientId, nodeId, clean ? 'clean' : 'broken']);
      notify();
    });
    const first = await join({ clientId: 'first' });
    const second = await join({ clientId: 'second' });
    await first.subscribeAsync('nodes/edge-1/controls');
    await second.subscribeAsync('nodes/edge-1/controls');
    const told = () => new Promise<void>((resolve) => (notify = resolve));
    let next = told();
    first.stream.destroy();
    await next;
    next = told();
    second.stream.destroy();
    await next;
    const third = await join({ clientId: 'third' });
    next = told();
    await third.endAsync();
    await next;
    expect(gone).toEqual([
      ['first', null, 'broken'],
      ['second', 'edge-1', 'broken'],
      ['third', null, 'clean'],
    ]);
  });

  it('outlives a listener that fails', async () => {
    broker.onClientGone(() => {
      throw new Error('a bug');
    });
    const worker = await join();
    await worker.endAsync();
    expect((await join()).connected).toBe(true);
  });

  it('names the port that is taken, and what to do', async () => {
    await expect(start(null, broker.port)).rejects.toMatchObject({
      code: 'port-taken',
      message: expect.stringMatching(
        `127.0.0.1:${broker.port}.*OAKRING_MQTT_PORT.*OAKRING_MQTT_URL`,
      ),
    });
  });

  it('stops although a connection never said anything', async () => {
    const silent = connectTcp(broker.port, '127.0.0.1');
    await once(silent, 'connect');
    const closed = once(silent, 'close');
    await broker.stop();
    await closed;
    broker = await start();
  });
});

/** CONNECT, MQTT 3.1.1, clean session, client id "x". */
const plainConnect = Buffer.from('100d00044d5154540402003c000178', 'hex');

function closeOf(client: MqttClient): Promise<void> {
  return new Promise((resolve) => client.once('close', resolve));
}

function nextMessage(client: MqttClient): Promise<[string, string]> {
  return new Promise((resolve) => {
    client.once('message', (topic, payload) => resolve([topic, payload.toString()]));
  });
}

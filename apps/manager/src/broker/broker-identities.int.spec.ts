import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { Refusal } from '@oakring/contracts';
import { systemPorts } from '@oakring/ports';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { accessOf } from '../wires/access.js';
import { nativeDialect } from '../wires/native/native.dialect.js';
import type { Sender } from './access-rules.js';
import type { LetIn } from './door.js';
import { startEmbeddedBroker, type EmbeddedBroker } from './embedded-broker.js';
import { KnownNodes } from './testing/known-nodes.js';

const internal = { username: 'inside', password: 'of nobody' };
const shared = { username: 'devices', password: 'open sesame' };

Logger.overrideLogger(false);

describe('The embedded broker, asking who is who', () => {
  let nodes: KnownNodes;
  let broker: EmbeddedBroker;
  let clients: MqttClient[];
  let refused: { topic: string; code: Refusal['code']; from: Sender }[];

  beforeEach(async () => {
    nodes = new KnownNodes();
    for (const name of ['a', 'b']) nodes.join(name, `secret of ${name}`);
    clients = [];
    refused = [];
    broker = await start({});
  });

  afterEach(async () => {
    for (const client of clients) client.end(true);
    await broker.stop();
  });

  async function start(letIn: Partial<LetIn>): Promise<EmbeddedBroker> {
    const isRegistered = (nodeId: string): boolean => nodeId === 'known';
    return startEmbeddedBroker({
      ...{ host: '127.0.0.1', port: 0, internal, ports: systemPorts() },
      letIn: { open: false, shared, nodes, ...letIn },
      access: accessOf([nativeDialect], {
        dialectOf: () => null,
        hasJoined: (nodeId) => nodes.hasJoined(nodeId),
      }),
      isRegistered,
      onRefused: (topic, _payload, { code }, from) => refused.push({ topic, code, from }),
    });
  }

  async function join(options: IClientOptions = {}): Promise<MqttClient> {
    const client = await connectAsync(
      `mqtt://127.0.0.1:${broker.port}`,
      { reconnectPeriod: 0, protocolVersion: 4, ...options },
      false,
    );
    client.on('error', () => {});
    clients.push(client);
    return client;
  }

  const as = (node: string, options: IClientOptions = {}): Promise<MqttClient> =>
    join({ username: node, password: `secret of ${node}`, ...options });

  it('refuses who shows nothing or something else, and tells of it with where it comes from', async () => {
    await expect(join()).rejects.toThrow('Bad username or password');
    await expect(join({ ...shared, password: 'guess' })).rejects.toThrow();
    await expect(as('a', { password: 'secret of b' })).rejects.toThrow();
    await expect(as('c')).rejects.toThrow();
    const trace = {
      ...{ topic: 'CONNECT', code: 'unauthorized' },
      from: { node: null, address: '127.0.0.1' },
    };
    expect(refused).toEqual([trace, trace, trace, trace]);
    expect((await join(shared)).connected).toBe(true);
    expect((await join(internal)).connected).toBe(true);
  });

  it('lets a node speak and listen for itself alone, and names it where it does otherwise', async () => {
    const [manager, a, b] = [await join(internal), await as('a'), await as('b')];
    await manager.subscribeAsync('nodes/#', { qos: 1 });
    const heard = nextMessage(manager);
    for (const qos of [0, 1, 2] as const) await a.publishAsync('nodes/b/status', '{}', { qos });
    await a.publishAsync('nodes/a/status', '{}', { qos: 1 });
    expect(await heard).toBe('nodes/a/status {}');
    const trace = {
      ...{ topic: 'nodes/b/status', code: 'sender-mismatch' },
      from: { node: 'a', address: '127.0.0.1' },
    };
    expect(refused).toEqual([trace, trace, trace]);
    await expect(a.subscribeAsync('nodes/b/controls')).rejects.toThrow();
    await b.subscribeAsync('nodes/b/controls', { qos: 1 });
    expect([a.connected, b.connected]).toEqual([true, true]);
  });

  it('lets whoever has what devices share speak for none that has a credential of its own', async () => {
    const [manager, device] = [await join(internal), await join(shared)];
    await manager.subscribeAsync('nodes/#', { qos: 1 });
    const heard = nextMessage(manager);
    await device.publishAsync('nodes/a/status', '{}', { qos: 1 });
    await device.publishAsync('nodes/shed/status', '{}', { qos: 1 });
    expect(await heard).toBe('nodes/shed/status {}');
    expect(refused).toMatchObject([
      { topic: 'nodes/a/status', code: 'sender-mismatch', from: { node: null } },
    ]);
    await expect(device.subscribeAsync('nodes/a/controls')).rejects.toThrow();
    await device.subscribeAsync('nodes/shed/controls');
  });

  it('lets one connection register a quarter of the strangers that all may, and others go on', async () => {
    const [manager, greedy] = [await join(internal), await join(shared)];
    const payload = Buffer.alloc(65_536, ' ');
    const register = (client: MqttClient, node: string) =>
      client.publishAsync(`nodes/${node}/registration`, payload, { qos: 1 });
    // Meanwhile it gains a little.
    let count = 0;
    for (; refused.length === 0; count += 1) await register(greedy, `x${count}`);
    expect(count).toBeGreaterThan(64);
    expect(refused).toMatchObject([{ code: 'rate-exceeded', from: { node: null } }]);
    await manager.subscribeAsync('nodes/+/registration', { qos: 1 });
    const heard: string[] = [];
    manager.on('message', (topic) => heard.push(topic));
    await register(greedy, 'known');
    await register(await join(shared), 'y');
    await register(await as('a'), 'a');
    await toldOf(() => heard.length === 3);
    expect(heard).toEqual(['known', 'y', 'a'].map((node) => `nodes/${node}/registration`));
  });

  it('publishes no last will in the name of another', async () => {
    const manager = await join(internal);
    await manager.subscribeAsync('nodes/#', { qos: 1 });
    const will = { topic: 'nodes/b/status', payload: Buffer.from('forged'), qos: 1 as const };
    const [liar, b] = [await as('a', { will }), await as('b', { will })];
    const heard = nextMessage(manager);
    liar.stream.destroy();
    await closeOf(liar);
    await toldOf(() => refused.length === 1);
    b.stream.destroy();
    expect(await heard).toBe('nodes/b/status forged');
    expect(refused).toMatchObject([{ topic: 'nodes/b/status', code: 'sender-mismatch' }]);
  });

  it('lets nobody end the connection of another by its client id, and each its own', async () => {
    const clientId = 'same';
    const manager = await join({ ...internal, clientId });
    const first = await as('a', { clientId });
    const [b, device] = [await as('b', { clientId }), await join({ ...shared, clientId })];
    const ended = closeOf(first);
    const second = await as('a', { clientId });
    await ended;
    await second.subscribeAsync('nodes/a/controls');
    await manager.subscribeAsync('nodes/+/status');
    await b.subscribeAsync('nodes/b/controls');
    await device.subscribeAsync('nodes/shed/controls');
    expect([manager, b, device, second].map(({ connected }) => connected)).toEqual(
      Array(4).fill(true),
    );
  });

  it('closes the connection of a node whose credential was revoked, and says nothing of it any more', async () => {
    const manager = await join(internal);
    await manager.subscribeAsync('nodes/#', { qos: 1 });
    const will = { topic: 'nodes/a/status', payload: Buffer.from('last words'), qos: 1 as const };
    const [a, b] = [await as('a', { will }), await as('b')];
    const gone = new Promise<unknown[]>((resolve) =>
      broker.onClientGone((...told) => resolve(told)),
    );
    await a.subscribeAsync('nodes/a/controls');
    const [closed, heard] = [closeOf(a), nextMessage(manager)];
    nodes.revoke('a');
    broker.review();
    await closed;
    expect((await gone).slice(1)).toEqual(['a', false]);
    await b.publishAsync('nodes/b/status', '{}', { qos: 1 });
    expect(await heard).toBe('nodes/b/status {}');
    expect(refused).toMatchObject([{ topic: 'nodes/a/status', code: 'unauthorized' }]);
    await expect(as('a')).rejects.toThrow();
  });

  it('closes who was let in by another secret, once the node has a new one', async () => {
    const before = await as('a');
    const closed = closeOf(before);
    nodes.join('a', 'the new one');
    broker.review();
    await closed;
    expect((await as('a', { password: 'the new one' })).connected).toBe(true);
  });

  it('closes who listens for a node with what devices share, once that node has joined', async () => {
    const [listening, other] = [await join(shared), await join(shared)];
    await listening.subscribeAsync('nodes/shed/controls');
    await other.subscribeAsync('nodes/barn/controls');
    const closed = closeOf(listening);
    nodes.join('shed', 'secret of shed');
    broker.review();
    await closed;
    await other.subscribeAsync('nodes/barn/requests');
    expect(other.connected).toBe(true);
  });

  it('closes who showed a token that holds no more', async () => {
    await broker.stop();
    let holds = true;
    const ofToken: LetIn['ofToken'] = (password) => (password === 'oakring_t' ? () => holds : null);
    broker = await start({ ofToken });
    for (const isSaid of [true, false]) {
      holds = true;
      const person = await join({ username: 'anna', password: 'oakring_t' });
      const closed = closeOf(person);
      holds = false;
      // Of one that came to its end by the clock nothing is said.
      if (isSaid) broker.review();
      await closed;
    }
  });

  it('counts no listener for a node that was not let listen for it', async () => {
    const gone: (string | null)[] = [];
    broker.onClientGone((_client, nodeId) => gone.push(nodeId));
    const liar = await as('a');
    await liar.subscribeAsync('nodes/b/controls').catch(() => {});
    liar.stream.destroy();
    await toldOf(() => gone.length === 1);
    expect(gone).toEqual([null]);
  });

  it('asks nobody where it is open, but for the nodes that joined', async () => {
    await broker.stop();
    broker = await start({ open: true, shared: null });
    const manager = await join(internal);
    await manager.subscribeAsync('nodes/#', { qos: 1 });
    const heard = nextMessage(manager);
    const anybody = await join();
    await anybody.publishAsync('nodes/a/status', '{}', { qos: 1 });
    await anybody.publishAsync('nodes/shed/status', '{}', { qos: 1 });
    expect(await heard).toBe('nodes/shed/status {}');
    await expect(as('a', { password: 'guess' })).rejects.toThrow();
    expect((await as('a')).connected).toBe(true);
  });
});

function closeOf(client: MqttClient): Promise<void> {
  return new Promise((resolve) => client.once('close', resolve));
}

function nextMessage(client: MqttClient): Promise<string> {
  return new Promise((resolve) => {
    client.once('message', (topic, payload) => resolve(`${topic} ${payload.toString()}`));
  });
}

async function toldOf(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

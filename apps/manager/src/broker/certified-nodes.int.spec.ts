import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { requestFor } from '@oakring/certificates';
import { TestCertificates } from '@oakring/certificates/testing';
import { ShownCertificate } from '@oakring/http';
import { systemPorts } from '@oakring/ports';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { accessOf } from '../wires/access.js';
import { nativeDialect } from '../wires/native/native.dialect.js';
import { startEmbeddedBroker, type EmbeddedBroker } from './embedded-broker.js';
import { KnownNodes } from './testing/known-nodes.js';

const internal = { username: 'inside', password: 'of nobody' };
Logger.overrideLogger(false);

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** What a client shows. */
interface Pair {
  readonly cert: string;
  readonly key: string;
}

let certificates: TestCertificates;
let strangers: TestCertificates;
beforeAll(async () => {
  certificates = await TestCertificates.make();
  strangers = await TestCertificates.make();
});
afterAll(async () => {
  await certificates.remove();
  await strangers.remove();
});

describe('The embedded broker that speaks TLS', () => {
  const ports = systemPorts();
  let nodes: KnownNodes;
  let broker: EmbeddedBroker;
  let shown: ShownCertificate;
  let refused: string[];
  const clients: MqttClient[] = [];
  const sockets: TLSSocket[] = [];

  beforeEach(async () => {
    nodes = new KnownNodes();
    for (const name of ['a', 'b']) nodes.join(name, `secret of ${name}`);
    refused = [];
    shown = ShownCertificate.open(certificates.files, ports.timers);
    broker = await startEmbeddedBroker({
      ...{ host: '127.0.0.1', port: 0, internal, ports, certificate: shown, connections: 8 },
      letIn: { open: false, shared: null, nodes },
      access: accessOf([nativeDialect], {
        dialectOf: () => null,
        hasJoined: (nodeId) => nodes.hasJoined(nodeId),
      }),
      onRefused: (_topic, _payload, { detail }) => refused.push(detail),
    });
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.end(true);
    for (const socket of sockets.splice(0)) socket.destroy();
    shown.stop();
    await broker.stop();
  });

  async function join(options: IClientOptions = {}): Promise<MqttClient> {
    const client = await connectAsync(
      `mqtts://127.0.0.1:${broker.port}`,
      { reconnectPeriod: 0, protocolVersion: 4, ca: certificates.ca, ...options },
      false,
    );
    client.on('error', () => {});
    clients.push(client);
    return client;
  }

  /** As joining gives one: for the secret that the node shows, by this CA. */
  async function certificateOf(
    node: string,
    secret = `secret of ${node}`,
    { authority } = certificates,
  ): Promise<Pair> {
    const { request, privateKey: key } = await requestFor(node);
    const { certificate: cert } = await authority.sign(request, node, hashOf(secret));
    return { cert, key };
  }

  it('takes a certificate for the node that it is of, and lets that speak for itself alone', async () => {
    const [manager, a] = [await join(internal), await join(await certificateOf('a'))];
    await manager.subscribeAsync('nodes/#', { qos: 1 });
    const heard = new Promise<string>((resolve) => {
      manager.on('message', (topic) => resolve(topic));
    });
    await a.publishAsync('nodes/b/status', '{}', { qos: 1 });
    await a.publishAsync('nodes/a/status', '{}', { qos: 1 });
    expect(await heard).toBe('nodes/a/status');
    expect(refused).toEqual([expect.stringContaining('node b')]);
    await expect(a.subscribeAsync('nodes/b/controls')).rejects.toThrow();
  });

  it('takes a secret as well, of who shows no certificate, or one besides', async () => {
    const secret = { username: 'a', password: 'secret of a' };
    expect((await join(secret)).connected).toBe(true);
    const both = { ...secret, clientId: 'a-2', ...(await certificateOf('a')) };
    expect((await join(both)).connected).toBe(true);
    await expect(join({ ...both, password: 'guess' })).rejects.toThrow();
    await expect(join()).rejects.toThrow();
  });

  it('lets nobody in by a certificate of another CA, whatever they show besides', async () => {
    const pair = await certificateOf('a', 'secret of a', strangers);
    const secret = { username: 'a', password: 'secret of a' };
    await expect(join({ ...pair, ...secret })).rejects.toThrow();
    // And is believed by nobody who knows another CA, or asks for another name.
    await expect(join({ ...secret, ca: strangers.ca })).rejects.toThrow();
    await expect(join({ ...secret, servername: 'elsewhere.example' })).rejects.toThrow(/altnames/);
    await expect(join({ ...secret, protocol: 'mqtt' })).rejects.toThrow();
  });

  it('takes no certificate of a server, nor of somebody else, for that of a node', async () => {
    const server = await certificates.serve(['a'], ['server']);
    const client = await certificates.serve(['a'], ['client']);
    for (const { certificate: cert, privateKey: key } of [server, client]) {
      await expect(join({ cert, key })).rejects.toThrow();
    }
    const pair = await certificateOf('a');
    await expect(join({ ...pair, username: 'b', password: 'secret of b' })).rejects.toThrow();
    expect(refused.at(-1)).toContain('shows a certificate of node a, and the name "b"');
  });

  it('ends who shows it when the credential does that it was signed for, and lets nobody in by it again', async () => {
    const pair = await certificateOf('a');
    const a = await join(pair);
    const gone = new Promise<void>((resolve) => a.once('close', resolve));
    nodes.revoke('a');
    broker.review();
    await gone;
    await expect(join(pair)).rejects.toThrow();
    nodes.join('a', 'another secret');
    await expect(join(pair)).rejects.toThrow();
    expect((await join(await certificateOf('a', 'another secret'))).connected).toBe(true);
  });

  it('shows a new certificate to who comes then; who is connected goes on', async () => {
    const pair = await certificateOf('a');
    const a = await join(pair);
    await certificates.renew(['127.0.0.1', 'oslo.example']);
    shown.look();
    await expect(join({ ...pair, clientId: 'a-2', servername: 'localhost' })).rejects.toThrow(
      /altnames/,
    );
    expect((await join({ ...pair, clientId: 'a-3', servername: 'oslo.example' })).connected).toBe(
      true,
    );
    await a.publishAsync('nodes/a/status', '{}', { qos: 1 });
    expect(a.connected).toBe(true);
    await certificates.renew(['localhost', '127.0.0.1']);
  });

  it('keeps the manager its own connection though strangers take every place', async () => {
    const manager = await join({ ...internal, ...shown.trust.options() });
    for (let count = 0; count < 20; count += 1) {
      const plain = connectTcp(broker.port, '127.0.0.1').on('error', () => {});
      await once(plain, 'connect');
      const socket = connectTls({ socket: plain, ca: certificates.ca, servername: 'localhost' });
      socket.on('error', () => {});
      sockets.push(socket);
      await Promise.race([once(socket, 'secureConnect'), once(socket, 'close')]);
    }
    expect((await join({ username: 'a', password: 'secret of a' })).connected).toBe(true);
    await manager.publishAsync('nodes/a/controls', '{}', { qos: 1 });
    expect(manager.connected).toBe(true);
  });
});

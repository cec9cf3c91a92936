import { createServer, type Server, type TLSSocket } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { requestFor } from '@oakring/certificates';
import { TestCertificates } from '@oakring/certificates/testing';
import { systemPorts } from '@oakring/ports';
import { BrokerLink, type Admission } from './broker-link.js';
import { brokerTls } from './broker-trust.js';

let broker: TestCertificates;
let node: TestCertificates;
let server: Server;
let shown: (string | null)[];

beforeEach(async () => {
  broker = await TestCertificates.make();
  node = await TestCertificates.make();
  shown = [];
  const { certificate: cert, privateKey: key } = await broker.serve(['localhost']);
  const asking = { requestCert: true, rejectUnauthorized: false, ca: broker.ca };
  server = createServer({ cert, key, ...asking }, (socket: TLSSocket) => {
    const { subject } = socket.getPeerCertificate() as { subject?: { CN: string } };
    shown.push(subject === undefined ? null : socket.authorized ? subject.CN : 'unbelieved');
    // It is no broker: who was let in is what is looked at.
    socket.on('error', () => {});
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.close();
  await broker.remove();
  await node.remove();
});

/** It shows no secret. */
const nobody: Admission = {
  shown: async () => ({ username: null, password: null }),
  refused: () => {},
};

/** Why the first connection of a worker ended. */
async function tried(settings: Parameters<typeof brokerTls>[0]): Promise<string> {
  const { port } = server.address() as AddressInfo;
  let told = (_why: string): void => {};
  const why = new Promise<string>((resolve) => (told = resolve));
  const link = new BrokerLink(
    {
      ...{ url: `mqtts://localhost:${port}`, admission: nobody, clientId: 'w1' },
      subscriptions: ['nodes/w1/controls'],
      will: () => ({ topic: 'nodes/w1/status', payload: '{}' }),
      tls: () => brokerTls(settings),
    },
    systemPorts(),
    { up: () => {}, down: told, message: () => {} },
  );
  link.start();
  const ended = await why;
  await link.stop(null);
  return ended;
}

describe('A worker at a broker with TLS', () => {
  it('goes to one that the certificates believe which it was named, and to no other', async () => {
    const dataFolder = join(node.data, 'empty');
    await tried({ tlsCa: broker.files.ca, dataFolder });
    expect(shown).toEqual([null]);
    expect(await tried({ tlsCa: node.files.ca, dataFolder })).toMatch(/self.signed|unable to/i);
    expect(await tried({ dataFolder })).toMatch(/self.signed|unable to/i);
    expect(await tried({ tlsCa: '/nowhere/ca.crt', dataFolder })).toContain('/nowhere/ca.crt');
    expect(shown).toEqual([null]);
  });

  it('believes what it was given when it joined, shows that, and what was renewed from then on', async () => {
    const dataFolder = node.data;
    await node.put('ca.crt', broker.ca);
    await tried({ dataFolder });
    const put = async (name: string): Promise<void> => {
      const { request, privateKey } = await requestFor(name);
      const { certificate } = await broker.authority.sign(request, name, 'ab'.repeat(32));
      await node.put('node.crt', certificate);
      await node.put('node.key', privateKey);
    };
    await put('w1');
    await tried({ dataFolder });
    await put('w2');
    await tried({ dataFolder });
    expect(shown).toEqual([null, 'w1', 'w2']);
  });
});

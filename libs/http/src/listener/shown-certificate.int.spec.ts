import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Logger, Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { TestCertificates } from '@oakring/certificates/testing';
import { certificatesIn, Trust } from '@oakring/host';
import { simulatedPorts, systemPorts } from '@oakring/ports';
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { ask } from '../ask.js';
import { readDocument } from '../bodies/json-body.js';
import { createListener, listenerProviders } from './create-listener.js';
import { usualDeadlines } from './limits.js';
import { listenOn } from './listen-on.js';
import { ShownCertificate } from './shown-certificate.js';

const PORTS = Symbol('Ports');
const lookedMs = 5_000;
Logger.overrideLogger(false);

@Controller('things')
class ThingsController {
  @Get()
  list(): object {
    return { items: [] };
  }
}

@Module({
  controllers: [ThingsController],
  providers: [
    { provide: PORTS, useValue: systemPorts() },
    ...listenerProviders(PORTS, { logContext: 'Things', cutAfterMs: 200 }),
  ],
})
class ThingsModule {}

let certificates: TestCertificates;
let strangers: TestCertificates;
beforeAll(async () => {
  strangers = await TestCertificates.make();
});
afterAll(() => strangers.remove());

let app: NestFastifyApplication;
let url: string;
let shown: ShownCertificate;
const ports = simulatedPorts();

beforeEach(async () => {
  certificates = await TestCertificates.make(['localhost', 'berlin.example']);
  shown = ShownCertificate.open(certificates.files, ports.timers);
  app = await createListener(ThingsModule, {
    ...{ name: 'things', logContext: 'Things', admit: null, names: [], maxBodyBytes: 1_024 },
    ...{ readBody: readDocument, requestId: () => 'r', routeClass: () => 'x', logger: false },
    ...{ limits: { ...usualDeadlines, connections: 8 }, certificate: shown },
  });
  const place = { address: '127.0.0.1', host: '127.0.0.1', port: 0, setting: 'X' };
  url = await listenOn(app, { name: 'things', ...place });
});
const connections: TLSSocket[] = [];
afterEach(async () => {
  for (const socket of connections.splice(0)) socket.destroy();
  shown.stop();
  await app.close();
  await certificates.remove();
});

/** What is answered, or why nothing is. */
async function asked(trust: Trust, at = url.replace('127.0.0.1', 'localhost')): Promise<unknown> {
  const question = { url: `${at}/things`, token: null, trust, withinMs: 20_000 };
  return ask(question).catch((error: unknown) => (error as Error).message);
}

/** A connection of one's own, and what it was shown. */
async function joined(servername: string): Promise<TLSSocket> {
  const { port } = new URL(url);
  const socket = connect({
    host: '127.0.0.1',
    port: Number(port),
    servername,
    ca: certificates.ca,
  });
  connections.push(socket);
  await once(socket, 'secureConnect');
  return socket;
}

async function answerOn(socket: TLSSocket): Promise<string> {
  socket.write('GET /things HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  return bytes.toString('utf8').split('\r\n', 1)[0] ?? '';
}

function fingerprintOf(socket: TLSSocket): string {
  return socket.getPeerCertificate().fingerprint256.replaceAll(':', '').toLowerCase();
}

describe('A listener that speaks TLS', () => {
  it('says so in its address, and answers whoever believes its CA', async () => {
    expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect(await asked(Trust.of(certificates.ca))).toEqual({ items: [] });
    expect(await asked(Trust.in(certificates.files.ca))).toEqual({ items: [] });
  });

  it('is not believed by whoever believes another CA, or those of the machine alone', async () => {
    expect(await asked(Trust.of(strangers.ca))).toMatch(/UNABLE_TO|SELF_SIGNED/);
    expect(await asked(Trust.in(null))).toMatch(/UNABLE_TO|SELF_SIGNED/);
  });

  it('is not believed under a name that its certificate does not have', async () => {
    expect(await asked(Trust.of(certificates.ca), url)).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
  });

  it('is believed by its own process, whatever it is called and whoever signed for it', async () => {
    expect(await asked(shown.trust, url)).toEqual({ items: [] });
    await strangers.renew(['elsewhere.example']);
    const other = ShownCertificate.open(strangers.files, ports.timers);
    expect(await asked(other.trust, url)).toMatch(/UNABLE_TO|SELF_SIGNED/);
    other.stop();
  });

  it('says nothing to whoever does not speak it', async () => {
    const { port } = new URL(url);
    const socket = connectTcp(Number(port), '127.0.0.1');
    const said: Buffer[] = [];
    socket.on('data', (bytes) => said.push(bytes));
    socket.write('GET /things HTTP/1.1\r\nHost: localhost\r\n\r\n');
    // Whether it is reset or ended is the system's.
    socket.on('error', () => {});
    await new Promise((resolve) => socket.once('close', resolve));
    expect(Buffer.concat(said).toString('latin1')).not.toContain('HTTP/');
  });

  it('answers whoever offers another protocol beside as if he had not', async () => {
    const socket = await joined('localhost');
    socket.write(
      'GET /things HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n',
    );
    const [bytes] = (await once(socket, 'data')) as [Buffer];
    expect(bytes.toString('utf8')).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe('A certificate that is changed while it is shown', () => {
  it('is seen by connections that come after, and those that are there go on', async () => {
    const old = await joined('berlin.example');
    expect(await answerOn(old)).toBe('HTTP/1.1 200 OK');
    const { certificate } = await certificates.renew(['localhost', 'oslo.example']);
    await ports.advance(lookedMs);
    const next = await joined('oslo.example');
    expect(fingerprintOf(next)).toBe(certificatesIn(certificate)[0]?.fingerprint);
    expect(fingerprintOf(old)).not.toBe(fingerprintOf(next));
    expect(await answerOn(old)).toBe('HTTP/1.1 200 OK');
    expect(await asked(shown.trust, url)).toEqual({ items: [] });
  });

  it('is another one only once file and key are of one another', async () => {
    const before = fingerprintOf(await joined('localhost'));
    const { certificate, privateKey } = await certificates.serve(['localhost']);
    await certificates.put('server.key', privateKey);
    await ports.advance(lookedMs);
    expect(fingerprintOf(await joined('localhost'))).toBe(before);
    await certificates.put('server.crt', 'nothing that can be read');
    await ports.advance(lookedMs);
    expect(fingerprintOf(await joined('localhost'))).toBe(before);
    await certificates.put('server.crt', certificate);
    await ports.advance(lookedMs);
    expect(fingerprintOf(await joined('localhost'))).not.toBe(before);
  });

  it('may be of another CA: whoever is asked is believed by what the file says then', async () => {
    const trust = Trust.in(certificates.files.ca);
    expect(await asked(trust)).toEqual({ items: [] });
    const { certificate, privateKey } = await strangers.serve(['localhost']);
    await certificates.put('server.key', privateKey);
    await certificates.put('server.crt', certificate);
    await ports.advance(lookedMs);
    await certificates.put('ca.crt', strangers.ca);
    expect(await asked(trust)).toEqual({ items: [] });
    expect(await asked(Trust.of(certificates.ca))).toMatch(/UNABLE_TO|SELF_SIGNED/);
  });
});

describe('Files of which no certificate can be shown', () => {
  it('stop a start, which names them', async () => {
    const open = (): ShownCertificate => ShownCertificate.open(certificates.files, ports.timers);
    await certificates.put('server.key', (await certificates.serve(['x'])).privateKey);
    expect(open).toThrow(/OAKRING_TLS_KEY: .*server\.key .*not the key of .*server\.crt/);
    await certificates.put('server.crt', 'nothing');
    expect(open).toThrow(/OAKRING_TLS_CERT: .*server\.crt/);
    const cert = '/nowhere/server.crt';
    const nowhere = { ...certificates.files, cert };
    expect(() => ShownCertificate.open(nowhere, ports.timers)).toThrow(
      /ENOENT.*oakring certs init/,
    );
  });
});

import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { X509Certificate } from 'node:crypto';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readServed, type KnownCertificate } from '@oakring/host';
import { simulatedPorts } from '@oakring/ports';
import { run } from './run.js';
import { testIo } from './testing/test-io.js';

let data = '';
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'oakring-certs-'));
});
afterEach(() => rm(data, { recursive: true }));

const dayMs = 86_400_000;
const ports = simulatedPorts();
const file = (name: string): string => join(data, 'certs', name);

async function certs(...argv: readonly string[]) {
  const io = testIo();
  const code = await run(['certs', ...argv], io, { OAKRING_DATA: data }, { ports });
  return { code, out: io.written(), error: io.complained() };
}

async function shown(
  ...argv: readonly string[]
): Promise<readonly (KnownCertificate & { file: string })[]> {
  const { code, out, error } = await certs(...argv, '--json');
  expect({ code, error }).toEqual({ code: 0, error: '' });
  return (JSON.parse(out) as { items: (KnownCertificate & { file: string })[] }).items;
}

describe('oakring certs', () => {
  it('makes a CA, and a certificate by which this machine is reached, for their owner alone', async () => {
    const advertised = ['--advertise-url', 'https://berlin.example:10100'];
    const [ca, own] = await shown(
      'init',
      '--name',
      'Oslo.example',
      '--name',
      '192.0.2.7',
      ...advertised,
    );
    expect(ca).toMatchObject({ isAuthority: true, file: file('ca.crt') });
    expect(own).toMatchObject({
      isAuthority: false,
      issuer: ca?.subject,
      file: file('server.crt'),
    });
    const wanted = ['localhost', '127.0.0.1', '::1', hostname().toLowerCase(), 'berlin.example'];
    expect(own?.names).toEqual(expect.arrayContaining([...wanted, 'oslo.example', '192.0.2.7']));
    const names = await readdir(join(data, 'certs'));
    expect(names.toSorted()).toEqual(['ca.crt', 'ca.key', 'server.crt', 'server.key']);
    for (const name of names) expect((await stat(file(name))).mode & 0o777).toBe(0o600);
    expect((await stat(join(data, 'certs'))).mode & 0o777).toBe(0o700);
    // A pair that a listener takes.
    readServed({ cert: file('server.crt'), key: file('server.key'), ca: file('ca.crt') });
  });

  it('shows who they are of and when they end, in colour as that comes near', async () => {
    expect((await certs('show')).out).toContain('Make them: oakring certs init');
    await certs('init', '--name', 'berlin.example');
    const { out } = await certs('show');
    expect(out).toMatch(/^CA +oakring CA of /m);
    expect(out).toMatch(/^names .*berlin\.example/m);
    expect(out).toMatch(/^ends +2\S+Z, in 397 d$/m);
    const [, own] = await shown('show');
    expect(
      await readFile(file('server.crt'), 'utf8').then((pem) =>
        new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase(),
      ),
    ).toBe(own?.fingerprint);
    await ports.advance(390 * dayMs);
    const io = testIo({ isTerminal: true });
    await run(
      ['certs', 'show'],
      io,
      { OAKRING_DATA: data, TERM: 'xterm', FORCE_COLOR: '1' },
      { ports },
    );
    expect(io.written()).toContain('in 7 d');
  });

  it('renews for the same key and names, with those that are added', async () => {
    const [ca, old] = await shown('init', '--name', 'berlin.example');
    const key = await readFile(file('server.key'), 'utf8');
    await ports.advance(100 * dayMs);
    const [same, renewed] = await shown('renew', '--name', 'oslo.example');
    expect(same).toEqual(ca);
    expect(await readFile(file('server.key'), 'utf8')).toBe(key);
    expect(renewed?.fingerprint).not.toBe(old?.fingerprint);
    expect(Date.parse(renewed?.to ?? '') - Date.parse(old?.to ?? '')).toBe(100 * dayMs);
    expect(renewed?.names).toEqual(expect.arrayContaining(['berlin.example', 'oslo.example']));
    readServed({ cert: file('server.crt'), key: file('server.key'), ca: file('ca.crt') });
  });

  it('does not write over what is there, and renews nothing that is not', async () => {
    expect(await certs('renew')).toMatchObject({
      code: 1,
      error: expect.stringContaining('certs init'),
    });
    await certs('init');
    expect(await certs('init')).toMatchObject({
      code: 1,
      error: expect.stringContaining('certs renew'),
    });
  });

  it('lets a CA that is there sign, so that several managers have one', async () => {
    const [ca] = await shown('init');
    await rm(file('server.crt'));
    const [same, own] = await shown('init', '--name', 'second.example');
    expect(same).toEqual(ca);
    expect(own?.issuer).toBe(ca?.subject);
    await rm(file('ca.key'));
    await rm(file('server.crt'));
    expect(await certs('init')).toMatchObject({
      code: 1,
      error: expect.stringContaining('ca.key'),
    });
  });

  it('makes certificates for servers elsewhere, and for clients of one', async () => {
    await certs('init');
    const to = join(data, 'mosquitto');
    const [server] = await shown('issue', 'broker', '--name', 'mqtt.example', '--to', to);
    expect(server).toMatchObject({ subject: 'broker', names: ['mqtt.example'] });
    await shown('issue', 'cluster', '--to', to);
    const client = new X509Certificate(await readFile(join(to, 'cluster.crt')));
    // Whoever is a client alone.
    expect(client.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
    expect((await readdir(to)).toSorted()).toEqual([
      'broker.crt',
      'broker.key',
      'ca.crt',
      'cluster.crt',
      'cluster.key',
    ]);
    expect(await certs('issue', 'broker', '--to', to)).toMatchObject({ code: 1 });
  });

  it.each(['a b', 'http://berlin', '*', '-x.example'])(
    'takes no name that is none: %s',
    async (name) => {
      expect(await certs('init', '--name', name)).toMatchObject({ code: 2 });
      expect(await readdir(data)).toEqual([]);
    },
  );
});

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Authority, makeAuthority } from '@oakring/certificates';
import { simulatedPorts, type SimulatedPorts } from '@oakring/ports';
import { brokerTls } from '../connect/broker-trust.js';
import { CredentialFile } from './credential-file.js';
import { Joiner } from './joiner.js';
import type { LettingIn } from './letting-in.port.js';
import { NodeCertificate } from './node-certificate.js';

const dayMs = 86_400_000;

let folder: string;
let ports: SimulatedPorts;
let manager: LettingIn;
let asked: number;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'oakring-certificate-'));
  ports = simulatedPorts();
  const nowMs = (): number => ports.clock.wallMs();
  const { certificate, privateKey } = await makeAuthority('test', nowMs());
  const authority = new Authority(certificate, privateKey, nowMs);
  asked = 0;
  manager = async ({ csr, node }) => {
    asked += 1;
    const digest = 'a'.repeat(64);
    return {
      is: 'joined',
      certificate: csr === null ? null : await authority.sign(csr, node, digest),
    };
  };
});
afterEach(() => rmSync(folder, { recursive: true }));

async function started(): Promise<Joiner> {
  return new Joiner({
    node: 'n1',
    credential: await CredentialFile.open(folder),
    manager: (asking) => manager(asking),
    certificate: new NodeCertificate(folder),
    tokenFile: null,
    way: async () => ({ bearer: 'token', isGiven: true, says: 'a join token' }),
    registrationToken: () => null,
    ports,
    log: () => {},
  });
}

const certificate = (): X509Certificate =>
  new X509Certificate(readFileSync(join(folder, 'certs', 'node.crt')));

describe('The certificate of a node', () => {
  it('is asked for when it joins, for a key that stays on its machine, and shown to the broker', async () => {
    await (await started()).shown();
    const key = join(folder, 'certs', 'node.key');
    expect(statSync(key).mode & 0o777).toBe(0o600);
    expect(certificate().subject).toContain('CN=n1');
    expect(certificate().checkPrivateKey(createPrivateKey(readFileSync(key)))).toBe(true);
    const { ca, cert } = brokerTls({ dataFolder: folder });
    expect(cert).toEqual(readFileSync(join(folder, 'certs', 'node.crt')));
    expect(new X509Certificate(ca ?? '').ca).toBe(true);
  });

  it('is renewed with the same key once two thirds of its life are over, and not before', async () => {
    const joiner = await started();
    await joiner.shown();
    const [first, key] = [certificate(), readFileSync(join(folder, 'certs', 'node.key'), 'utf8')];
    await joiner.shown();
    expect(asked).toBe(1);
    const lifeMs = Date.parse(first.validTo) - ports.clock.wallMs();
    // Its secret is not what has become old.
    const credential = await CredentialFile.open(folder);
    const kept = credential.of('n1');
    await ports.advance((lifeMs * 2) / 3 + dayMs);
    const since = new Date(ports.clock.wallMs()).toISOString();
    if (kept !== null) await credential.keep({ ...kept, since });
    await (await started()).shown();
    expect(certificate().serialNumber).not.toBe(first.serialNumber);
    expect(Date.parse(certificate().validTo)).toBeGreaterThan(Date.parse(first.validTo));
    expect(readFileSync(join(folder, 'certs', 'node.key'), 'utf8')).toBe(key);
  });

  it('is asked for once a start where it is not given, and the node is none the less let in', async () => {
    manager = async () => {
      asked += 1;
      return { is: 'joined', certificate: null };
    };
    const joiner = await started();
    await joiner.shown();
    expect(await joiner.shown()).toMatchObject({ username: 'n1' });
    expect(asked).toBe(1);
    await (await started()).shown();
    expect(asked).toBe(2);
  });
});

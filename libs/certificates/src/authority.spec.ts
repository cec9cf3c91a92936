import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  X509Certificate,
} from 'node:crypto';
import { certificatesIn } from '@oakring/host';
import { Authority, makeAuthority, type Issued } from './authority.js';
import { keyPair, publicKeyOf } from './keys.js';
import { requestFor } from './request.js';

const dayMs = 86_400_000;
const nowMs = Date.UTC(2030, 0, 1);
const credential = 'ab'.repeat(32);

let made: Issued;
let authority: Authority;
beforeAll(async () => {
  made = await makeAuthority('the CA', nowMs);
  authority = new Authority(made.certificate, made.privateKey, () => nowMs);
});

function serve(names: readonly string[], at: Authority = authority): Promise<string> {
  const { publicKey } = keyPair();
  return at.serve({ commonName: 'berlin', names, publicKey, purposes: ['server'] });
}

describe('A CA', () => {
  it('signs itself and nothing that signs others, for ten years', () => {
    const ca = new X509Certificate(made.certificate);
    expect(ca.checkIssued(ca) && ca.verify(ca.publicKey)).toBe(true);
    const [known] = certificatesIn(made.certificate);
    expect(known).toMatchObject({ subject: 'the CA', issuer: 'the CA', names: [] });
    expect(known).toMatchObject({ isAuthority: true, from: '2029-12-31T23:00:00.000Z' });
    expect(Date.parse(known?.to ?? '') - nowMs).toBe(3_650 * dayMs);
  });

  it('signs for a server by names and addresses, and says so to whoever asks', async () => {
    const names = ['berlin.example', '*.oslo.example', '192.0.2.7', '::1', '2001:db8::a:1'];
    const text = await serve(names);
    const certificate = new X509Certificate(text);
    expect(certificatesIn(text)[0]).toMatchObject({ names, issuer: 'the CA', isAuthority: false });
    expect(certificate.checkIssued(new X509Certificate(made.certificate))).toBe(true);
    expect(certificate.verify(createPublicKey(made.certificate))).toBe(true);
    expect(certificate.checkHost('berlin.example')).toBe('berlin.example');
    expect(certificate.checkHost('paris.example')).toBeUndefined();
    expect(certificate.checkIP('192.0.2.7')).toBe('192.0.2.7');
    expect(certificate.checkIP('192.0.2.8')).toBeUndefined();
    expect(certificate.checkIP('2001:db8:0::a:1')).toBeDefined();
    // For servers alone.
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  });

  it('signs for no longer than it holds itself', async () => {
    const late = new Authority(made.certificate, made.privateKey, () => nowMs + 3_600 * dayMs);
    const [known] = certificatesIn(await serve(['a'], late));
    expect(known?.to).toBe(certificatesIn(made.certificate)[0]?.to);
  });

  it('is none with the key of another, or with a certificate that may not sign', async () => {
    const other = await makeAuthority('another', nowMs);
    const now = (): number => nowMs;
    expect(() => new Authority(made.certificate, other.privateKey, now)).toThrow('its key is not');
    const { publicKey, privateKey } = keyPair();
    const wanted = { commonName: 'x', names: ['x'], publicKey, purposes: ['server'] } as const;
    const leaf = await authority.serve(wanted);
    expect(() => new Authority(leaf, privateKey, now)).toThrow('not one of a CA');
  });

  it('may be one from elsewhere, with a key of another kind', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const key = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
    const wanted = {
      ...{
        subject: { commonName: 'RSA', organization: 'x' },
        publicKey: publicKeyOf(key),
        names: [],
      },
      ...{ purposes: ['authority'] as const, from: new Date(nowMs), to: new Date(nowMs + dayMs) },
    };
    const { issue } = await import('./issue.js');
    const ca = await issue(wanted, { ownKey: key });
    const text = await serve(['a'], new Authority(ca, key, () => nowMs));
    expect(new X509Certificate(text).verify(createPublicKey(ca))).toBe(true);
  });
});

describe('A request of a node', () => {
  it('is signed for the node that was asked for, whatever it says itself, with its key', async () => {
    const { request, privateKey } = await requestFor('somebody-else');
    const { certificate, ca, endsAt } = await authority.sign(request, 'edge-1', credential);
    const signed = new X509Certificate(certificate);
    expect(signed.subject.split('\n')).toEqual([
      'O=oakring node',
      'CN=edge-1',
      `serialNumber=${credential}`,
    ]);
    expect(signed.checkPrivateKey(createPrivateKey(privateKey))).toBe(true);
    // For clients alone: no server can be played with it.
    expect(signed.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
    expect(ca).toBe(made.certificate);
    expect(Date.parse(endsAt) - nowMs).toBe(90 * dayMs);
  });

  it('is refused where it is none, or is not signed with the key that it is for', async () => {
    const refused = (text: string) => authority.sign(text, 'edge-1', credential);
    await expect(refused('nothing')).rejects.toMatchObject({ code: 'invalid-field', field: 'csr' });
    await expect(refused(made.certificate)).rejects.toMatchObject({ code: 'invalid-field' });
    const { request } = await requestFor('edge-1');
    const base64 = request.replace(/-----.*-----|\n/g, '');
    const bytes = Buffer.from(base64, 'base64');
    // In the signature, which is last.
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    const forged = `-----BEGIN CERTIFICATE REQUEST-----\n${bytes.toString('base64')}\n-----END CERTIFICATE REQUEST-----`;
    await expect(refused(forged)).rejects.toThrow('not signed with its own key');
  });

  it('is refused where its key is too weak', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1_024 });
    const keys = {
      privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    };
    await expect(requestFor('edge-1', keys)).rejects.toThrow('RSA key of 1024 bits');
  });
});

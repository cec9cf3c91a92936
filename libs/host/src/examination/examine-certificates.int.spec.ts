import { chmod, rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { TestCertificates } from '@oakring/certificates/testing';
import { examineCertificates } from './examine-certificates.js';

const dayMs = 86_400_000;
const nowMs = Date.now();
let certificates: TestCertificates;
beforeEach(async () => {
  certificates = await TestCertificates.make(['berlin.example', '192.0.2.7']);
});
afterEach(() => certificates.remove());

interface Changes {
  readonly tls?: 'auto' | 'true' | 'proxy';
  readonly address?: string;
  readonly advertiseUrl?: string | null;
  readonly laterMs?: number;
}

function examined({
  tls = 'auto',
  address = '0.0.0.0',
  advertiseUrl = null,
  laterMs = 0,
}: Changes) {
  const { data } = certificates;
  const settings = { tls, tlsCert: '', tlsKey: '', tlsCa: '', data };
  return examineCertificates(settings, { address, advertiseUrl, nowMs: nowMs + laterMs });
}

describe('The certificate that listeners show', () => {
  it('is in order, until it is about to end, and then has ended', () => {
    expect(examined({})).toMatchObject([{ level: 'ok', part: 'certificates' }]);
    const soon = examined({ laterMs: 390 * dayMs });
    expect(soon).toMatchObject([
      { level: 'warning', remedy: expect.stringContaining('certs renew') },
    ]);
    expect(examined({ laterMs: 400 * dayMs })).toMatchObject([{ level: 'bad' }]);
    expect(examined({ laterMs: -dayMs })).toMatchObject([
      { level: 'bad', remedy: expect.stringContaining('clock') },
    ]);
  });

  it.each([
    ['https://berlin.example:10100', 'ok'],
    ['https://192.0.2.7:10100', 'ok'],
    ['https://oslo.example:10100', 'bad'],
    ['https://192.0.2.8:10100', 'bad'],
  ])('is for the address that others are told, %s: %s', (advertiseUrl, level) => {
    expect(examined({ advertiseUrl })).toMatchObject([{ level: 'ok' }, { level }]);
  });

  it('is believed by nobody whose CA has not signed it', async () => {
    const other = await TestCertificates.make();
    await certificates.put('ca.crt', other.ca);
    await other.remove();
    expect(examined({})).toMatchObject([{ level: 'ok' }, { level: 'bad' }]);
  });

  it('has a key that is read by its owner alone', async () => {
    await chmod(certificates.files.key, 0o640);
    expect(examined({})).toMatchObject([{ level: 'ok' }, { level: 'warning' }]);
  });

  it('is named where it cannot be read, and is none of anybody who speaks in the clear', async () => {
    expect(examined({ address: '127.0.0.1' })).toEqual([]);
    expect(examined({ tls: 'proxy' })).toEqual([]);
    await rm(certificates.files.key);
    expect(examined({})).toMatchObject([
      { level: 'bad', seen: expect.stringContaining('server.key') },
    ]);
  });
});

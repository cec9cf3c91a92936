import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { simulatedPorts } from '@oakring/ports';
import { certificatesOf, readTimeStamp } from '@oakring/timestamps';
import { LocalAuthority } from '@oakring/timestamps/testing';
import { openAuthority } from './http-authority.js';

const note = 'oakring/c-1\n7\n\n— oakring/c-1 AAAA\n';
const noEnd = new AbortController().signal;
const ports = simulatedPorts();

let local: LocalAuthority;
let stranger: LocalAuthority;
let url: string;

beforeAll(async () => {
  [local, stranger] = await Promise.all([LocalAuthority.make(), LocalAuthority.make()]);
  url = await local.listen();
});

afterAll(() => Promise.all([local.close(), stranger.close()]));

async function stamped(tsaUrl: string, tsaCa: string) {
  const authority = await openAuthority({ tsaUrl, tsaCa }, ports);
  if (authority === null) throw new Error('nobody is asked');
  return authority.stamp(note, noEnd);
}

async function answering<T>(listener: RequestListener, use: (url: string) => Promise<T>) {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => void server.close(resolve));
  }
}

describe('An authority for time stamps', () => {
  it('is nobody when no setting names one', async () => {
    expect(await openAuthority({ tsaUrl: null, tsaCa: '' }, ports)).toBeNull();
  });

  it.each([
    ['with its certificates given', () => local.caFile],
    ['unjudged without them', () => ''],
  ])('gives a stamp that holds offline, %s', async (_, tsaCa) => {
    const { token, time } = await stamped(url, tsaCa());
    const bytes = Buffer.from(token, 'base64');
    expect(await readTimeStamp(bytes, note, certificatesOf(local.ca))).toMatchObject({
      status: 'stamp',
      stamp: { time, authority: 'A test TSA' },
    });
  });

  it('is refused when its certificate leads to another CA', async () => {
    await expect(stamped(url, stranger.caFile)).rejects.toMatchObject({
      code: 'authority-unavailable',
      message: expect.stringMatching(/gave no stamp: the certificate of A test TSA leads to none/),
    });
  });

  it('is refused when it answers an earlier question', async () => {
    let earlier: Buffer | null = null;
    local.alter = (answer) => (earlier ??= answer);
    await stamped(url, local.caFile);
    const again = stamped(url, local.caFile);
    await expect(again).rejects.toThrow(/gave no stamp: it answers another question/);
    local.alter = (answer) => answer;
  });

  it.each<[string, RequestListener, RegExp]>([
    ['is not found', (_, response) => response.writeHead(404).end(), /did not answer: status 404/],
    ['sends us elsewhere', (_, response) => response.writeHead(302).end(), /did not answer/],
    ['hangs up', (request) => request.socket.destroy(), /did not answer/],
    ['is a page', (_, response) => response.end('<html>'), /gave no stamp: it is no answer/],
    ['has no end', (_, response) => response.end(Buffer.alloc(49 * 1024)), /more than 49152 bytes/],
  ])('whose answer %s is unavailable', async (_, listener, reason) => {
    await answering(listener, (address) => expect(stamped(address, '')).rejects.toThrow(reason));
  });

  it('is not asked by who cannot read its certificates', async () => {
    await expect(stamped(url, '/nowhere.pem')).rejects.toMatchObject({
      code: 'settings-invalid',
      message: expect.stringContaining('OAKRING_TSA_CA: /nowhere.pem cannot be used'),
    });
  });
});

import { describe, expect, it } from '@jest/globals';
import { rawRequest } from './raw-request.js';

/** A listener on loopback, without names of its own. */
export interface AttackedListener {
  readonly url: () => string;
  /** Answered with 200. */
  readonly read: string;
  /** Something that it does when asked in the right way, with its method; null: it changes nothing. */
  readonly change: string | null;
  /** What takes a WebSocket. Absent: nothing does. */
  readonly upgrade?: string;
}

/** What every listener of ours refuses, of whoever a browser on this machine shows something to. */
export function describeOwnOnly(
  name: string,
  { url, read, change, upgrade }: AttackedListener,
): void {
  const port = () => new URL(url()).port;
  const ask = (line: string, ...headers: string[]) =>
    rawRequest(url(), [`${line} HTTP/1.1`, ...headers.map((each) => each.replace('PORT', port()))]);

  describe(`${name}, attacked by pages of others`, () => {
    it.each([
      'localhost:PORT',
      'LOCALHOST',
      '127.0.0.1:PORT',
      '127.0.0.1:1',
      '[::1]:PORT',
      '[0:0::1]',
    ])('answers to its own name %s', async (host) => {
      expect((await ask(`GET ${read}`, `Host: ${host}`)).status).toBe(200);
    });

    it.each([
      ['a name that was made to lead here (DNS rebinding)', 'rebound.example:PORT'],
      ['a name that begins as ours', '127.0.0.1.rebound.example'],
      ['a name that begins as ours', 'localhost.rebound.example'],
      ['a name below ours', 'rebound.localhost'],
      ['a name that is ours but for a dot', 'localhost.'],
      ['the address of no machine', '0.0.0.0:PORT'],
      ['another address', '192.0.2.1:PORT'],
      ['another address, as IPv6', '[2001:db8::1]:PORT'],
      ['ours behind a user', 'rebound.example@localhost:PORT'],
      ['ours before a path', 'localhost/rebound.example'],
      ['ours before a question', 'localhost?rebound.example'],
      ['ours before a mark', 'localhost#.rebound.example'],
      ['ours before another slash', 'localhost\\.rebound.example'],
      ['ours, written in another way', '%6cocalhost'],
      ['ours with a gap', 'local\thost'],
      ['two names', 'localhost, rebound.example'],
      ['a port that is none', 'localhost:http'],
      ['an address that is half one', '[::1'],
      ['nothing', ''],
    ])('tells nothing where %s is asked: Host "%s"', async (_what, host) => {
      expect(await ask(`GET ${read}`, `Host: ${host}`)).toMatchObject({
        ...{ status: 421, code: 'misdirected-request' },
      });
    });

    it('tells nothing where two hosts are asked: of these a proxy may have judged the other one', async () => {
      const own = 'Host: localhost';
      const other = 'hOST: rebound.example';
      expect(await ask(`GET ${read}`, own, other)).toMatchObject({ status: 421 });
      expect(await ask(`GET ${read}`, other, own)).toMatchObject({ status: 421 });
    });

    it.each([`http://rebound.example${read}`, `http://localhost${read}`, `https://x/..${read}`])(
      'is no proxy: GET %s',
      async (target) => {
        expect(await ask(`GET ${target}`, 'Host: localhost')).toMatchObject({ status: 421 });
      },
    );

    it('is no tunnel either', async () => {
      const { status } = await ask('CONNECT rebound.example:443', 'Host: localhost');
      expect([0, 421]).toContain(status);
    });

    it.each([
      ['of another port of this machine', 'Origin: http://localhost:1'],
      ['of another name of this machine', 'Origin: http://127.0.0.1:PORT'],
      ['of another site', 'Origin: http://other.example'],
      ['in a frame without rights, or of a file', 'Origin: null'],
      ['whose origin begins as ours', 'Origin: http://localhost:PORT.other.example'],
      ['whose origin ends as ours', 'Origin: http://other.example/http://localhost:PORT'],
      ['of an extension', 'Origin: chrome-extension://localhost'],
      ['that a browser calls another site', 'Sec-Fetch-Site: cross-site'],
      ['of another port, as a browser says', 'Sec-Fetch-Site: same-site'],
      ['that a browser calls both', 'Sec-Fetch-Site: same-origin, cross-site'],
      ['that a browser calls something new', 'Sec-Fetch-Site: related-site'],
    ])('answers no page %s: %s', async (_which, header) => {
      const host = 'Host: localhost:PORT';
      const foreign = { status: 403, code: 'origin-foreign' };
      expect(await ask(`GET ${read}`, host, header)).toMatchObject(foreign);
      const json = 'Content-Type: application/json';
      if (change !== null) expect(await ask(change, host, header, json)).toMatchObject(foreign);
    });

    it('opens no WebSocket for a page of another, which a browser would not ask about first', async () => {
      const asking = ['Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Version: 13'];
      const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';
      for (const path of [upgrade ?? '/', read]) {
        const asked = (...headers: string[]) => ask(`GET ${path}`, ...headers, ...asking, key);
        const [rebound, foreign] = await Promise.all([
          asked('Host: rebound.example:PORT', 'Origin: http://rebound.example:PORT'),
          asked('Host: localhost:PORT', 'Origin: http://other.example'),
        ]);
        expect([rebound.status, foreign.status]).toEqual([421, 403]);
      }
    });

    it('allows nothing to whom a browser asks about first', async () => {
      const wanted = [
        'Access-Control-Request-Method: PUT',
        'Access-Control-Request-Headers: x-mine',
      ];
      const more = [...wanted, 'Access-Control-Request-Private-Network: true'];
      const answers = await Promise.all([
        ask(`OPTIONS ${read}`, 'Host: localhost:PORT', 'Origin: http://other.example', ...more),
        ask(`OPTIONS ${read}`, 'Host: localhost:PORT', 'Origin: http://localhost:PORT', ...more),
      ]);
      for (const { status, headers } of answers) {
        expect(status).toBeGreaterThanOrEqual(400);
        expect([...headers.keys()].filter((header) => header.startsWith('access-'))).toEqual([]);
      }
    });

    it('guards what it refuses as well as what it answers: no frame, no guess at the type, nothing kept', async () => {
      const answers = await Promise.all([
        ask(`GET ${read}`, 'Host: localhost'),
        ask(`GET ${read}`, 'Host: rebound.example'),
        ask(`GET ${read}`, 'Host: localhost', 'Origin: null'),
        ask('GET /nothing-here', 'Host: localhost'),
        ask('GET /%zz', 'Host: localhost'),
      ]);
      for (const { headers } of answers) {
        expect(Object.fromEntries(headers)).toMatchObject({
          'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
          'x-content-type-options': 'nosniff',
          'x-frame-options': 'DENY',
          'referrer-policy': 'no-referrer',
          'cross-origin-resource-policy': 'same-origin',
          'cache-control': expect.stringContaining('no-store'),
        });
        expect(headers.has('set-cookie')).toBe(false);
      }
    });

    if (change === null) return;

    it.each([
      'text/plain',
      'text/plain;application/json',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=application/json',
      'application/jsonp',
      ' ',
      'application/json, text/plain',
    ])('changes nothing for what any page may send without being asked about: %s', async (type) => {
      const head = [`${change} HTTP/1.1`, 'Host: localhost', `Content-Type: ${type}`];
      for (const body of ['', '{}', '{"a":"="}']) {
        expect(await rawRequest(url(), head, body)).toMatchObject({
          ...{ status: 415, code: 'unsupported-media-type' },
        });
      }
    });

    it('changes nothing for a request that says nothing of what it sends', async () => {
      expect(await ask(change, 'Host: localhost')).toMatchObject({ status: 415 });
    });

    it.each(['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override'])(
      'changes nothing by a method that %s names',
      async (header) => {
        const [method, path = ''] = change.split(' ');
        const plain = await ask(`GET ${path}`, 'Host: localhost');
        const named = await ask(`GET ${path}`, 'Host: localhost', `${header}: ${method}`);
        expect([named.status, named.body]).toEqual([plain.status, plain.body]);
      },
    );
  });
}

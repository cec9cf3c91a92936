import { describe, expect, it } from '@jest/globals';
import { problemOf } from '@oakring/contracts';
import { foreignness, ownNames, type Sent } from './own-only.js';

const plain: Sent = {
  ...{ method: 'GET', url: '/', hosts: 1, headers: {}, is404: false, localAddress: '10.1.2.3' },
};

/** To a listener that is reached by a network. */
function statusOf(sent: Partial<Sent>, names: readonly string[] = []): number {
  const request = { ...plain, ...sent };
  const problem = foreignness(request, new Set(names));
  return problem === null ? 200 : problemOf({ code: problem.code, detail: '' }).status;
}

describe('who may speak to a listener on a network', () => {
  it.each(['10.1.2.3:10100', '[fd00::1]:10100', 'localhost:8080', '127.0.0.1'])(
    'is whoever names the address as a number, or this machine: %s',
    (host) => {
      expect(statusOf({ headers: { host } })).toBe(200);
    },
  );

  it.each(['rebound.example:10100', '127.0.0.1.example', 'localhost.example', 'a b', ''])(
    'is not who names another host: "%s"',
    (host) => {
      expect(statusOf({ headers: { host } })).toBe(421);
    },
  );

  it('is whoever uses a name that is advertised, listed, or was given to bind', () => {
    const names = ownNames('10.1.2.3', {
      host: 'edge.lan',
      advertiseUrl: 'http://Manager:10100',
      allowedHosts: ['proxy.example'],
    });
    for (const host of ['edge.lan', 'manager:10100', 'proxy.example', 'PROXY.example:443']) {
      expect(statusOf({ headers: { host } }, names)).toBe(200);
    }
    expect(statusOf({ headers: { host: 'other.example' } }, names)).toBe(421);
  });

  it.each([
    ['/', 1, 200],
    ['*', 1, 200],
    ['/', 2, 421],
    ['http://10.1.2.3:10100/', 1, 421],
    ['', 1, 421],
  ])('a request for "%s" that names %i hosts is judged', (url, hosts, status) => {
    expect(statusOf({ url, hosts, headers: { host: '10.1.2.3:10100' } })).toBe(status);
  });

  it.each([
    ['its own page', { origin: 'http://10.1.2.3:10100', 'sec-fetch-site': 'same-origin' }, 200],
    ['an address that was typed', { 'sec-fetch-site': 'none' }, 200],
    ['its page behind a proxy', { origin: 'https://proxy.example' }, 200],
    ['another site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['another port of this machine', { 'sec-fetch-site': 'same-site' }, 403],
    ['a page of another origin', { origin: 'http://evil.example' }, 403],
    ['a page of another port', { origin: 'http://10.1.2.3:3000' }, 403],
    ['an extension by the name of ours', { origin: 'moz-extension://proxy.example' }, 403],
    ['a page without an origin', { origin: 'null' }, 403],
    ['a page whose origin ends as ours', { origin: 'http://evil.example/://10.1.2.3:10100' }, 403],
  ])('a request of %s is judged', (_name, headers, status) => {
    const host = '10.1.2.3:10100';
    expect(statusOf({ headers: { host, ...headers } }, ['proxy.example'])).toBe(status);
  });

  it.each([
    [undefined, 415],
    ['text/plain', 415],
    ['text/plain; application/json', 415],
    ['application/x-www-form-urlencoded', 415],
    ['application/json', 200],
    ['Application/JSON; charset=utf-8', 200],
  ])('a change announced as %s is judged', (type, status) => {
    const headers = { host: 'localhost', ...(type === undefined ? {} : { 'content-type': type }) };
    expect(statusOf({ method: 'POST', headers })).toBe(status);
  });

  it('a DELETE may say nothing of what it does not have: of it a browser asks first', () => {
    expect(statusOf({ method: 'DELETE', headers: { host: 'localhost' } })).toBe(200);
    const headers = { host: 'localhost', 'content-type': 'text/plain' };
    expect(statusOf({ method: 'DELETE', headers })).toBe(415);
  });

  it.each([
    ['POST', 'also without a body'],
    ['DELETE', 'or have no content type'],
  ])('a %s that is announced wrongly is told what it may be: %s', (method, told) => {
    const headers = { host: 'localhost', 'content-type': 'text/plain' };
    const problem = foreignness({ ...plain, method, headers }, new Set());
    expect(problem?.message).toContain(`as application/json, ${told}; this one has "text/plain"`);
  });
});

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { describeOwnOnly, rawRequest } from '@oakring/http/testing';
import { startTestManager, type TestManager } from './testing/test-manager.js';

const job = '{"name":"mine","image":"sh","technology":"process"}';

/** All that is answered, with something in each place of the address. */
const { paths } = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, object>>>>;
};
const routes = Object.entries(paths).flatMap(([path, methods]) =>
  Object.keys(methods).map(
    (method) => `${method.toUpperCase()} ${path.replaceAll(/\{\w+\}/g, '1')}`,
  ),
);

describe('a manager on loopback', () => {
  let manager: TestManager;
  let port: string;
  beforeAll(async () => {
    manager = await startTestManager({ names: ['oakring.example'] });
    ({ port } = new URL(manager.url));
  });
  afterAll(() => manager.close());

  describeOwnOnly('It', {
    url: () => manager.url,
    ...{ read: '/api/v1/jobs', change: 'POST /api/v1/jobs' },
    upgrade: '/api/v1/jobs/j/instances/0/exec',
  });

  it('takes no job from a page whose name was made to lead here (DNS rebinding)', async () => {
    const host = `rebound.example:${port}`;
    const head = [
      ...['POST /api/v1/jobs HTTP/1.1', `Host: ${host}`, `Origin: http://${host}`],
      ...['Sec-Fetch-Site: same-origin', 'Content-Type: application/json'],
    ];
    expect(await rawRequest(manager.url, head, job)).toMatchObject({ status: 421 });
    expect(manager.projection.state.jobs.size).toBe(0);
  });

  it('answers at no address to such a page, nor to one of another site', async () => {
    for (const route of routes) {
      const head = [`${route} HTTP/1.1`, 'Content-Type: application/json'];
      const [rebound, foreign] = await Promise.all([
        rawRequest(manager.url, [...head, 'Host: rebound.example']),
        rawRequest(manager.url, [...head, 'Host: localhost', 'Origin: http://other.example']),
      ]);
      expect([route, rebound.status, foreign.status]).toEqual([route, 421, 403]);
    }
  });

  it('changes nothing at any address without being told that JSON comes, with a body or without', async () => {
    const before = (await manager.log.head()).position;
    const changes = routes.filter((route) => !/^(GET|DELETE) /.test(route));
    expect(changes.length).toBeGreaterThan(10);
    for (const route of changes) {
      const head = [`${route} HTTP/1.1`, 'Host: localhost'];
      const [without, plain] = await Promise.all([
        rawRequest(manager.url, head),
        rawRequest(manager.url, [...head, 'Content-Type: text/plain'], '{}'),
      ]);
      expect([route, without.status, plain.status]).toEqual([route, 415, 415]);
    }
    // Of a DELETE a browser always asks first; what has a body says what it is.
    for (const route of routes.filter((each) => each.startsWith('DELETE '))) {
      const head = [`${route} HTTP/1.1`, 'Host: localhost', 'Content-Type: text/plain'];
      expect([route, (await rawRequest(manager.url, head, '{}')).status]).toEqual([route, 415]);
    }
    expect((await manager.log.head()).position).toBe(before);
  });

  it('sets no cookie at any address, and lets no page of others read', async () => {
    for (const route of routes.filter((each) => each.startsWith('GET '))) {
      const head = [`${route} HTTP/1.1`, 'Host: localhost', 'Cookie: session=1'];
      const { status, headers } = await rawRequest(manager.url, head);
      expect(status).toBeGreaterThanOrEqual(200);
      const given = [...headers.keys()].filter((name) =>
        /^(set-cookie|access-control-)/.test(name),
      );
      expect([route, given]).toEqual([route, []]);
    }
  });

  it('answers to a name that is listed for it, and whatever the port that a tunnel gave it', async () => {
    for (const host of ['oakring.example', 'localhost:1']) {
      const head = ['GET /api/v1/jobs HTTP/1.1', `Host: ${host}`];
      expect(await rawRequest(manager.url, head)).toMatchObject({ status: 200 });
    }
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { startTestManager, type TestManager } from './testing/test-manager.js';

const job = '{"name":"mine","image":"sh","technology":"process"}';

describe('a manager on loopback', () => {
  let manager: TestManager;
  let port: number;
  beforeAll(async () => {
    manager = await startTestManager({ names: ['oakring.example'] });
    port = Number(new URL(manager.url).port);
  });
  afterAll(() => manager.close());

  /** As a browser sends it: `fetch` would not let us choose the Host. */
  async function ask(line: string, headers: Record<string, string>, body = '') {
    const socket = connect(port, '127.0.0.1');
    const all = { ...headers, connection: 'close', 'content-length': String(body.length) };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
    socket.write(`${line} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
    const answer = await text(socket);
    const problem = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n'))) as { code?: string };
    return { status: Number(answer.split(' ')[1]), code: problem.code };
  }

  it('takes no job from a page whose name was made to lead here (DNS rebinding)', async () => {
    const host = `rebound.example:${port}`;
    const headers = { host: host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' };
    const answer = await ask(
      'POST /api/v1/jobs',
      { ...headers, 'content-type': 'application/json' },
      job,
    );
    expect(answer).toEqual({ status: 421, code: 'misdirected-request' });
    expect(manager.projection.state.jobs.size).toBe(0);
  });

  it.each(['/api/v1/jobs', '/health/ready', '/metrics', '/api/docs', '/nothing'])(
    'tells such a page nothing either: %s',
    async (path) => {
      expect(await ask(`GET ${path}`, { host: 'rebound.example' })).toMatchObject({ status: 421 });
    },
  );

  it('answers to its own names, whatever the port that a tunnel gave it', async () => {
    for (const host of [`127.0.0.1:${port}`, 'localhost:1', `[::1]:${port}`, 'oakring.example']) {
      expect(await ask('GET /api/v1/jobs', { host })).toMatchObject({ status: 200 });
    }
    expect(await ask('GET /api/v1/jobs', { host: '192.0.2.1' })).toMatchObject({ status: 421 });
  });

  it('takes nothing from pages of other sites', async () => {
    const host = `localhost:${port}`;
    const json = { host, 'content-type': 'application/json' };
    const answers = [
      await ask('POST /api/v1/jobs', { ...json, origin: 'http://localhost:3000' }, job),
      await ask('POST /api/v1/jobs', { ...json, 'sec-fetch-site': 'cross-site' }, job),
      await ask('OPTIONS /api/v1/jobs', { host, origin: 'http://evil.example' }),
    ];
    for (const answer of answers) expect(answer).toEqual({ status: 403, code: 'origin-foreign' });
  });

  it.each([
    'POST /api/v1/nodes/n1/quarantine',
    'POST /api/v1/nodes/n1/drain',
    'POST /api/v1/jobs/j/instances/0/move',
    'PUT /api/v1/jobs/j',
  ])('takes no order that any page can send: %s', async (line) => {
    const host = `localhost:${port}`;
    expect(await ask(line, { host })).toEqual({ status: 415, code: 'unsupported-media-type' });
    const plain = await ask(line, { host, 'content-type': 'text/plain' }, '{}');
    expect(plain).toMatchObject({ status: 415 });
  });

  it.each(['DELETE /api/v1/nodes/n1/cordon', 'DELETE /api/v1/jobs/j'])(
    'takes no order with a body that any page can send: %s',
    async (line) => {
      const headers = { host: `localhost:${port}`, 'content-type': 'text/plain' };
      expect(await ask(line, headers, '{}')).toMatchObject({ status: 415 });
    },
  );
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OakringError } from '@oakring/contracts';
import { connect } from 'node:net';
import { startTestManager, type TestManager } from './testing/test-manager.js';

const job = { name: 'web', image: 'web:1', technology: 'docker' };

describe('problems over HTTP', () => {
  let manager: TestManager;
  beforeAll(async () => {
    manager = await startTestManager();
  });
  afterAll(() => manager.close());

  async function problemOf(response: Promise<Response>) {
    const answer = await response;
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    const problem = (await answer.json()) as Record<string, unknown>;
    expect(problem['status']).toBe(answer.status);
    expect(problem['type']).toBe(`urn:oakring:problem:${String(problem['code'])}`);
    expect(problem['remedy']).not.toBe('');
    return problem;
  }

  it.each([
    ['not JSON', '{"name":', 400, 'invalid-json'],
    ['JSON but no object', '[1]', 400, 'invalid-json'],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), 400, 'not-utf8'],
    ['no bytes at all', '', 400, 'invalid-json'],
    ['300 kB', JSON.stringify({ ...job, notes: 'x'.repeat(300_000) }), 413, 'payload-too-large'],
    ['an unpaired surrogate', '{"name":"\\ud800"}', 400, 'invalid-field'],
    ['an integer beyond 2^53', '{"a":{"b":[9007199254740993]}}', 400, 'invalid-field'],
    ['a number that overflows', '{"a":1e999}', 400, 'invalid-field'],
    ['a member named __proto__', '{"a":{"__proto__":{}}}', 400, 'invalid-field'],
    ['100 000 levels', `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 400, 'invalid-field'],
  ])('refuses a body of %s', async (_name, body, status, code) => {
    const problem = await problemOf(
      manager.send('POST', '/api/v1/jobs', body, { 'content-type': 'application/json' }),
    );
    expect(problem).toMatchObject({ status, code });
  });

  it('names the path of content that cannot be kept', async () => {
    const body = { ...job, extra: { list: [1, { deep: 2 ** 60 }] } };
    const problem = await problemOf(manager.send('POST', '/api/v1/jobs', body));
    expect(problem).toMatchObject({ code: 'invalid-field', field: 'extra.list.1.deep' });
  });

  it('refuses other media types, and says which it takes', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const problem = await problemOf(manager.send('POST', '/api/v1/jobs', 'a=b', headers));
    expect(problem).toMatchObject({ status: 415, code: 'unsupported-media-type' });
    expect(problem['remedy']).toContain('application/json');
  });

  it('answers an unknown address with 404', async () => {
    const problem = await problemOf(manager.get('/api/v1/nothing'));
    expect(problem).toMatchObject({ status: 404, code: 'route-unknown' });
    expect(problem['detail']).toContain('/api/v1/nothing');
  });

  it('answers a wrong method with 405 and the right ones', async () => {
    const response = await manager.send('PUT', '/api/v1/jobs', { a: 1 });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, HEAD, POST');
    expect(await response.json()).toMatchObject({ code: 'method-not-allowed' });
  });

  it('answers a malformed address with 400', async () => {
    const problem = await problemOf(manager.get('/api/v1/jobs/%zz'));
    expect(problem).toMatchObject({ status: 400, code: 'request-malformed' });
  });

  it('takes ids of 128 characters in an address', async () => {
    const id = 'a'.repeat(128);
    const problem = await problemOf(manager.get(`/api/v1/jobs/${id}`));
    expect(problem).toMatchObject({ status: 404, code: 'job-unknown', value: expect.anything() });
  });

  it('answers what is not HTTP with a problem, and closes', async () => {
    const socket = connect(Number(new URL(manager.url).port), '127.0.0.1');
    socket.end('THIS IS NOT HTTP\r\n\r\n');
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(JSON.parse(text.split('\r\n\r\n')[1] ?? '')).toMatchObject({
      code: 'request-malformed',
    });
  });

  it('refuses a parameter that it does not know', async () => {
    const problem = await problemOf(manager.send('POST', '/api/v1/jobs?dryrun=true', job));
    expect(problem).toMatchObject({ code: 'invalid-field', field: 'dryrun' });
    expect(problem['detail']).toContain('known are dryRun');
  });
});

describe('errors of the command queue', () => {
  async function answerTo(error: Error): Promise<Response> {
    const queue = {
      submit: async () => {
        throw error;
      },
    };
    const manager = await startTestManager({ queue });
    try {
      const response = await manager.send('POST', '/api/v1/jobs', job);
      return new Response(await response.text(), response);
    } finally {
      await manager.close();
    }
  }

  it.each(['overloaded', 'outcome-unknown', 'log-unavailable', 'shutting-down'] as const)(
    '%s is a 503 that says when to come back',
    async (code) => {
      const response = await answerTo(new OakringError({ code, detail: 'Busy.' }));
      expect(response.status).toBe(503);
      expect(response.headers.get('retry-after')).toBe('1');
      expect(await response.json()).toMatchObject({ code, detail: 'Busy.' });
    },
  );

  it('that are bugs tell the caller nothing of the inside', async () => {
    const response = await answerTo(new Error('secret of the inside'));
    expect(response.status).toBe(500);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ code: 'internal' });
    expect(text).not.toContain('secret');
  });
});

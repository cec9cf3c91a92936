import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OakringError } from '@oakring/contracts';
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

  it('refuses a body of more than 256 KiB', async () => {
    const body = { ...job, notes: 'x'.repeat(300_000) };
    const problem = await problemOf(manager.send('POST', '/api/v1/jobs', body));
    expect(problem).toMatchObject({ status: 413, code: 'payload-too-large' });
    expect(problem['detail']).toBe('The body is larger than 256 KiB.');
  });

  it('refuses content that the ledger cannot keep, by its path', async () => {
    const body = { ...job, extra: { list: [1, { deep: 2 ** 60 }] } };
    const problem = await problemOf(manager.send('POST', '/api/v1/jobs', body));
    expect(problem).toMatchObject({ code: 'invalid-field', field: 'extra.list.1.deep' });
  });

  it('takes ids of 128 characters in an address', async () => {
    const id = 'a'.repeat(128);
    const problem = await problemOf(manager.get(`/api/v1/jobs/${id}`));
    expect(problem).toMatchObject({ status: 404, code: 'job-unknown', value: expect.anything() });
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

import { once } from 'node:events';
import { get } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { HttpLimits } from '@oakring/http';
import { readScrape } from '@oakring/metrics/testing';
import { systemPorts } from '@oakring/ports';
import { startScheduler, type RunningScheduler } from './start-scheduler.js';
import { startFakeManager, type FakeManager } from './testing/fake-manager.js';
import { node } from '@oakring/planning/testing';

const job = { id: 'j', name: 'j', image: 'j:1', technology: 'docker', kept: { as: 'it came' } };

describe('the scheduler over HTTP', () => {
  const cleanups: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  });

  async function manager(): Promise<FakeManager> {
    const fake = await startFakeManager([node('a')]);
    cleanups.push(() => fake.close());
    return fake;
  }

  async function scheduler(
    managerUrl: string,
    token: string | null = null,
    more: { readonly limits?: HttpLimits; readonly schedulerToken?: string } = {},
  ): Promise<RunningScheduler> {
    const running = await startScheduler({
      ...more,
      host: '127.0.0.1',
      port: 0,
      managerUrl,
      token,
      allowedHosts: [],
      allowOpen: false,
      ports: systemPorts(),
    });
    cleanups.push(() => running.stop());
    return running;
  }

  async function ask(url: string, body: unknown, headers: Record<string, string> = {}) {
    const response = await fetch(`${url}/api/v1/schedule`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      retryAfter: response.headers.get('retry-after'),
      body: (await response.json()) as Record<string, unknown> & {
        answers: Record<string, unknown>[];
      },
    };
  }

  it('answers workers, the job as it came, placements, reasons, seed and positions', async () => {
    const { url } = await scheduler((await manager()).url);
    const { status, body } = await ask(url, { jobs: [{ job, instances: 2 }], position: 1 });
    expect(status).toBe(200);
    expect(body.answers[0]).toMatchObject({
      workers: ['a', 'a'],
      job,
      refusal: null,
      positions: { ledger: 1, telemetry: 0 },
    });
    expect(Number.isSafeInteger(body.answers[0]?.['seed'])).toBe(true);
  });

  it('tells Prometheus what it planned, on what view, and needs the token for it', async () => {
    const fake = await manager();
    const { url } = await scheduler(fake.url, 'secret');
    const bearer = { authorization: 'Bearer secret' };
    const figuresOf = async (name: string) => {
      const response = await fetch(`${url}/metrics`, { headers: bearer });
      return readScrape(await response.text()).get(name)?.samples;
    };
    expect((await fetch(`${url}/metrics`)).status).toBe(401);
    await ask(url, { jobs: [{ job, instances: 1 }], position: 1 }, bearer);
    const huge = { ...job, resources: { cpuMillis: 60_000_000, memoryMiB: 1 } };
    await ask(url, { jobs: [{ job: huge, instances: 1 }], position: 1 }, bearer);
    await ask(url, { jobs: 'none' }, bearer);
    const outcome = (name: string, value: number) => ({ labels: { outcome: name }, value });
    expect(await figuresOf('oakring_scheduler_plans_total')).toEqual([
      ...[outcome('placed', 1), outcome('refused', 1), outcome('failed', 1)],
    ]);
    expect(await figuresOf('oakring_scheduler_view_position')).toMatchObject([{ value: 1 }]);
    expect(await figuresOf('oakring_link_up')).toMatchObject([{ value: 1 }]);
    fake.answer = (response) => response.writeHead(500).end();
    await ask(url, { jobs: [{ job, instances: 1 }], position: 2 }, bearer);
    expect(await figuresOf('oakring_link_up')).toEqual([{ labels: { link: 'manager' }, value: 0 }]);
  });

  it('repeats a decision when it is given its seed', async () => {
    const { url } = await scheduler((await manager()).url);
    const request = { jobs: [{ job, instances: 3, seed: 77 }], position: 1 };
    expect((await ask(url, request)).body).toEqual((await ask(url, request)).body);
  });

  it('waits for the position that it is told', async () => {
    const { url: managerUrl, view } = await manager();
    const { url } = await scheduler(managerUrl);
    await ask(url, { jobs: [], position: 1 });
    view.position = 8;
    const { body } = await ask(url, { jobs: [{ job, instances: 1 }], position: 8 });
    expect(body.answers[0]).toMatchObject({ positions: { ledger: 8 } });
  });

  it('says so when the position is not reached, and when the manager is away', async () => {
    const { url } = await scheduler((await manager()).url);
    const behind = await ask(url, { jobs: [{ job, instances: 1 }], position: 99 });
    expect(behind).toMatchObject({
      status: 503,
      retryAfter: '1',
      type: 'application/problem+json',
      body: { code: 'position-not-reached' },
    });
    const alone = await scheduler('http://127.0.0.1:9');
    const away = await ask(alone.url, { jobs: [{ job, instances: 1 }], position: 1 });
    expect(away).toMatchObject({ status: 503, body: { code: 'position-not-reached' } });
    expect((await fetch(`${alone.url}/health/ready`)).status).toBe(503);
  });

  it.each([
    ['no jobs', { position: 1 }, 'jobs'],
    ['instances of none', { jobs: [{ job, instances: 0 }], position: 1 }, 'jobs.0.instances'],
    ['a negative position', { jobs: [], position: -1 }, 'position'],
    [
      'an unknown technology',
      { jobs: [{ job: { ...job, technology: 'wasm' }, instances: 1 }], position: 1 },
      'jobs.0.job.technology',
    ],
    ['a job without an id', { jobs: [{ job: {}, instances: 1 }], position: 1 }, 'jobs.0.job.id'],
    ['a job that is no object', { jobs: [{ job: 7, instances: 1 }], position: 1 }, 'jobs.0.job'],
    [
      'too many nodes to exclude',
      { jobs: [{ job, instances: 1, exclude: Array(10_001).fill('a') }], position: 1 },
      'jobs.0.exclude',
    ],
    [
      'a place that is none',
      { jobs: [{ job, instances: 1, freed: 7 }], position: 1 },
      'jobs.0.freed',
    ],
    ['an entry that is no object', { jobs: [null], position: 1 }, 'jobs.0'],
    [
      'a count that is none',
      { jobs: [{ job, instances: 1, present: { a: 'many' } }], position: 1 },
      'jobs.0.present.a',
    ],
    [
      'what is freed and is no amount',
      { jobs: [{ job, instances: 1, freed: { node: 'a', resources: 7 } }], position: 1 },
      'jobs.0.freed.resources',
    ],
    [
      'a seed out of range',
      { jobs: [{ job, instances: 1, seed: 2 ** 31 }], position: 1 },
      'jobs.0.seed',
    ],
    [
      '501 jobs',
      { jobs: Array.from({ length: 501 }, () => ({ job, instances: 1 })), position: 1 },
      'jobs',
    ],
    [
      'more instances than one call plans',
      { jobs: Array.from({ length: 6 }, () => ({ job, instances: 10_000 })), position: 1 },
      'jobs',
    ],
  ])('refuses %s with a problem that names the field', async (_, body, field) => {
    const { url } = await scheduler((await manager()).url);
    const answer = await ask(url, body);
    expect(answer).toMatchObject({ status: 400, body: { code: expect.any(String), field } });
    expect(String(answer.body['detail']).length).toBeLessThan(500);
    expect(answer.type).toContain('application/problem+json');
  });

  it('refuses what is not JSON, and what has no token', async () => {
    const { url } = await scheduler((await manager()).url, 'secret');
    expect(await ask(url, '{', { authorization: 'Bearer secret' })).toMatchObject({ status: 400 });
    expect(await ask(url, { jobs: [], position: 0 })).toMatchObject({
      status: 401,
      body: {
        code: 'unauthorized',
        detail: expect.stringContaining('credentials/scheduler.token'),
      },
    });
  });

  it('takes a token of its own instead of the one that opens the manager', async () => {
    const own = { schedulerToken: 'own' };
    const { url } = await scheduler((await manager()).url, 'secret', own);
    const statusOf = async (token: string) =>
      (await ask(url, { jobs: [], position: 1 }, { authorization: `Bearer ${token}` })).status;
    expect([await statusOf('own'), await statusOf('secret')]).toEqual([200, 401]);
  });

  it('presents its token to the manager', async () => {
    const { url: managerUrl, authorizations } = await manager();
    const { url } = await scheduler(managerUrl, 'secret');
    await ask(url, { jobs: [], position: 1 }, { authorization: 'Bearer secret' });
    expect(new Set(authorizations)).toEqual(new Set(['Bearer secret']));
  });

  it('names the port that is taken', async () => {
    const { url } = await manager();
    const taken = Number(new URL(url).port);
    const options = {
      ...{ host: '127.0.0.1', port: taken, managerUrl: url, token: null },
      ...{ allowedHosts: [], allowOpen: false },
    };
    await expect(startScheduler({ ...options, ports: systemPorts() })).rejects.toMatchObject({
      code: 'port-taken',
      field: 'OAKRING_SCHEDULER_PORT',
    });
  });

  it('refuses a list in the place of a job, and what nests too deeply', async () => {
    const { url } = await scheduler((await manager()).url);
    const refusal = { status: 400, body: { code: 'invalid-field' } };
    expect(await ask(url, { jobs: [[]], position: 1 })).toMatchObject(refusal);
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    const body = `{"position":1,"jobs":[{"instances":1,"job":{"id":"x","deep":${deep}}}]}`;
    expect(await ask(url, body)).toMatchObject(refusal);
  });

  it('takes null for what is left out', async () => {
    const { url } = await scheduler((await manager()).url);
    const nothing = { exclude: null, present: null, freed: null, seed: null };
    const { status } = await ask(url, { jobs: [{ job, instances: 1, ...nothing }], position: 1 });
    expect(status).toBe(200);
  });

  it('names the one bad job among good ones', async () => {
    const { url } = await scheduler((await manager()).url);
    const bad = { ...job, id: 'bad', resources: { cpuMillis: -1 } };
    const jobs = [job, bad, job].map((one) => ({ job: one, instances: 1 }));
    const { body } = await ask(url, { jobs, position: 1 });
    expect(body).toMatchObject({ field: 'jobs.1.job.resources.cpuMillis', value: -1 });
    expect(body['detail']).toContain('Job bad');
  });

  it('plans a job with any members, and gives it back as it came', async () => {
    const { url } = await scheduler((await manager()).url);
    const text = JSON.stringify(job).replace(
      '}}',
      '},"constructor":{"prototype":{}},"__proto__":{"a":1},"toString":1,"deep":[[{"constructor":"x"}]]}',
    );
    const { status, body } = await ask(
      url,
      `{"jobs":[{"job":${text},"instances":1}],"position":1}`,
    );
    expect(status).toBe(200);
    expect(JSON.stringify(body.answers[0]?.['job'])).toBe(text);
  });

  it.each([
    ['of 9 MB', 'x'.repeat(9_000_000), 413, 'payload-too-large'],
    ['that is no object', '[1]', 400, 'invalid-json'],
    ['of no bytes', '', 400, 'invalid-json'],
  ])('refuses a body %s', async (_, body, status, code) => {
    const { url } = await scheduler((await manager()).url);
    const answer = await ask(url, body);
    expect(answer).toMatchObject({ status, type: 'application/problem+json', body: { code } });
  });

  it('refuses other media types', async () => {
    const { url } = await scheduler((await manager()).url);
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await ask(url, 'a=b', headers);
    expect(answer).toMatchObject({ status: 415, body: { code: 'unsupported-media-type' } });
  });

  it('answers no page of another name or site', async () => {
    const { url } = await scheduler((await manager()).url);
    const statusFor = (host: string, headers: Record<string, string> = {}) =>
      new Promise((resolve) => {
        get(`${url}/health/live`, { headers: { host, ...headers } }, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        });
      });
    expect(await statusFor('rebound.example')).toBe(421);
    expect(await statusFor('localhost', { origin: 'http://evil.example' })).toBe(403);
    expect(await statusFor('localhost')).toBe(200);
  });

  it('judges the address that a name leads to, and says where', async () => {
    const options = {
      ...{ host: '0', port: 0, managerUrl: 'http://127.0.0.1:9', token: null },
      ...{ allowedHosts: [], allowOpen: false },
    };
    await expect(startScheduler({ ...options, ports: systemPorts() })).rejects.toThrow(
      'OAKRING_HOST=0 (0.0.0.0) is reachable from other machines, but OAKRING_TOKEN is not set.',
    );
    await expect(
      startScheduler({ ...options, host: '127.no.such.invalid', ports: systemPorts() }),
    ).rejects.toThrow('OAKRING_HOST=127.no.such.invalid leads to no address of this machine');
  });

  it('answers an unknown address with a problem', async () => {
    const { url } = await scheduler((await manager()).url);
    const response = await fetch(`${url}/api/v1/nothing?secret=1`);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      code: 'route-unknown',
      detail: 'There is nothing at GET /api/v1/nothing.',
    });
  });

  it('answers a wrong method with the right ones, and a malformed address, with a problem', async () => {
    const { url } = await scheduler((await manager()).url);
    const wrong = await fetch(`${url}/api/v1/schedule`);
    expect(wrong.status).toBe(405);
    expect(wrong.headers.get('allow')).toBe('POST');
    expect(await wrong.json()).toMatchObject({ code: 'method-not-allowed' });
    const malformed = await fetch(`${url}/%zz`);
    expect(malformed.status).toBe(400);
    expect(await malformed.json()).toMatchObject({ code: 'request-malformed' });
  });

  it('is live at once, and ready once the copy is filled, without a token', async () => {
    const { url: managerUrl } = await manager();
    const { url } = await scheduler(managerUrl, 'secret');
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    await ask(url, { jobs: [], position: 1 }, { authorization: 'bearer secret' });
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  });

  it.each([
    ['an error', 500, '{}', 'it answered 500'],
    ['something else', 200, '{"hello":1}', 'its answer is not a list of node changes'],
  ])('keeps its copy when the manager answers with %s', async (_, status, text, reason) => {
    const fake = await manager();
    const { url } = await scheduler(fake.url);
    await ask(url, { jobs: [], position: 1 });
    fake.answer = (response) => void response.writeHead(status).end(text);
    const ahead = await ask(url, { jobs: [{ job, instances: 1 }], position: 2 });
    expect(ahead).toMatchObject({ status: 503, body: { code: 'position-not-reached' } });
    expect(ahead.body['detail']).toContain(reason);
    const known = await ask(url, { jobs: [{ job, instances: 1 }], position: 1 });
    expect(known.body.answers[0]).toMatchObject({ workers: ['a'] });
  });

  it('stops though connections rest, and answers who waits for a position', async () => {
    const { url: managerUrl } = await manager();
    const running = await scheduler(managerUrl);
    await ask(running.url, { jobs: [], position: 1 });
    const resting = connect(Number(new URL(running.url).port), '127.0.0.1');
    await new Promise((resolve) => resting.once('connect', resolve));
    cleanups.push(() => resting.destroy());
    const waiting = ask(running.url, { jobs: [{ job, instances: 1 }], position: 50 });
    while ((await fetch(`${running.url}/health/live`)).status !== 200);
    await Promise.all([running.stop(), running.stop()]);
    expect(await waiting).toMatchObject({ status: 503, body: { code: 'position-not-reached' } });
    await expect(fetch(`${running.url}/health/live`)).rejects.toThrow();
  });

  it('answers half a request 408, and lets nobody take every place', async () => {
    const patient = { headersWithinMs: 60_000, requestWithinMs: 60_000, checkEveryMs: 10 };
    const { url: managerUrl } = await manager();
    const quick = { ...patient, headersWithinMs: 50, requestWithinMs: 100, connections: 10 };
    const impatient = await scheduler(managerUrl, null, { limits: quick });
    const half = connect(Number(new URL(impatient.url).port), '127.0.0.1');
    half.write(
      'POST /api/v1/schedule HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{',
    );
    expect(await text(half)).toMatch(/^HTTP\/1\.1 408 /);
    const { url } = await scheduler(managerUrl, null, {
      limits: { ...patient, connections: 3 },
    });
    for (let place = 0; place < 20; place += 1) {
      const idle = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {});
      cleanups.push(() => idle.destroy());
      await once(idle, 'connect');
    }
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
  });

  it('stops though a request never ends', async () => {
    const running = await scheduler((await manager()).url);
    const slow = connect(Number(new URL(running.url).port), '127.0.0.1');
    cleanups.push(() => slow.destroy());
    slow.on('error', () => {});
    const closed = new Promise((resolve) => slow.once('close', resolve));
    slow.write(
      'POST /api/v1/schedule HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n' +
        'content-length: 99\r\n\r\n{',
    );
    await fetch(`${running.url}/health/live`);
    await running.stop();
    await closed;
  });
});

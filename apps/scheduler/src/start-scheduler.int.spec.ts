import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { NodeChanges, NodeFacts } from '@oakring/contracts';
import { systemPorts } from '@oakring/ports';
import { startScheduler, type RunningScheduler } from './start-scheduler.js';

const node: NodeFacts = {
  id: 'a',
  status: 'ready',
  technologies: ['docker'],
  architecture: null,
  labels: {},
  capacity: { cpuMillis: 1000, memoryMiB: 1000 },
  reserved: { cpuMillis: 0, memoryMiB: 0 },
};
const job = { id: 'j', name: 'j', image: 'j:1', technology: 'docker', kept: { as: 'it came' } };

describe('the scheduler over HTTP', () => {
  const cleanups: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  });

  /** A manager whose node view a test moves. */
  async function manager(): Promise<{ url: string; view: { position: number }; asked: string[] }> {
    const view = { position: 1 };
    const asked: string[] = [];
    const server: Server = createServer((request, response) => {
      asked.push(request.headers.authorization ?? '');
      const since = Number(new URL(request.url ?? '', 'http://x').searchParams.get('since'));
      const changes: NodeChanges = {
        position: view.position,
        telemetry: 0,
        complete: since === 0,
        nodes: since < view.position ? [node] : [],
        removed: [],
        foreign: [],
      };
      response.end(JSON.stringify(changes));
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    cleanups.push(() => server.close());
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, view, asked };
  }

  async function scheduler(
    managerUrl: string,
    token: string | null = null,
  ): Promise<RunningScheduler> {
    const running = await startScheduler({
      host: '127.0.0.1',
      port: 0,
      managerUrl,
      token,
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

  it('repeats a decision when it is given its seed', async () => {
    const { url } = await scheduler((await manager()).url);
    const request = { jobs: [{ job, instances: 3, seed: 77 }], position: 1 };
    expect((await ask(url, request)).body).toEqual((await ask(url, request)).body);
  });

  it('waits for the position that it is told', async () => {
    const { url: managerUrl, view } = await manager();
    const { url } = await scheduler(managerUrl);
    view.position = 8;
    const { body } = await ask(url, { jobs: [{ job, instances: 1 }], position: 8 });
    expect(body.answers[0]).toMatchObject({ positions: { ledger: 8 } });
  });

  it('says so when the position is not reached, and when the manager is away', async () => {
    const { url } = await scheduler((await manager()).url);
    const behind = await ask(url, { jobs: [{ job, instances: 1 }], position: 99 });
    expect(behind).toMatchObject({ status: 503, body: { code: 'position-not-reached' } });
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
  ])('refuses %s with a problem that names the field', async (_, body, field) => {
    const { url } = await scheduler((await manager()).url);
    const answer = await ask(url, body);
    expect(answer).toMatchObject({ status: 400, body: { field } });
    expect(answer.type).toContain('application/problem+json');
  });

  it('refuses what is not JSON, and what has no token', async () => {
    const { url } = await scheduler((await manager()).url, 'secret');
    expect(await ask(url, '{', { authorization: 'Bearer secret' })).toMatchObject({ status: 400 });
    expect(await ask(url, { jobs: [], position: 0 })).toMatchObject({
      status: 401,
      body: { code: 'unauthorized' },
    });
  });

  it('presents its token to the manager', async () => {
    const { url: managerUrl, asked } = await manager();
    await scheduler(managerUrl, 'secret');
    while (asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(asked[0]).toBe('Bearer secret');
  });

  it('names the port that is taken', async () => {
    const { url } = await manager();
    const taken = Number(new URL(url).port);
    const options = { host: '127.0.0.1', port: taken, managerUrl: url, token: null };
    await expect(startScheduler({ ...options, ports: systemPorts() })).rejects.toMatchObject({
      code: 'port-taken',
      field: 'OAKRING_SCHEDULER_PORT',
    });
  });
});

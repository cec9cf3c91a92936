import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { OakringError, type JobAnswer, type Problem } from '@oakring/contracts';
import { startTestManager, type TestManager } from '../../http/testing/test-manager.js';
import { proposal, registerNode } from '../../testing/given.js';

const job = { name: 'web', image: 'web:1', technology: 'docker' };

let manager: TestManager;
beforeEach(async () => {
  manager = await startTestManager();
});
afterEach(() => manager.close());

async function post(path: string, body?: unknown, headers?: object) {
  const response = await manager.send('POST', path, body, headers);
  return { status: response.status, headers: response.headers, body: await response.json() };
}

describe('POST /api/v1/jobs', () => {
  it('answers with the job, its position and where it is found', async () => {
    const sent = { ...job, id: 'web', count: 2, team: 'blue' };
    const { status, headers, body } = await post('/api/v1/jobs', sent);
    const waiting = {
      revision: 0,
      failures: 0,
      restarts: 0,
      crashLooping: false,
      generation: 0,
      status: 'pending',
      nodeId: null,
      confirmed: false,
      reason: 'waiting for a decision',
      decision: null,
    };
    expect(status).toBe(201);
    expect(headers.get('location')).toBe('/api/v1/jobs/web');
    const { team: _team, count: _count, ...described } = sent;
    expect(body).toEqual({
      ...described,
      document: sent,
      warnings: [expect.objectContaining({ field: 'team', nearest: null })],
      status: 'active',
      desired: 2,
      revision: 1,
      position: 1,
      instances: [
        { number: 0, ...waiting },
        { number: 1, ...waiting },
      ],
    });
  });

  it('gives the same answer to the same job again, whatever became of it', async () => {
    const first = await post('/api/v1/jobs', { ...job, id: 'web' });
    await post('/api/v1/jobs/web/replicate', { count: 5 });
    const again = await post('/api/v1/jobs', { ...job, id: 'web' });
    expect(again).toMatchObject({ status: 201, body: first.body as object });
  });

  it('refuses another body under the same id', async () => {
    await post('/api/v1/jobs', { ...job, id: 'web' });
    const again = await post('/api/v1/jobs', { ...job, id: 'web', image: 'web:2' });
    expect(again).toMatchObject({ status: 409, body: { code: 'job-id-taken', field: 'id' } });
  });

  it('chooses a fresh id without a key, and the same one for the same key', async () => {
    const ids = new Set<unknown>();
    for (const key of [undefined, undefined, 'k1', 'k1', 'k2']) {
      const { body } = await post('/api/v1/jobs', job, key ? { 'idempotency-key': key } : {});
      ids.add((body as JobAnswer).id);
    }
    expect(ids.size).toBe(4);
  });

  it('refuses another body under the same key', async () => {
    await post('/api/v1/jobs', job, { 'idempotency-key': 'k' });
    const other = await post('/api/v1/jobs', { ...job, count: 2 }, { 'idempotency-key': 'k' });
    expect(other).toMatchObject({ status: 409, body: { code: 'idempotency-key-reused' } });
  });

  it.each(['', 'two words', 'x'.repeat(257), 'é'])('refuses the key "%s"', async (key) => {
    const { status, body } = await post('/api/v1/jobs', job, { 'idempotency-key': key });
    expect({ status, body }).toMatchObject({ status: 400, body: { field: 'Idempotency-Key' } });
  });

  it.each([
    ['id', 'has space', 'invalid-id'],
    ['name', undefined, 'invalid-field'],
    ['image', '', 'invalid-field'],
    ['technology', 'vm', 'technology-unknown'],
    ['count', 10_001, 'invalid-field'],
    ['count', 1.5, 'invalid-field'],
    ['count', '2', 'invalid-field'],
    ['resources', [], 'invalid-field'],
    ['resources.cpuMillis', -1, 'invalid-field'],
    ['resources.memoryMiB', 0.5, 'invalid-field'],
    ['labels', { a: {} }, 'invalid-field'],
    ['nodeLabels', { a: {} }, 'invalid-field'],
    ['constraints', {}, 'invalid-field'],
    ['constraints.0', 'direct', 'invalid-field'],
    ['constraints.0.type', 'near', 'constraint-unknown'],
  ])('refuses %s = %j, naming it', async (field, value, code) => {
    const { status, body } = await post('/api/v1/jobs', bodyWith(field, value));
    expect(status).toBe(400);
    expect(body).toMatchObject({ code, field });
    expect((body as Problem).detail).toContain(field);
    expect(manager.projection.position).toBe(0);
  });

  it('names every bad field when there are several', async () => {
    const bad = { name: '', image: 7, technology: 'vm', resources: { cpuMillis: -1 } };
    const { body } = await post('/api/v1/jobs', bad);
    const { errors } = body as Problem;
    expect(errors?.map(({ field }) => field)).toEqual([
      'name',
      'image',
      'technology',
      'resources.cpuMillis',
    ]);
    expect(errors?.[3]).toEqual({
      field: 'resources.cpuMillis',
      value: -1,
      detail: 'resources.cpuMillis is -1, not an integer from 0 to 65536000.',
    });
  });

  it('takes null for what is not stated', async () => {
    const body = {
      ...job,
      id: null,
      count: null,
      resources: null,
      labels: null,
      constraints: null,
    };
    expect(await post('/api/v1/jobs', body)).toMatchObject({ status: 201, body: { desired: 1 } });
  });
});

describe('POST /api/v1/jobs?dryRun=true', () => {
  it('tells where the job would go and why, and writes nothing', async () => {
    await manager.submit(registerNode('n1'));
    const { position } = manager.projection;
    const answer = await post('/api/v1/jobs?dryRun=true', { ...job, id: 'web' });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        dryRun: true,
        position,
        job: { ...job, id: 'web' },
        workers: ['n1'],
        placements: [{ instance: 0, nodeId: 'n1', reason: 'because n1' }],
        refusal: null,
      },
    });
    expect(manager.scheduler.asked).toMatchObject([{ position, jobs: [{ instances: 1 }] }]);
    expect(manager.projection.position).toBe(position);
  });

  it('says when the scheduler is away', async () => {
    manager.scheduler.answer = () => {
      throw new OakringError({ code: 'scheduler-unavailable', detail: 'Nobody answers.' });
    };
    const { status, body } = await post('/api/v1/jobs?dryRun=true', job);
    expect({ status, body }).toMatchObject({
      status: 503,
      body: { code: 'scheduler-unavailable' },
    });
  });

  it('is asked for with true or false only', async () => {
    expect(await post('/api/v1/jobs?dryRun=yes', job)).toMatchObject({ status: 400 });
    expect(await post('/api/v1/jobs?dryRun=false', job)).toMatchObject({ status: 201 });
  });
});

describe('POST /api/v1/jobs/{id}/replicate', () => {
  it('changes the desired total', async () => {
    await post('/api/v1/jobs', { ...job, id: 'web' });
    expect(await post('/api/v1/jobs/web/replicate', { count: 3 })).toMatchObject({
      status: 200,
      body: { id: 'web', status: 'active', desired: 3, position: 2 },
    });
  });

  it('is idempotent by key', async () => {
    await post('/api/v1/jobs', { ...job, id: 'web' });
    const key = { 'idempotency-key': 'k' };
    const first = await post('/api/v1/jobs/web/replicate', { count: 3 }, key);
    await post('/api/v1/jobs/web/replicate', { count: 4 });
    const again = await post('/api/v1/jobs/web/replicate', { count: 3 }, key);
    expect(again.body).toEqual(first.body);
    expect(manager.projection.state.jobs.get('web')?.desired).toBe(4);
  });

  it.each([[{}], [{ count: -1 }], [{ count: 10_001 }], [{ count: '3' }], [undefined]])(
    'refuses %j',
    async (body) => {
      expect(await post('/api/v1/jobs/web/replicate', body)).toMatchObject({ status: 400 });
    },
  );

  it('knows only jobs that exist', async () => {
    const { status, body } = await post('/api/v1/jobs/none/replicate', { count: 1 });
    expect({ status, body }).toMatchObject({ status: 404, body: { code: 'job-unknown' } });
  });
});

describe('DELETE /api/v1/jobs/{id}', () => {
  it('orders the end of the job, with the same answer until it is gone', async () => {
    await manager.submit(registerNode('n1'));
    await post('/api/v1/jobs', { ...job, id: 'web' });
    await manager.submit({ type: 'ApplyPlan', id: 'web', answer: proposal(['n1']) });
    const first = await (await manager.send('DELETE', '/api/v1/jobs/web')).json();
    expect(first).toMatchObject({ id: 'web', status: 'deleting', desired: 0 });
    expect(await (await manager.send('DELETE', '/api/v1/jobs/web')).json()).toEqual(first);
  });

  it('answers 404 once it is gone, and for no job at all', async () => {
    await post('/api/v1/jobs', { ...job, id: 'web' });
    expect((await manager.send('DELETE', '/api/v1/jobs/web')).status).toBe(200);
    expect((await manager.send('DELETE', '/api/v1/jobs/web')).status).toBe(404);
  });

  it('refuses what is no id', async () => {
    const response = await manager.send('DELETE', '/api/v1/jobs/a%20b');
    expect(await response.json()).toMatchObject({ status: 400, code: 'invalid-id' });
  });
});

function bodyWith(field: string, value: unknown): object {
  const [first = '', second, third] = field.split('.');
  if (second === undefined) return { ...job, [first]: value };
  if (first === 'constraints') {
    return { ...job, constraints: [third === undefined ? value : { [third]: value }] };
  }
  return { ...job, [first]: { [second]: value } };
}

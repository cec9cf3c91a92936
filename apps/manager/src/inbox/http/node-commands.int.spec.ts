import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Problem } from '@oakring/contracts';
import { startTestManager, type TestManager } from '../../http/testing/test-manager.js';

const node = { id: 'n1', name: 'n1', ip: '10.0.0.1', port: 10050 };

let manager: TestManager;
beforeEach(async () => {
  manager = await startTestManager();
});
afterEach(() => manager.close());

async function register(body: unknown, headers: object = {}) {
  const response = await manager.send('POST', '/api/v1/nodes', body, headers);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('POST /api/v1/nodes', () => {
  it('answers as a worker is answered on MQTT', async () => {
    expect(await register(node)).toEqual({
      status: 201,
      body: {
        id: 'n1',
        accepted: true,
        token: 'token-of-n1',
        incarnation: expect.any(Number),
        epoch: expect.any(Number),
        at: expect.stringMatching(/^\d{4}-.*Z$/),
        periodMs: 2_000,
      },
    });
  });

  it('is a sign of life, the first time and every time', async () => {
    await register(node);
    await register(node);
    expect(manager.registered).toEqual(['n1', 'n1']);
    await register({ ...node, ip: '10.9.9.9', token: 'wrong' });
    expect(manager.registered).toHaveLength(2);
  });

  it('gives the token until it was presented, and then no more', async () => {
    await register(node);
    const { body } = await register({ ...node, startId: 's1' });
    expect(body).toMatchObject({ token: 'token-of-n1', startId: 's1' });
    const presented = { ...node, token: 'token-of-n1' };
    for (const _again of [1, 2]) {
      const { status, body: answer } = await register(presented);
      expect(status).toBe(201);
      expect(answer).not.toHaveProperty('token');
    }
  });

  it('gives it no more under a key either, whose first answer had it', async () => {
    const key = { 'idempotency-key': 'k1' };
    expect((await register(node, key)).body).toMatchObject({ token: 'token-of-n1' });
    expect((await register(node, key)).body).toMatchObject({ token: 'token-of-n1' });
    await register({ ...node, token: 'token-of-n1' });
    const again = await register(node, key);
    expect(again.status).toBe(201);
    expect(again.body).not.toHaveProperty('token');
  });

  it('gives the same answer to the same node again', async () => {
    const stated = { ...node, incarnation: 3 };
    expect(await register(stated)).toEqual(await register(stated));
  });

  it('takes the port as digits, and numbers as ids', async () => {
    expect(await register({ ...node, id: 7, name: 7, port: '80' })).toMatchObject({
      status: 201,
      body: { id: '7' },
    });
    expect(manager.projection.state.nodes.get('7')?.port).toBe(80);
  });

  it('refuses a name that belongs to another machine', async () => {
    await register(node);
    const other = { ...node, ip: '10.9.9.9', token: 'wrong' };
    expect(await register(other)).toMatchObject({ status: 409, body: { code: 'node-id-taken' } });
  });

  it('refuses an older incarnation', async () => {
    await register({ ...node, incarnation: 5 });
    expect(await register({ ...node, incarnation: 4 })).toMatchObject({
      status: 409,
      body: { code: 'incarnation-stale' },
    });
  });

  it.each([
    ['id', 'a/b', 'invalid-id'],
    ['id', undefined, 'invalid-id'],
    ['name', {}, 'invalid-field'],
    ['ip', 7, 'invalid-field'],
    ['port', 65_536, 'invalid-field'],
    ['port', '80x', 'invalid-field'],
    ['incarnation', -1, 'invalid-field'],
    ['startId', 7, 'invalid-field'],
    ['yields', 'no', 'invalid-field'],
    ['capacity', 4, 'invalid-field'],
    ['capacity', { cpuMillis: -1 }, 'invalid-field'],
    ['labels', [], 'invalid-field'],
    ['technologies', 'docker', 'invalid-field'],
    ['technologies', ['docker', 'vm'], 'technology-unknown'],
    ['architecture', 7, 'invalid-field'],
    ['acknowledges', 'yes', 'invalid-field'],
    ['enforcesStop', 1, 'invalid-field'],
  ])('refuses %s = %j, naming it', async (field, value, code) => {
    const { status, body } = await register({ ...node, [field]: value });
    expect(status).toBe(400);
    expect(body['code']).toBe(code);
    expect(body['field']).toMatch(new RegExp(`^${field}`));
    expect(manager.projection.position).toBe(0);
  });

  it('does not show a token that it refuses', async () => {
    const secret = 's'.repeat(300);
    const { status, body } = await register({ ...node, name: '', token: secret });
    expect(status).toBe(400);
    expect((body as unknown as Problem).errors?.map(({ field }) => field)).toEqual([
      'name',
      'token',
    ]);
    expect(JSON.stringify(body)).not.toContain('sss');
  });
});

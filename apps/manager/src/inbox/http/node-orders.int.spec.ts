import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestManager, type TestManager } from '../../http/testing/test-manager.js';

const url = '/api/v1/nodes/n1';

let manager: TestManager;
beforeEach(async () => {
  manager = await startTestManager();
  await manager.send('POST', '/api/v1/nodes', { id: 'n1', name: 'n1', ip: '10.0.0.1', port: 1 });
});
afterEach(() => manager.close());

async function send(method: string, path: string, body?: unknown) {
  const response = await manager.send(method, path, body);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function flags() {
  const { body } = await send('GET', url);
  return body['flags'] as Record<string, { reason?: string; force?: boolean } | null>;
}

describe('An order about a node', () => {
  it('closes and opens it, with the reason; the same again changes nothing', async () => {
    const first = await send('POST', `${url}/cordon`, { reason: 'new disk' });
    expect(first).toMatchObject({ status: 200, body: { id: 'n1' } });
    expect((await flags())['cordoned']).toMatchObject({ reason: 'new disk' });
    expect(await send('POST', `${url}/cordon`)).toEqual(first);
    await send('DELETE', `${url}/cordon`);
    expect((await flags())['cordoned']).toBeNull();
  });

  it('drains it by a deadline; called off it stays cordoned and says why', async () => {
    await send('POST', `${url}/drain`, { withinMs: 60_000, force: true });
    expect(await flags()).toMatchObject({ draining: { force: true }, cordoned: {} });
    await send('DELETE', `${url}/drain`);
    expect(await flags()).toMatchObject({
      draining: null,
      cordoned: { reason: 'its drain ended: cancelled; the node stays cordoned' },
    });
  });

  it('forgets it although it speaks by force only', async () => {
    const refused = await send('DELETE', url);
    expect(refused).toMatchObject({ status: 409, body: { code: 'node-in-use' } });
    expect(await send('DELETE', `${url}?force=perhaps`)).toMatchObject({ status: 400 });
    expect(await send('DELETE', `${url}?force=true`)).toMatchObject({ status: 200 });
    expect(await send('GET', url)).toMatchObject({ status: 404 });
  });

  it('says what it is, in the place of what was said before', async () => {
    const labels = async () => (await send('GET', url)).body['labels'];
    const labelled = (body: unknown) => send('PUT', `${url}/labels`, body);
    const first = await labelled({ labels: { position: '48.2,11.6', floor: 3 } });
    expect(first.status).toBe(200);
    expect(await labels()).toEqual({ position: '48.2,11.6', floor: '3' });
    expect(await labelled({ labels: { floor: '3', position: '48.2,11.6' } })).toEqual(first);
    await manager.send('POST', '/api/v1/nodes', {
      ...{ id: 'n1', name: 'n1', ip: '10.0.0.1', port: 1, labels: { floor: '1', zone: 'x' } },
    });
    expect(await labels()).toEqual({ position: '48.2,11.6', floor: '3', zone: 'x' });
    await labelled({ labels: {} });
    expect(await labels()).toEqual({ floor: '1', zone: 'x' });
    expect((await labelled({ labels: { a: {} } })).status).toBe(400);
  });

  it('puts it into quarantine and releases it', async () => {
    await send('POST', `${url}/quarantine`, { reason: 'odd' });
    expect((await flags())['quarantined']).toMatchObject({ reason: 'odd', byRecord: false });
    await send('DELETE', `${url}/quarantine`);
    expect((await flags())['quarantined']).toBeNull();
  });

  it.each([
    ['drain', { deadlineMs: 5 }, 'deadlineMs'],
    ['drain', { withinMs: -1 }, 'withinMs'],
    ['drain', { force: 'yes' }, 'force'],
    ['cordon', { reson: 'x' }, 'reson'],
    ['quarantine', { reason: 7 }, 'reason'],
  ])('%s %j is refused with the field, and changes nothing', async (order, body, field) => {
    expect(await send('POST', `${url}/${order}`, body)).toMatchObject({
      status: 400,
      body: { code: 'invalid-field', field },
    });
    expect(await flags()).toMatchObject({ cordoned: null, draining: null, quarantined: null });
  });

  it('of which there is none is refused', async () => {
    for (const order of ['cordon', 'drain', 'quarantine']) {
      expect(await send('POST', `/api/v1/nodes/n9/${order}`)).toMatchObject({
        status: 404,
        body: { code: 'node-unknown' },
      });
    }
  });

  it('forgets only what is away', async () => {
    expect(await send('DELETE', url)).toMatchObject({
      status: 409,
      body: { code: 'node-in-use' },
    });
  });
});

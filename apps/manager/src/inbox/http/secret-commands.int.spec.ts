import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { TokenRole } from '@oakring/contracts';
import { simulatedPorts } from '@oakring/ports';
import { hashOfToken, newToken } from '@oakring/host';
import { startTestManager, type TestManager } from '../../http/testing/test-manager.js';
import { plan, ready } from '../../testing/given.js';

const value = 'correct-horse-battery-staple';
const job = { name: 'web', image: 'web:1', technology: 'docker' };
const environment = { PASSWORD: { secret: 'db' } };

let manager: TestManager;
let tokens: Map<string, string>;
beforeEach(async () => {
  const ports = simulatedPorts();
  tokens = new Map();
  manager = await startTestManager({ token: 'open-sesame', ports });
  const expiresAt = ports.clock.wallMs() + 3_600_000;
  const given: readonly (readonly [string, TokenRole])[] = [
    ['berlin', 'root'],
    ['oslo', 'root'],
    ['anna', 'operator'],
    ['eve', 'auditor'],
  ];
  for (const [name, role] of given) {
    const token = newToken();
    tokens.set(name, token);
    const hash = hashOfToken(token);
    await manager.submit({ type: 'GrantToken', name, role, hash, expiresAt, nodes: null });
  }
});
afterEach(() => manager.close());

const as = (name: string) => ({ authorization: `Bearer ${tokens.get(name) ?? ''}` });

async function ask(method: string, path: string, body?: object, headers: object = as('anna')) {
  const answer = await manager.send(method, `/api/v1/secrets${path}`, body, headers);
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

async function listed(name: string) {
  const answer = await manager.get('/api/v1/secrets', as(name));
  return ((await answer.json()) as { items: Record<string, unknown>[] }).items;
}

describe('A secret over HTTP', () => {
  it('is set, rotated and removed, and shown to nobody', async () => {
    expect(await ask('POST', '', { name: 'db', value })).toMatchObject({
      ...{ status: 201, body: { name: 'db', version: 1 } },
    });
    expect(await ask('POST', '/db/rotate', { value: `${value}-2` })).toMatchObject({
      ...{ status: 200, body: { name: 'db', version: 2 } },
    });
    expect(await listed('eve')).toMatchObject([
      { name: 'db', version: 2, owner: 'api/anna', changedBy: 'api/anna', usedBy: [] },
    ]);
    expect(await ask('DELETE', '/db')).toMatchObject({ status: 200, body: { version: 2 } });
    expect(await listed('anna')).toEqual([]);
    const events = await (await manager.get('/api/v1/events')).text();
    const views = await (await manager.get('/api/v1/ledger/views')).text();
    expect(events).toContain('"SecretSet"');
    expect(views).toContain('"secrets"');
    for (const seen of [events, views, JSON.stringify(manager.log), manager.warnings.join()]) {
      expect(seen).not.toContain(value);
      expect(seen).not.toContain(Buffer.from(value).toString('base64').slice(0, 20));
    }
  });

  it('can be opened again by who leads, and by nobody who has the ledger alone', async () => {
    await ask('POST', '', { name: 'db', value });
    const secret = manager.projection.state.secrets.get('db')?.versions[0];
    if (secret === undefined) throw new Error('it is not there');
    const binding = { ledger: '', name: 'db', version: 1 };
    expect(await manager.vault.unseal(secret, binding)).toBe(value);
    await manager.vault.forget([secret.key]);
    expect(await manager.vault.unseal(secret, binding)).toBeNull();
  });

  it('is one under its key, however often that is repeated', async () => {
    const key = { ...as('anna'), 'idempotency-key': 'k1' };
    const first = await ask('POST', '', { name: 'db', value }, key);
    expect(await ask('POST', '', { name: 'db', value }, key)).toEqual(first);
    const { secrets } = manager.projection.state;
    expect(secrets.get('db')?.versions).toHaveLength(1);
    const other = await ask('POST', '', { name: 'db', value: 'another' }, key);
    expect(other).toMatchObject({ status: 409, body: { code: 'idempotency-key-reused' } });
    const [kept] = manager.projection.state.answers.values();
    expect(JSON.stringify(kept)).not.toContain(value);
  });

  it('that is refused leaves no key behind, and no problem shows the value', async () => {
    await ask('POST', '', { name: 'db', value: 'first' });
    const again = await ask('POST', '', { name: 'db', value });
    expect(again).toMatchObject({ status: 409, body: { code: 'secret-exists' } });
    expect(await ask('POST', '/none/rotate', { value })).toMatchObject({
      ...{ status: 404, body: { code: 'secret-unknown' } },
    });
    for (const bad of [`${value}\0`, value.repeat(2_000), '', 7]) {
      const { status, body } = await ask('POST', '', { name: 'x', value: bad });
      expect([status, body['code']]).toEqual([400, 'invalid-field']);
      expect(JSON.stringify(body)).not.toContain(value);
    }
  });

  it('is in no answer to a body that is misspelt, or no JSON', async () => {
    const bodies = [
      `{"name":"x","vaule":"${value}"}`,
      `{"name":"x","value":"${value}" ${value}}`,
      `{"name":"x","value":${value}}`,
      `"${value}"`,
      `["${value}"]`,
    ];
    for (const body of bodies) {
      const headers = { ...as('anna'), 'content-type': 'application/json' };
      const answer = await fetch(`${manager.url}/api/v1/secrets`, {
        method: 'POST',
        headers,
        body,
      });
      const said = await answer.text();
      expect([answer.status, said]).toEqual([400, expect.not.stringContaining(value.slice(0, 8))]);
    }
  });

  it('of a root is its own', async () => {
    expect((await ask('POST', '', { name: 'db', value }, as('berlin'))).status).toBe(201);
    expect(await listed('berlin')).toHaveLength(1);
    expect(await listed('oslo')).toEqual([]);
    expect((await ask('DELETE', '/db', undefined, as('oslo'))).status).toBe(404);
    expect((await ask('POST', '/db/rotate', { value }, as('oslo'))).status).toBe(404);
    const body = { ...job, id: 'j', environment };
    const refused = await manager.send('POST', '/api/v1/jobs', body, as('oslo'));
    expect([refused.status, await refused.json()]).toMatchObject([409, { code: 'secret-missing' }]);
    expect((await manager.send('POST', '/api/v1/jobs', body, as('berlin'))).status).toBe(201);
  });

  it('is not for an auditor to set', async () => {
    const { status, body } = await ask('POST', '', { name: 'db', value }, as('eve'));
    expect([status, body['code']]).toEqual([403, 'forbidden']);
  });

  it('tells who uses it, with which version; of jobs that who asks may see', async () => {
    for (const command of ready('a', { features: ['docker:secrets'] })) {
      await manager.submit(command);
    }
    await ask('POST', '', { name: 'db', value }, as('berlin'));
    const body = { ...job, id: 'j', environment };
    expect((await manager.send('POST', '/api/v1/jobs', body, as('anna'))).status).toBe(201);
    await manager.submit(plan('j', 'a'));
    const versions = [{ version: 1, instances: 1 }];
    expect(await listed('anna')).toMatchObject([{ usedBy: [{ job: 'j', versions }] }]);
    expect(await listed('berlin')).toMatchObject([{ usedBy: [] }]);
    const seen = await (await manager.get('/api/v1/jobs/j', as('anna'))).json();
    expect(seen).toMatchObject({ document: { environment } });
  });

  it('is named by dry runs as by what they foresee', async () => {
    const body = { ...job, id: 'j', environment };
    const answer = await manager.send('POST', '/api/v1/jobs?dryRun=true', body, as('anna'));
    expect([answer.status, await answer.json()]).toMatchObject([409, { code: 'secret-missing' }]);
  });
});

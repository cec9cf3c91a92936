import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { StoredEvent } from '@oakring/events';
import { simulatedPorts } from '@oakring/ports';
import { startTestManager, type TestManager } from '../../http/testing/test-manager.js';

const setting = 'open-sesame';
const dayMs = 86_400_000;

let ports: ReturnType<typeof simulatedPorts>;
let manager: TestManager;
let told: StoredEvent[];
beforeEach(async () => {
  ports = simulatedPorts();
  manager = await startTestManager({ token: setting, ports });
  told = [];
  manager.projection.onProjected((events) => void told.push(...events));
});
afterEach(() => manager.close());

interface Created {
  readonly token: string;
  readonly expires: string;
  readonly position: number;
}

async function created(body: object): Promise<Created> {
  const answer = await manager.send('POST', '/api/v1/tokens', body);
  expect(answer.status).toBe(201);
  return (await answer.json()) as Created;
}

const as = (token: string) => ({ authorization: `Bearer ${token}` });

describe('POST /api/v1/tokens', () => {
  it('creates a token that is shown once, and nowhere kept', async () => {
    const { token } = await created({ name: 'ci', role: 'root' });
    expect(token).toMatch(/^oakring_[0-9A-Za-z]{49}$/);
    expect((await manager.get('/api/v1/jobs', as(token))).status).toBe(200);
    const events = await (await manager.get('/api/v1/events')).text();
    const listed = await (await manager.get('/api/v1/tokens')).text();
    expect(events).toContain('TokenGranted');
    expect(listed).toContain('"ci"');
    expect(events + listed).not.toContain(token);
    expect(told).toMatchObject([{ type: 'TokenGranted', by: 'api/token' }]);
  });

  it('lets it hold as long as was said, or as its role has it', async () => {
    const began = ports.clock.wallMs();
    const { expires } = await created({ name: 'boss', role: 'admin' });
    expect(Date.parse(expires) - began).toBe(dayMs);
    const short = await created({ name: 'ci', role: 'root', expiresInMs: 60_000 });
    await ports.advance(59_999);
    expect((await manager.get('/api/v1/jobs', as(short.token))).status).toBe(200);
    await ports.advance(1);
    const late = await manager.get('/api/v1/jobs', as(short.token));
    expect([late.status, await late.json()]).toMatchObject([
      401,
      { code: 'unauthorized', detail: `Token ci ended ${short.expires}.` },
    ]);
  });

  it('shows none again where it is repeated under its key, and creates no other', async () => {
    const key = { 'idempotency-key': 'k1' };
    const body = { name: 'ci', role: 'root' };
    const first = await manager.send('POST', '/api/v1/tokens', body, key);
    const { token } = (await first.json()) as Created;
    const again = await manager.send('POST', '/api/v1/tokens', body, key);
    const text = await again.text();
    expect([again.status, JSON.parse(text)]).toMatchObject([409, { code: 'token-shown-once' }]);
    expect(text).not.toContain('oakring_');
    expect((await manager.get('/api/v1/whoami', as(token))).status).toBe(200);
    expect(told.map(({ type }) => type)).toEqual(['TokenGranted']);
  });

  it.each([
    [{ name: 'Ci', role: 'root' }, 'name'],
    [{ name: 'token', role: 'root' }, 'name'],
    [{ name: 'open', role: 'root' }, 'name'],
    [{ name: 'ci', role: 'king' }, 'role'],
    [{ name: 'ci', role: 'root', expiresInMs: 0 }, 'expiresInMs'],
    [{ name: 'ci', role: 'root', expiresInMs: 400 * dayMs }, 'expiresInMs'],
    [{ name: 'ci', role: 'root', nodes: { zone: 'a' } }, 'nodes'],
    [{ name: 'ci', role: 'operator', nodes: {} }, 'nodes'],
    [{ name: 'ci', role: 'operator', uses: 3 }, 'uses'],
    [{ name: 'ci', role: 'root', ids: ['n1'] }, 'ids'],
    [{ name: 'ci', role: 'join', uses: 0 }, 'uses'],
    [{ name: 'ci', role: 'join', ids: [] }, 'ids'],
    [{ name: 'ci', role: 'join', ids: ['a/b'] }, 'ids'],
    [{ name: 'ci', role: 'node' }, 'role'],
  ])('refuses %j for its %s', async (body, field) => {
    const answer = await manager.send('POST', '/api/v1/tokens', body);
    expect([answer.status, await answer.json()]).toMatchObject([400, { field }]);
    expect(manager.projection.state.tokens.size).toBe(0);
  });
});

describe('DELETE /api/v1/tokens/{name}', () => {
  it('ends a token at once, with the streams that were opened with it', async () => {
    const { token } = await created({ name: 'eve', role: 'auditor' });
    const { token: other } = await created({ name: 'ada', role: 'auditor' });
    const open = (shown: string) => manager.get('/api/v1/events?follow=true', as(shown));
    const [stream, kept] = [await open(token), await open(other)];
    const ended = stream.text().then(
      () => 'ended',
      () => 'cut',
    );
    expect((await manager.send('DELETE', '/api/v1/tokens/eve')).status).toBe(200);
    expect(await ended).toBe('cut');
    const refused = await manager.get('/api/v1/events', as(token));
    expect([refused.status, await refused.json()]).toMatchObject([401, { code: 'unauthorized' }]);
    // What was opened with another goes on: what happens from now on comes there.
    await created({ name: 'late', role: 'metrics' });
    const reader = (kept.body as ReadableStream<Uint8Array>).getReader();
    let text = '';
    while (!text.includes('"late"')) {
      const { value, done } = await reader.read();
      expect(done).toBe(false);
      text += Buffer.from(value ?? []).toString();
    }
    await reader.cancel();
  });

  it('says of one that is not there that it is not', async () => {
    const answer = await manager.send('DELETE', '/api/v1/tokens/nobody');
    expect([answer.status, await answer.json()]).toMatchObject([404, { code: 'token-unknown' }]);
  });
});

describe('A stream', () => {
  it('ends within a second of the token that it was opened with', async () => {
    const { token } = await created({ name: 'eve', role: 'auditor', expiresInMs: 10_000 });
    const stream = await manager.get('/api/v1/events?follow=true', as(token));
    const ended = stream.text().then(
      () => 'ended',
      () => 'cut',
    );
    await ports.advance(11_000);
    expect(await ended).toBe('cut');
  });
});

describe('GET /api/v1/tokens and whoami', () => {
  it('tell of each token whose it is, and that it was used about when', async () => {
    const { token } = await created({ name: 'anna', role: 'operator', nodes: { zone: 'a' } });
    await created({ name: 'zoe', role: 'metrics' });
    await manager.send('DELETE', '/api/v1/tokens/zoe');
    const who = await (await manager.get('/api/v1/whoami', as(token))).json();
    expect(who).toMatchObject({
      name: 'anna',
      role: 'operator',
      jobs: 'all',
      nodes: { zone: 'a' },
    });
    expect(await (await manager.get('/api/v1/whoami')).json()).toMatchObject({
      ...{ name: 'token', role: 'admin', expires: null },
    });
    const { items } = (await (await manager.get('/api/v1/tokens')).json()) as { items: unknown[] };
    const minute = ports.clock.wallMs() - (ports.clock.wallMs() % 60_000);
    expect(items).toMatchObject([
      {
        ...{ name: 'anna', status: 'holds', createdBy: 'api/token' },
        lastUsed: new Date(minute).toISOString(),
      },
      { name: 'zoe', status: 'revoked', lastUsed: null, revokedBy: 'api/token' },
    ]);
  });
});

describe('A join token', () => {
  it('lets in one machine within an hour, or one of each id, unless it says so', async () => {
    const began = ports.clock.wallMs();
    const { expires } = await created({ name: 'one', role: 'join' });
    expect(Date.parse(expires) - began).toBe(3_600_000);
    await created({ name: 'two', role: 'join', ids: ['n1', 'n2', 'n1'], nodes: { zone: 'a' } });
    await created({ name: 'zoe', role: 'join', uses: 7, ids: ['n1'] });
    const listed = async () => {
      const answer = await manager.get('/api/v1/tokens');
      return ((await answer.json()) as { items: object[] }).items;
    };
    expect(await listed()).toMatchObject([
      { name: 'one', status: 'holds', joins: { uses: 1, usesLeft: 1, ids: null } },
      { joins: { uses: 2, usesLeft: 2, ids: ['n1', 'n2'] }, nodes: { zone: 'a' } },
      { joins: { uses: 7, usesLeft: 7, ids: ['n1'] } },
    ]);
    const { token } = await created({ name: 'used', role: 'join' });
    const join = { node: 'n9', secret: 'c0ffee11'.repeat(8) };
    expect((await manager.send('POST', '/api/v1/joins', join, as(token))).status).toBe(201);
    expect((await listed()).at(2)).toMatchObject({
      ...{ name: 'used', status: 'used', joins: { uses: 1, usesLeft: 0 } },
    });
  });
});

describe('Requests that are refused', () => {
  it('are on record with whose token it was that holds no more, and with no token', async () => {
    const { token } = await created({ name: 'ci', role: 'admin' });
    await manager.send('DELETE', '/api/v1/tokens/ci');
    const refused = await manager.send('DELETE', `/api/v1/tokens/${token}`, undefined, as(token));
    expect(refused.status).toBe(401);
    await ports.advance(1_000);
    await manager.submit({ type: 'RevokeToken', name: 'nobody' });
    expect(told.at(-1)).toMatchObject({
      type: 'RequestsRefused',
      data: { shown: [{ request: 'DELETE /api/v1/tokens/oakring_***', name: 'ci' }] },
    });
  });

  it('are on record once a minute, the first few told of and the rest counted', async () => {
    const { token } = await created({ name: 'prom', role: 'metrics' });
    expect((await manager.get('/api/v1/jobs?x=hush', as(token))).status).toBe(403);
    for (let count = 0; count < 30; count += 1) {
      expect((await manager.get('/api/v1/jobs', as('a-guess'))).status).toBe(401);
    }
    const recorded = () => told.filter(({ type }) => type === 'RequestsRefused');
    const settle = async (ms: number): Promise<void> => {
      await ports.advance(ms);
      // It is written by a queue of its own.
      await manager.submit({ type: 'RevokeToken', name: 'nobody' });
    };
    await settle(1_000);
    expect(recorded()).toMatchObject([
      { by: 'manager/access', data: { unauthorized: 30, forbidden: 1 } },
    ]);
    const [{ data } = { data: null }] = recorded();
    const { shown = [] } = (data ?? {}) as { shown?: object[] };
    expect(shown).toHaveLength(20);
    expect(shown[0]).toEqual({
      ...{ code: 'forbidden', request: 'GET /api/v1/jobs', from: '127.0.0.1', name: 'prom' },
    });
    expect(JSON.stringify(told)).not.toMatch(/hush|a-guess/);
    await manager.get('/api/v1/jobs', as('a-guess'));
    await settle(58_000);
    expect(recorded()).toHaveLength(1);
    await settle(2_000);
    expect(recorded()).toMatchObject([{}, { data: { unauthorized: 1, forbidden: 0 } }]);
  });
});

describe('Where no token is asked for', () => {
  it('whoever shows one of ours is who it says, and anybody else may do everything', async () => {
    const open = await startTestManager({ ports });
    const body = { name: 'prom', role: 'metrics' };
    const answer = await open.send('POST', '/api/v1/tokens', body);
    const { token } = (await answer.json()) as Created;
    const statusOf = async (headers = {}) => (await open.get('/api/v1/jobs', headers)).status;
    expect([await statusOf(), await statusOf(as('whatever')), await statusOf(as(token))]).toEqual([
      200, 200, 403,
    ]);
    expect(await statusOf(as(`${token.slice(0, -1)}!`))).toBe(401);
    await open.close();
  });
});

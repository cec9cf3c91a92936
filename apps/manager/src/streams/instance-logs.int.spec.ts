import { once } from 'node:events';
import { get } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  errorCatalogue,
  type Call,
  type ErrorCode,
  type LogLine,
  type StreamSaid,
} from '@oakring/contracts';
import { simulatedPorts, systemPorts, type SimulatedPorts } from '@oakring/ports';
import { ClusterProof } from '../http/forwarding/cluster-proof.js';
import { hashOfToken, newToken } from '@oakring/host';
import { startTestManager, type TestManager } from '../http/testing/test-manager.js';
import { ack, plan, ready, registerNode, submitJob } from '../testing/given.js';

let ports: SimulatedPorts;
let manager: TestManager;
const open: TestManager[] = [];

beforeEach(async () => {
  ports = simulatedPorts();
  manager = await startTestManager({ ports });
  open.push(manager);
});
afterEach(async () => {
  for (const each of open.splice(0).toReversed()) await each.close();
});

async function place(features: readonly string[] = ['logs']): Promise<void> {
  await manager.submit(registerNode('n1', { features }));
  await manager.submit(submitJob('web'));
  await manager.submit(plan('web', 'n1'));
}

/** A job was placed and has ended, and a root has one of the same id at the same node; gives what the root shows. */
async function placedByRootAnew(features: readonly string[]): Promise<Record<string, string>> {
  manager = await startTestManager({ ports, token: 'of the setting' });
  open.push(manager);
  const token = newToken();
  const expiresAt = ports.clock.wallMs() + 60_000;
  const berlin = { name: 'berlin', role: 'root', hash: hashOfToken(token), expiresAt } as const;
  await manager.submit({ type: 'GrantToken', ...berlin, nodes: null });
  for (const command of ready('n1', { features })) await manager.submit(command);
  await manager.submit(submitJob('web'));
  await manager.submit(plan('web', 'n1'));
  await manager.submit({ type: 'DeleteJob', id: 'web' });
  const { state } = manager.projection;
  await manager.submit({ type: 'OrderStops', placements: [...state.unorderedStops] });
  for (const { id, kind } of [...state.commands.values()]) {
    if (kind === 'delete') await manager.submit(ack('n1', id, 'succeeded'));
  }
  const as = { authorization: `Bearer ${token}` };
  const job = { id: 'web', name: 'web', image: 'web:1', technology: 'docker' };
  expect((await manager.send('POST', '/api/v1/jobs', job, as)).status).toBe(201);
  await manager.submit(plan('web', 'n1'));
  return as;
}

const address = '/api/v1/jobs/web/instances/0/logs';
const ndjson = { accept: 'application/x-ndjson' };

/** The call that opened a stream, once there is one. */
async function opened(at = manager): Promise<Call> {
  for (;;) {
    const order = at.calls.map((each) => each.order).find((each) => each.what === 'call');
    if (order?.what === 'call') return order.said;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function say({ stream }: Call, said: Omit<StreamSaid, 'stream' | 'incarnation'>, at = manager) {
  const unsaid = {
    ...{ sequence: null, channel: null, data: null, room: null, code: null, detail: null },
    exitCode: null,
  };
  at.streams.heard('n1', { ...unsaid, stream, incarnation: null, ...said });
}

function line(text: string, more: object = {}): string {
  const at = '2026-01-01T00:00:00.000Z';
  return `${JSON.stringify({ at, generation: 1, text, mark: '7.9', ...more })}\n`;
}

function data(call: Call, sequence: number, text: string, at = manager): void {
  say(call, { says: 'data', sequence, data: Buffer.from(text).toString('base64') }, at);
}

function linesIn(text: string): LogLine[] {
  return text
    .split('\n')
    .filter((each) => each !== '')
    .map((each) => JSON.parse(each) as LogLine);
}

describe('GET /api/v1/jobs/{id}/instances/{number}/logs', () => {
  it('asks the worker where the instance is, and gives what it says as text', async () => {
    await place();
    const asked = manager.get(`${address}?tail=5&since=-10s&timestamps=true`);
    const call = await opened();
    expect(call).toMatchObject({
      ...{ call: 'open', wants: 'logs', job: 'web', instance: 0, generation: 1 },
      ...{ technology: 'docker', follow: false, tail: 5, agoMs: 10_000 },
    });
    say(call, { says: 'opened' });
    data(call, 0, line('one') + line('tw', { isOpen: true }) + line('o').slice(0, 10));
    data(call, 1, line('o').slice(10));
    say(call, { says: 'end', sequence: 2 });
    const answer = await asked;
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(answer.headers.get('oakring-node')).toBe('n1');
    const at = '2026-01-01T00:00:00.000Z ';
    expect(await answer.text()).toBe(`${at}one\n${at}tw${at}o\n`);
  });

  it('gives lines of JSON with where to go on, and in the last one why there are no more', async () => {
    await place();
    const asked = manager.get(address, ndjson);
    const call = await opened();
    say(call, { says: 'opened' });
    data(call, 0, `${line('one')}no line at all\n${line('two')}`);
    say(call, { says: 'end', code: 'stream-broken', detail: 'The worker stops.' });
    const lines = linesIn(await (await asked).text());
    expect(lines.map(({ text }) => text)).toEqual(['one', 'two', null]);
    expect(lines[0]?.cursor).toBe('1:7.9');
    expect(lines.at(-1)?.end).toEqual({ code: 'stream-broken', detail: 'The worker stops.' });
  });

  it('asks for nothing that another job printed which had this id before', async () => {
    const as = await placedByRootAnew(['logs', 'logs-not-before']);
    const asked = manager.get(`${address}?previous=true`, as);
    const call = await opened();
    expect(call).toMatchObject({ generation: 2, previous: true, notBefore: 2 });
    say(call, { says: 'end', code: 'nothing-printed', detail: 'Nothing is kept here.' });
    expect((await asked).status).toBe(404);
  });

  it('shows nobody who has jobs of his own only what an older worker may have of another', async () => {
    const as = await placedByRootAnew(['logs']);
    const refused = await manager.get(`${address}?previous=true`, as);
    expect([refused.status, await refused.json()]).toMatchObject([
      errorCatalogue['feature-missing'].status,
      { code: 'feature-missing', detail: expect.stringContaining('logs-not-before') },
    ]);
    expect(manager.calls).toEqual([]);
  });

  it('writes of a time and a mark only what is one: they stand outside of what is escaped', async () => {
    await place();
    const read = async (path: string, accept: string, said: string): Promise<string> => {
      const from = manager.calls.length;
      const asked = manager.get(path, { accept });
      while (manager.calls.length === from) await new Promise((resolve) => setImmediate(resolve));
      const order = manager.calls[from]?.order;
      if (order?.what !== 'call') throw new Error('Something else was said than a call.');
      say(order.said, { says: 'opened' });
      data(order.said, 0, said);
      say(order.said, { says: 'end', sequence: 1 });
      return (await asked).text();
    };
    const stamped = line('one', { at: '2026-01-01T00:00:00Z\u001b[2J' });
    expect(await read(`${address}?timestamps=true`, 'text/plain', stamped)).toBe('- one\n');
    const marked = line('two', { mark: '7\nevent: end\ndata: {}\n' });
    const [event] = (await read(address, 'text/event-stream', marked)).split('\n\n');
    expect(event?.split('\n')).toEqual(['id: 1:', expect.stringContaining('data: {"at"')]);
  });

  it('goes on behind a line that the reader had, of the same generation alone', async () => {
    await place();
    const asked = manager.get(`${address}?after=1:7.9&tail=3`, ndjson);
    const call = await opened();
    expect(call).toMatchObject({ after: '7.9' });
    expect(call).not.toHaveProperty('tail');
    say(call, { says: 'end', sequence: 0 });
    await (await asked).text();
    const later = manager.get(`${address}?after=9:7.9`, ndjson);
    const next = manager.calls.length;
    while (manager.calls.length === next) await new Promise((resolve) => setImmediate(resolve));
    const order = manager.calls.at(-1)?.order;
    const second = order?.what === 'call' ? order.said : call;
    expect(second).not.toHaveProperty('after');
    say(second, { says: 'end', sequence: 0 });
    await (await later).text();
  });

  it('cuts text that broke: whoever reads it is told by the connection', async () => {
    await place();
    const asked = manager.get(address);
    const call = await opened();
    say(call, { says: 'opened' });
    const answer = await asked;
    data(call, 0, line('one'));
    say(call, { says: 'end', code: 'stream-broken', detail: 'The worker stops.' });
    await expect(answer.text()).rejects.toThrow();
  });

  it('tells the worker when its reader goes', async () => {
    await place();
    const asked = get(`${manager.url}${address}?follow=true`);
    const answered = once(asked, 'response');
    const call = await opened();
    say(call, { says: 'opened' });
    await answered;
    asked.on('error', () => {}).destroy();
    const isClosed = () =>
      manager.calls.some(({ order }) => order.what === 'call' && order.said.call === 'close');
    while (!isClosed()) await new Promise((resolve) => setImmediate(resolve));
    expect(manager.streams.size).toBe(0);
  });

  it('gives a reader that takes nothing no more than it may hold', async () => {
    await place();
    const leaving = new AbortController();
    const asked = fetch(`${manager.url}${address}?follow=true`, { signal: leaving.signal });
    const call = await opened();
    say(call, { says: 'opened' });
    await asked;
    // Its socket and ours take some; then nobody reads, and no more credit is given.
    const text = line('x'.repeat(8_000)).repeat(2);
    let sequence = 0;
    let sent = 0;
    const creditOf = (): number =>
      manager.calls.reduce(
        (most, { order }) => Math.max(most, (order.what === 'call' && order.said.credit) || 0),
        0,
      );
    let quiet = 0;
    while (quiet < 200) {
      const has = creditOf() - sent >= text.length;
      if (has) {
        data(call, sequence, text);
        sequence += 1;
        sent += text.length;
      }
      quiet = has ? 0 : quiet + 1;
      await ports.advance(1);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(sent).toBeLessThan(64 * 1_048_576);
    leaving.abort();
  });

  const nowhere = (): Promise<unknown> => manager.submit(submitJob('web'));
  const placed = (): Promise<unknown> => place();

  it.each<[string, string, { readonly before?: () => Promise<unknown>; readonly path?: string }]>([
    ['there is no such job', 'job-unknown', {}],
    [
      'it has no such instance',
      'instance-unknown',
      { before: placed, path: '/api/v1/jobs/web/instances/7/logs' },
    ],
    ['it has no place yet', 'instance-nowhere', { before: nowhere }],
    ['its worker is older', 'feature-missing', { before: () => place([]) }],
    ['since is no moment', 'invalid-field', { before: placed, path: `${address}?since=x` }],
    ['after is no cursor', 'invalid-field', { before: placed, path: `${address}?after=x` }],
    [
      'it is no number',
      'invalid-field',
      { before: placed, path: '/api/v1/jobs/web/instances/x/logs' },
    ],
  ])('is a problem where %s', async (_when, code, { before, path = address }) => {
    await before?.();
    const answer = await manager.get(path);
    const { status } = errorCatalogue[code as ErrorCode];
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ code });
  });

  it('says since when the node is away', async () => {
    await place();
    const observed = { type: 'ObserveNode', nodeId: 'n1', incarnation: 1 } as const;
    for (const seen of ['silent', 'disconnected'] as const) {
      await manager.submit({ ...observed, seen, reason: 'no message' });
    }
    const answer = await manager.get(address);
    expect(answer.status).toBe(409);
    expect(await answer.json()).toMatchObject({
      code: 'node-away',
      detail: expect.stringContaining('not heard of since 2026-01-01'),
    });
  });

  it('is a problem where the worker has nothing of it', async () => {
    await place();
    const asked = manager.get(address);
    const detail = 'Nothing is kept here.';
    say(await opened(), { says: 'end', code: 'nothing-printed', detail });
    const answer = await asked;
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ code: 'nothing-printed', detail });
  });
});

/** Of an operator, at each of them. */
async function grantedAt(managers: readonly TestManager[]): Promise<Record<string, string>> {
  const token = newToken();
  const anna = { type: 'GrantToken', name: 'anna', role: 'operator', nodes: null } as const;
  const given = { hash: hashOfToken(token), expiresAt: Number.MAX_SAFE_INTEGER };
  for (const each of managers) await each.submit({ ...anna, ...given });
  return { authorization: `Bearer ${token}` };
}

/** Follows, through whichever manager, until one of them reads that the token is revoked. */
async function cutByRevoking(asked: TestManager, reads: TestManager): Promise<void> {
  const as = await grantedAt(asked === manager ? [manager] : [manager, asked]);
  const answered = asked.get(`${address}?follow=true`, as);
  const call = await opened();
  say(call, { says: 'opened' });
  const reader = (await answered).body?.getReader();
  data(call, 0, line('one'));
  expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('one\n');
  await reads.submit({ type: 'RevokeToken', name: 'anna' });
  await expect(reader?.read()).rejects.toThrow();
  while (manager.streams.size > 0) await new Promise((resolve) => setImmediate(resolve));
}

describe('Logs that are followed with a token', () => {
  it('end in the moment in which it is revoked, and their worker is told', async () => {
    manager = await startTestManager({ ports, token: 'of the setting' });
    open.push(manager);
    await place();
    await cutByRevoking(manager, manager);
  });

  it.each(['leader', 'follower'] as const)(
    'end through another manager as well, whichever reads of it first: the %s',
    async (which) => {
      const { leader, follower } = await twoManagers();
      await place();
      await cutByRevoking(follower, which === 'leader' ? leader : follower);
    },
  );
});

async function twoManagers() {
  const token = 'open-sesame';
  const processes = [] as const;
  const proof = () => ClusterProof.of(token, Buffer.alloc(32, 7), systemPorts());
  const own = { leading: true, leader: '' };
  manager = await startTestManager({
    ...{ ports, token, proof: await proof() },
    leadership: { status: own, processes },
  });
  own.leader = manager.url;
  const follower = await startTestManager({
    ...{ token, proof: await proof() },
    leadership: { status: { leading: false, leader: manager.url }, processes },
  });
  open.push(manager, follower);
  return { leader: manager, follower };
}

describe('Logs that are followed through another manager than the leader', () => {
  it('begin at once, before anything was printed, and break where they break at the leader', async () => {
    const { follower } = await twoManagers();
    await place();
    const asked = follower.get(`${address}?follow=true`);
    const call = await opened();
    say(call, { says: 'opened' });
    const answer = await asked;
    expect(answer.status).toBe(200);
    expect(answer.headers.get('oakring-node')).toBe('n1');
    data(call, 0, line('one'));
    const reader = answer.body?.getReader();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('one\n');
    say(call, { says: 'end', code: 'stream-broken', detail: 'The worker stops.' });
    await expect(reader?.read()).rejects.toThrow();
  });
});

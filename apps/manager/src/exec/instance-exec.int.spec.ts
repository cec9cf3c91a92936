import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  execFrame,
  execPiece,
  execProtocol,
  type Call,
  type ExecTold,
  type StreamSaid,
} from '@oakring/contracts';
import type { StoredEvent } from '@oakring/events';
import { simulatedPorts, systemPorts, type SimulatedPorts } from '@oakring/ports';
import { WebSocket } from 'ws';
import { hashOfToken, newToken } from '@oakring/host';
import { ClusterProof } from '../http/forwarding/cluster-proof.js';
import { startTestManager, type TestManager } from '../http/testing/test-manager.js';
import { plan, ready, report, submitJob } from '../testing/given.js';

const path = '/api/v1/jobs/web/instances/0/exec';
const token = 'open-sesame';
const bearer = { authorization: `Bearer ${token}` };
const all = ['docker:exec', 'docker:exec-tty'];

let ports: SimulatedPorts;
let manager: TestManager;
let events: StoredEvent[];
const open: TestManager[] = [];
const clients: Client[] = [];

beforeEach(async () => {
  ports = simulatedPorts();
  manager = await started({ ports, token });
});
afterEach(async () => {
  for (const each of clients.splice(0)) each.socket.terminate();
  for (const each of open.splice(0).toReversed()) await each.close();
});

async function started(options: Parameters<typeof startTestManager>[0]): Promise<TestManager> {
  const one = await startTestManager(options);
  events = [];
  one.projection.onProjected((stored) => void events.push(...stored));
  open.push(one);
  return one;
}

async function place(features: readonly string[] = all, at = manager): Promise<void> {
  for (const command of [
    ...ready('n1', { features }),
    submitJob('web', { count: 1 }),
    plan('web', 'n1'),
    report('n1', { 'web/0/1': 'running' }),
  ]) {
    await at.submit(command);
  }
}

/** Whoever runs a command, frame by frame. */
class Client {
  readonly told: ExecTold[] = [];
  readonly said = { out: '', err: '' };
  closed: { readonly code: number; readonly reason: string } | null = null;

  constructor(readonly socket: WebSocket) {
    clients.push(this);
    socket.on('error', () => {});
    socket.on('message', (data: Buffer, isBinary) => {
      const piece = isBinary ? execPiece(data) : null;
      if (piece === null) this.told.push(JSON.parse(String(data)) as ExecTold);
      else if (piece.channel !== 'in') this.said[piece.channel] += String(Buffer.from(piece.bytes));
    });
    socket.once('close', (code, reason) => (this.closed = { code, reason: String(reason) }));
  }

  ask(asked: object): void {
    this.socket.send(JSON.stringify(asked));
  }

  input(text: string): void {
    this.socket.send(execFrame('in', Buffer.from(text)));
  }

  tells<T extends ExecTold['type']>(type: T): Extract<ExecTold, { type: T }> | undefined {
    return this.told.find((each): each is Extract<ExecTold, { type: T }> => each.type === type);
  }
}

async function connected(at = manager, headers: object = bearer): Promise<Client> {
  const url = `${at.url.replace('http', 'ws')}${path}`;
  const client = new Client(new WebSocket(url, [execProtocol], { headers: { ...headers } }));
  await once(client.socket, 'open');
  return client;
}

/** What an upgrade is answered that is none. */
async function refusal(to: string, headers: object = bearer, protocols = [execProtocol]) {
  const url = `${manager.url.replace('http', 'ws')}${to}`;
  const socket = new WebSocket(url, protocols, { headers: { ...headers } });
  socket.on('error', () => {});
  const [, answer] = (await once(socket, 'unexpected-response')) as [
    unknown,
    AsyncIterable<Buffer> & { statusCode: number },
  ];
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk);
  const { code } = JSON.parse(String(Buffer.concat(chunks))) as { code: string };
  return [answer.statusCode, code];
}

/** Looks again and again; time stands still meanwhile. */
async function until<T>(look: () => T | undefined | null | false): Promise<T> {
  for (;;) {
    const found = look();
    if (found) return found;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function calls(at = manager): Call[] {
  return at.calls.flatMap(({ order }) => (order.what === 'call' ? [order.said] : []));
}

function openedCall(at = manager): Promise<Call> {
  return until(() => calls(at).find((each) => each.call === 'open'));
}

function say({ stream }: Call, said: Omit<StreamSaid, 'stream' | 'incarnation'>, at = manager) {
  const unsaid = {
    ...{ sequence: null, channel: null, data: null, room: null, code: null, detail: null },
    exitCode: null,
  };
  at.streams.heard('n1', { ...unsaid, stream, incarnation: null, ...said });
}

function data(call: Call, sequence: number, text: string, channel: 'out' | 'err' = 'out'): void {
  say(call, { says: 'data', sequence, channel, data: Buffer.from(text).toString('base64') });
}

function ofType(type: string): readonly StoredEvent[] {
  return events.filter((event) => event.type === type);
}

/** A command runs. */
async function running(more: object = {}) {
  await place();
  const client = await connected();
  client.ask({ type: 'start', command: ['ls', '-l'], ...more });
  const call = await openedCall();
  say(call, { says: 'opened', room: 100 });
  await until(() => client.tells('started'));
  return { client, call };
}

describe('GET /api/v1/jobs/{id}/instances/{number}/exec', () => {
  it('has it on record who runs what where, before its worker hears of it', async () => {
    await place();
    const client = await connected();
    client.ask({ type: 'start', command: ['ls', '-l'], tty: true, columns: 100, rows: 30 });
    const call = await openedCall();
    expect(ofType('ExecStarted')).toMatchObject([
      {
        ...{ stream: 'jobs/web', by: 'api/token' },
        cause: expect.stringContaining(`request:GET ${path}#`),
        data: { instance: 0, generation: 1, nodeId: 'n1', command: ['ls', '-l'], tty: true },
      },
    ]);
    expect(call).toMatchObject({
      ...{ wants: 'exec', job: 'web', instance: 0, generation: 1, technology: 'docker' },
      ...{ command: ['ls', '-l'], tty: true, columns: 100, rows: 30 },
    });
  });

  it('brings what the command says, by channel, and how it ended, which is on record as well', async () => {
    const { client, call } = await running();
    const [begun] = ofType('ExecStarted');
    const execId = `${begun?.position}-${begun?.index}`;
    expect(client.tells('started')).toEqual({
      type: 'started',
      exec: execId,
      node: 'n1',
      generation: 1,
    });
    data(call, 0, 'one');
    data(call, 1, 'no', 'err');
    say(call, { says: 'end', sequence: 2, exitCode: 7 });
    await until(() => client.closed);
    expect(client.said).toEqual({ out: 'one', err: 'no' });
    expect(client.told.at(-1)).toEqual({ type: 'exit', exitCode: 7 });
    await until(() => ofType('ExecEnded').length > 0);
    expect(ofType('ExecEnded')).toMatchObject([
      {
        ...{ by: 'api/token', cause: execId },
        data: { execId, outcome: 'exited', exitCode: 7, bytes: { in: 0, out: 5 } },
      },
    ]);
    // What it said and was told is nowhere.
    expect(JSON.stringify(events)).not.toMatch(/"one"|"no"/);
  });

  it('ends in the moment in which the token is revoked that it was opened with, says why, and has it on record', async () => {
    await place();
    const shown = newToken();
    await manager.submit({
      ...({ type: 'GrantToken', name: 'anna', role: 'operator', nodes: null } as const),
      ...{ hash: hashOfToken(shown), expiresAt: Number.MAX_SAFE_INTEGER },
    });
    const client = await connected(manager, { authorization: `Bearer ${shown}` });
    client.ask({ type: 'start', command: ['sh'] });
    say(await openedCall(), { says: 'opened', room: 100 });
    await until(() => client.tells('started'));
    await manager.submit({ type: 'RevokeToken', name: 'anna' });
    await until(() => client.closed);
    expect(client.tells('problem')?.problem).toMatchObject({ code: 'unauthorized', status: 401 });
    await until(() => ofType('ExecEnded').length > 0);
    expect(ofType('ExecStarted')).toMatchObject([{ by: 'api/anna' }]);
    expect(ofType('ExecEnded')).toMatchObject([{ by: 'api/anna' }]);
    expect(calls().at(-1)).toMatchObject({ call: 'close' });
  });

  it('passes on what comes, in its order, and its end; and sizes of the terminal', async () => {
    const { client, call } = await running({ input: true, tty: true });
    client.input('one ');
    client.ask({ type: 'resize', columns: 132, rows: 50 });
    client.input('two');
    client.ask({ type: 'eof' });
    const input = () => calls().filter((each) => each.call === 'input');
    await until(() => input().at(-1)?.last);
    const text = input().map((each) => Buffer.from(each.data ?? '', 'base64').toString());
    expect(text.join('')).toBe('one two');
    expect(calls().find((each) => each.call === 'resize')).toMatchObject({
      columns: 132,
      rows: 50,
    });
    say(call, { says: 'end', sequence: 0, exitCode: 0 });
    await until(() => ofType('ExecEnded').length > 0);
    expect(ofType('ExecEnded')[0]?.data).toMatchObject({ bytes: { in: 7, out: 0 } });
  });

  it('passes on the newest of sizes that come in one go, and each that comes alone', async () => {
    const { client } = await running({ tty: true });
    const sizes = () => calls().flatMap((each) => (each.call === 'resize' ? [each.columns] : []));
    for (let columns = 1; columns <= 100; columns += 1) {
      client.ask({ type: 'resize', columns, rows: 50 });
    }
    // Answered behind them: all of them have come.
    client.socket.ping();
    await once(client.socket, 'pong');
    expect(sizes()).toEqual([1]);
    await ports.advance(50);
    expect(sizes()).toEqual([1, 100]);
    await ports.advance(50);
    client.ask({ type: 'resize', columns: 7, rows: 50 });
    await until(() => sizes().length === 3);
  });

  it('ends the input at once where none is to come', async () => {
    await running();
    await until(() => calls().find((each) => each.call === 'input')?.last);
  });

  it('gives room for more input once the worker took what came, and ends who sends more', async () => {
    const { client, call } = await running({ input: true });
    for (let count = 0; count < 8; count += 1) client.input('x'.repeat(8_192));
    await until(() => calls().some((each) => each.call === 'input'));
    expect(client.tells('credit')).toBeUndefined();
    say(call, { says: 'room', room: 65_536 });
    expect(await until(() => client.tells('credit'))).toEqual({ type: 'credit', bytes: 98_304 });
    for (let count = 0; count < 12; count += 1) client.input('x'.repeat(8_192));
    expect(await until(() => client.closed)).toMatchObject({ code: 1_008 });
    await until(() => ofType('ExecEnded').length > 0);
    expect(ofType('ExecEnded')[0]?.data).toMatchObject({ outcome: 'left' });
  });

  it('says no more than whoever runs it has room for, and asks the worker for no more', async () => {
    const { client, call } = await running();
    const piece = 'y'.repeat(8_192);
    let sequence = 0;
    const credit = () =>
      Math.max(0, ...calls().map((each) => each.credit ?? 0)) - sequence * piece.length;
    // Says as much as it may, until it may no more.
    let quiet = 0;
    while (quiet < 100) {
      const may = credit() >= piece.length;
      if (may) data(call, sequence, piece);
      if (may) sequence += 1;
      quiet = may ? 0 : quiet + 1;
      await ports.advance(1);
    }
    expect(client.said.out).toHaveLength(65_536);
    expect(sequence * piece.length).toBeLessThanOrEqual(3 * 65_536);
    client.ask({ type: 'credit', bytes: 10_000_000 });
    await until(() => client.said.out.length === sequence * piece.length);
  });

  it('lets the worker hang up when whoever runs it leaves, and has that on record', async () => {
    const { client } = await running();
    client.socket.close();
    await until(() => calls().some((each) => each.call === 'close'));
    await until(() => ofType('ExecEnded').length > 0);
    expect(ofType('ExecEnded')[0]?.data).toMatchObject({
      ...{ outcome: 'left', reason: 'whoever ran it left', exitCode: null },
    });
    expect(manager.streams.size).toBe(0);
  });

  it('takes whoever does not answer for gone, be the connection open', async () => {
    const { client, call } = await running();
    client.socket.pause();
    for (let seconds = 0; seconds < 50; seconds += 5) {
      await ports.advance(5_000);
      say(call, { says: 'alive' });
    }
    await until(() => ofType('ExecEnded').length > 0);
    expect(ofType('ExecEnded')[0]?.data).toMatchObject({ outcome: 'left' });
  });

  it('is held by its session until its end is on record', async () => {
    const { client, call } = await running();
    const id = client.tells('started')?.exec ?? '';
    expect(manager.execs.has(id)).toBe(true);
    say(call, { says: 'end', sequence: 0, exitCode: 0 });
    await until(() => ofType('ExecEnded').length > 0);
    await until(() => !manager.execs.has(id));
  });

  it('says why what it goes over broke, and has that on record', async () => {
    const { client, call } = await running();
    say(call, { says: 'end', code: 'stream-broken', detail: 'The worker stops.' });
    await until(() => client.closed);
    expect(client.tells('problem')?.problem).toMatchObject({
      ...{ code: 'stream-broken', detail: 'The worker stops.', remedy: expect.any(String) },
    });
    await until(() => ofType('ExecEnded').length > 0);
    expect(ofType('ExecEnded')[0]?.data).toMatchObject({
      ...{ outcome: 'broken', reason: 'The worker stops.' },
    });
  });

  it('runs nothing where nobody is let in, and has that on record', async () => {
    await place([]);
    const client = await connected();
    client.ask({ type: 'start', command: ['ls'] });
    await until(() => client.closed);
    expect(client.tells('problem')?.problem).toMatchObject({
      ...{ code: 'exec-not-offered', status: 409 },
      detail: expect.stringContaining('OAKRING_WORKER_EXEC'),
    });
    expect(ofType('ExecRefused')).toHaveLength(1);
    expect(calls()).toEqual([]);
  });

  it.each<[string, object | string]>([
    ['names no command', { type: 'start', command: [] }],
    ['says something else first', { type: 'eof', more: 1 }],
    ['is no JSON', 'ls'],
  ])('runs nothing for whoever %s', async (_what, first) => {
    await place();
    const client = await connected();
    client.socket.send(typeof first === 'string' ? first : JSON.stringify(first));
    // Whoever says nothing that can be run is not waited for.
    await ports.advance(10_000);
    await until(() => client.closed);
    expect(['invalid-field', 'invalid-json', 'request-timeout']).toContain(
      client.tells('problem')?.problem.code,
    );
    expect(calls()).toEqual([]);
  });

  it.each<[string, string, object, [number, string]]>([
    ['there is no token', path, {}, [401, 'unauthorized']],
    [
      'a page of others asks',
      path,
      { ...bearer, origin: 'http://evil.example' },
      [403, 'origin-foreign'],
    ],
    [
      'it is for another host',
      path,
      { ...bearer, host: 'evil.example' },
      [421, 'misdirected-request'],
    ],
    ['there is no such job', path.replace('web', 'other'), bearer, [404, 'job-unknown']],
    ['it has no such instance', path.replace('0', '7'), bearer, [404, 'instance-unknown']],
    ['it is no number', path.replace('/0/', '/x/'), bearer, [400, 'invalid-field']],
    ['there is nothing', '/api/v1/nothing', bearer, [404, 'route-unknown']],
  ])('is a problem, and no connection, where %s', async (_when, to, headers, expected) => {
    await place();
    expect(await refusal(to, headers)).toEqual(expected);
  });

  it('is a problem for whoever asks for no WebSocket, or for another protocol on it', async () => {
    await place();
    const answer = await manager.get(path);
    expect([answer.status, answer.headers.get('upgrade')]).toEqual([426, 'websocket']);
    expect(await refusal(path, bearer, ['other'])).toEqual([426, 'upgrade-required']);
  });

  it('leaves an address as it is that takes no upgrade', async () => {
    await place();
    expect(await refusal('/health/live', {})).toEqual([200, undefined]);
  });
});

describe('A command that is run through another manager than the leader', () => {
  let follower: TestManager;
  const lease = { leading: false, leader: '' };

  beforeEach(async () => {
    const processes = [] as const;
    const proof = () => ClusterProof.of(token, Buffer.alloc(32, 7), systemPorts());
    const own = { leading: true, leader: '' };
    const leadership = { status: own, processes };
    manager = await started({ ports, token, proof: await proof(), leadership });
    own.leader = manager.url;
    lease.leader = manager.url;
    follower = await startTestManager({
      ...{ token, proof: await proof(), ports: systemPorts() },
      leadership: { status: lease, processes },
    });
    open.push(follower);
  });

  it('goes there, both ways, and is on record as of whoever asked', async () => {
    await place();
    const client = await connected(follower);
    client.ask({ type: 'start', command: ['cat'], input: true });
    const call = await openedCall();
    say(call, { says: 'opened', room: 100 });
    client.input('hello');
    await until(() => calls().some((each) => each.call === 'input'));
    data(call, 0, 'hello');
    say(call, { says: 'end', sequence: 1, exitCode: 0 });
    await until(() => client.closed);
    expect([client.said.out, client.tells('exit')?.exitCode]).toEqual(['hello', 0]);
    expect(ofType('ExecStarted')).toMatchObject([{ by: 'api/token' }]);
  });

  it.each(['leader', 'follower'] as const)(
    'ends in the moment in which the %s reads that its token is revoked',
    async (which) => {
      await place();
      const shown = newToken();
      const anna = { type: 'GrantToken', name: 'anna', role: 'operator', nodes: null } as const;
      const given = { hash: hashOfToken(shown), expiresAt: Number.MAX_SAFE_INTEGER };
      for (const each of [manager, follower]) await each.submit({ ...anna, ...given });
      const client = await connected(follower, { authorization: `Bearer ${shown}` });
      client.ask({ type: 'start', command: ['sh'] });
      say(await openedCall(), { says: 'opened', room: 100 });
      await until(() => client.tells('started'));
      const reads = which === 'leader' ? manager : follower;
      await reads.submit({ type: 'RevokeToken', name: 'anna' });
      await until(() => client.closed);
      await until(() => ofType('ExecEnded').length > 0);
      expect(ofType('ExecEnded')).toMatchObject([{ by: 'api/anna' }]);
      expect(calls().at(-1)).toMatchObject({ call: 'close' });
    },
  );

  it('is refused as the leader refuses it', async () => {
    await place();
    const url = `${follower.url.replace('http', 'ws')}${path.replace('web', 'other')}`;
    const socket = new WebSocket(url, [execProtocol], { headers: bearer });
    socket.on('error', () => {});
    const [, answer] = (await once(socket, 'unexpected-response')) as [
      unknown,
      { statusCode: number },
    ];
    expect(answer.statusCode).toBe(404);
  });

  it('breaks off when another one leads', async () => {
    await place();
    const client = await connected(follower);
    client.ask({ type: 'start', command: ['cat'], input: true });
    say(await openedCall(), { says: 'opened', room: 100 });
    await until(() => client.tells('started'));
    lease.leader = 'http://127.0.0.1:9';
    expect(await until(() => client.closed)).toMatchObject({ code: 1_006 });
    // The leader hears it, and has its worker hang up.
    await until(() => calls().some((each) => each.call === 'close'));
  });
});

import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parseRegistration } from '@oakring/contracts';
import { nativeUp } from '@oakring/contracts/native';
import { systemPorts } from '@oakring/ports';
import type { WorkerOptions } from '../config/worker-options.js';
import { Cgroups } from '../runtimes/cgroups/cgroups.js';
import { until } from '../runtimes/testing/processes.js';
import { startWorker, type RunningWorker } from '../start-worker.js';
import {
  playManager,
  startTestBroker,
  type ManagerByHand,
  type TestBroker,
} from './testing/manager-by-hand.js';

let broker: TestBroker;
let manager: ManagerByHand;
let folder: string;
let workers: RunningWorker[];
let log: string[];

beforeEach(async () => {
  broker = await startTestBroker();
  manager = await playManager(broker.url, 'w1');
  folder = mkdtempSync(join(tmpdir(), 'oakring-worker-'));
  workers = [];
  log = [];
});
afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.stop()));
  await manager.end();
  await broker.stop();
  rmSync(folder, { recursive: true });
});

describe('A worker and its manager', () => {
  it('registers with all that it is, and says online', async () => {
    await started();
    await manager.next('status');
    expect(manager.heard.map(({ kind }) => kind)).toEqual(['registration', 'status']);
    expect(manager.heard[1]?.body).toEqual({ status: 'online', incarnation: 1 });
    const registration = manager.heard[0]?.body ?? {};
    expect(registration).toEqual({
      id: 'w1',
      name: 'worker one',
      ip: '127.0.0.1',
      port: 0,
      incarnation: 1,
      startId: expect.any(String),
      capacity: { cpuMillis: 1_000, memoryMiB: 1_000 },
      labels: { zone: 'north' },
      technologies: ['simulated'],
      acknowledges: true,
      enforcesStop: true,
      features: [
        'logs',
        'logs-not-before',
        'simulated:args',
        'simulated:health',
        'simulated:working-directory',
      ],
    });
    expect(parseRegistration(registration)).toMatchObject({ ok: true, value: { extra: {} } });
  });

  it('hears what is said to it from its first word on', async () => {
    await started();
    // The answer is out before the registration: it counts on the subscription alone.
    await manager.next('status');
    await manager.accept();
    await manager.next('state');
  });

  it('repeats the registration until it is answered, then no more', async () => {
    await started();
    await manager.next('registration');
    await manager.next('registration');
    await manager.accept();
    await manager.next('state');
    const before = countOf('registration');
    // Longer than any pause between the first repetitions.
    for (let reading = 0; reading < 25; reading += 1) await manager.next('information');
    expect(countOf('registration')).toBe(before);
  });

  it('sends numbered readings at the pace that it was told', async () => {
    const worker = await registered();
    expect(worker.refusedBecause).toBeNull();
    await manager.order({ commandId: 'c1' });
    await manager.next('acks', ({ phase }) => phase === 'succeeded');
    const reading = await manager.next('information', ({ instances }) => lengthOf(instances) === 1);
    expect(reading).toEqual({
      cpu: 5,
      memory: 3.2,
      incarnation: 1,
      sequence: expect.any(Number),
      instances: [{ job: 'web', instance: 0, generation: 1, cpu: 5, memory: 3.2 }],
    });
    expect(nativeUp.information.decode(Buffer.from(JSON.stringify(reading)))).toMatchObject({
      ok: true,
    });
    await manager.next('information');
    const sequences = manager.heard
      .filter(({ kind }) => kind === 'information')
      .map(({ body }) => body['sequence']);
    expect(sequences).toEqual(sequences.map((_, index) => index + 1));
  });

  it('carries out a deploy once, however often it is ordered, and acknowledges each', async () => {
    await registered();
    await manager.order({});
    await manager.order({ attempt: 2 });
    await manager.order({ attempt: 3 });
    const phases: unknown[] = [];
    for (let ack = 0; ack < 4; ack += 1) phases.push((await manager.next('acks'))['phase']);
    // What is under way is joined: its end answers all three.
    expect(phases).toEqual(['received', 'received', 'received', 'succeeded']);
    await manager.order({ attempt: 4 });
    expect(await manager.next('acks')).toMatchObject({ phase: 'received' });
    expect(await manager.next('acks')).toMatchObject({ phase: 'succeeded' });
    expect(await stateAfterRequest('r1')).toEqual({
      incarnation: 1,
      requestId: 'r1',
      at: expect.stringMatching(/^\d{4}-.*Z$/),
      instances: [
        {
          ...{ job: 'web', instance: 0, generation: 1, status: 'running' },
          runningMs: expect.any(Number),
        },
      ],
    });
  });

  it('deletes what it is told to delete', async () => {
    await registered();
    await manager.order({});
    await manager.order({ command: 'delete', commandId: 'c2' });
    const ack = await manager.next('acks', ({ commandId, phase }) => {
      return commandId === 'c2' && phase === 'succeeded';
    });
    expect(ack).toMatchObject({ generation: 1, incarnation: 1 });
    expect(await stateAfterRequest('r1')).toMatchObject({ instances: [] });
  });

  it('keeps its token to itself and shows it at its next start', async () => {
    const first = await started();
    await manager.next('registration');
    await manager.accept({ token: 'proof' });
    const file = join(folder, 'w1', 'token');
    await until(() => statSync(file, { throwIfNoEntry: false }) !== undefined);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).toBe('proof');
    await first.stop();
    await started();
    const registration = await manager.next('registration', ({ incarnation }) => incarnation === 2);
    expect(registration).toMatchObject({ token: 'proof' });
  });

  it('presents a token as soon as it keeps it: until then others are given it too', async () => {
    await started();
    expect(await manager.next('registration')).not.toHaveProperty('token');
    await manager.accept({ token: 'proof' });
    expect(await manager.next('registration')).toMatchObject({ token: 'proof', incarnation: 1 });
    expect(readFileSync(join(folder, 'w1', 'token'), 'utf8')).toBe('proof');
    // The same again says nothing new.
    await manager.accept({ token: 'proof' });
    await stateAfterRequest('r1');
    expect(manager.heard.filter(({ kind }) => kind === 'registration')).toHaveLength(2);
  });

  it('says why it is refused, shows it, and goes on trying', async () => {
    const worker = await started();
    await manager.next('registration');
    await manager.say('registered', {
      id: 'w1',
      accepted: false,
      code: 'node-id-taken',
      detail: 'Node w1 is another machine.',
      incarnation: 7,
      epoch: 1,
      at: new Date().toISOString(),
    });
    await until(() => worker.refusedBecause === 'node-id-taken');
    expect(log.join('\n')).toMatch(/refused NOT REGISTERED as w1.*node-id-taken: Node w1 is/);
    await manager.next('registration');
    await manager.accept();
    await until(() => worker.refusedBecause === null);
  });

  it('is not misled by answers to others who claim its id', async () => {
    const worker = await started();
    await manager.next('registration');
    await manager.accept({ incarnation: 9 });
    await manager.next('registration');
    expect(log).toContain('ignored registered: the answer is to start 9');
    await manager.accept({ startId: 'that of another' });
    await manager.accept();
    await manager.next('state');
    await manager.say('registered', { id: 'w1', accepted: false, code: 'node-id-taken' });
    await until(() => log.some((line) => line.includes('another worker claims to be w1')));
    // Told to whoever was before us.
    await manager.say('registered', { accepted: false, code: 'incarnation-stale', incarnation: 1 });
    await stateAfterRequest('r1');
    expect(worker.refusedBecause).toBeNull();
  });
});

describe('A worker', () => {
  it('ignores orders of an epoch below the highest it has seen', async () => {
    await registered({}, { epoch: 5 });
    await manager.order({ epoch: 4, commandId: 'old' });
    await manager.order({ epoch: 6, commandId: 'new' });
    await manager.order({ epoch: 5, commandId: 'late' });
    await manager.say('requests', { request: 'state', requestId: 'late', epoch: 5 });
    expect(await stateAfterRequest('r1', { epoch: 6 })).toMatchObject({ requestId: 'r1' });
    expect(acknowledged()).toEqual(new Set(['new']));
    expect(log).toContain('ignored deploy web/0 of epoch 4, below 5');
    expect(manager.heard.some(({ body }) => body['requestId'] === 'late')).toBe(false);
  });

  it('follows a ledger that was begun anew once that accepts it, whatever its epoch', async () => {
    await started();
    await manager.next('registration');
    await manager.accept({ epoch: 7, ledger: 'A' });
    await manager.order({ epoch: 7, ledger: 'A', commandId: 'a', generation: 5 });
    await manager.next('acks', ({ phase }) => phase === 'succeeded');
    await manager.order({
      epoch: 7,
      ledger: 'A',
      commandId: 'gone',
      command: 'delete',
      generation: 5,
    });
    await manager.next(
      'acks',
      ({ commandId, phase }) => commandId === 'gone' && phase !== 'received',
    );
    const early = { epoch: 1, ledger: 'B', commandId: 'b', generation: 1, digest: 'd' };
    await manager.order(early);
    // It does not know that one yet: it asks.
    await manager.next('registration');
    await manager.accept({ epoch: 1, ledger: 'B' });
    await manager.order(early);
    const done = await manager.next(
      'acks',
      ({ commandId, phase }) => commandId === 'b' && phase !== 'received',
    );
    expect(done).toMatchObject({ phase: 'succeeded', ledger: 'B' });
    expect(log).toContain(
      'ignored deploy web/0 of another ledger (B) than the one we are registered with',
    );
    expect(await stateAfterRequest('r1', { epoch: 1, ledger: 'B' })).toMatchObject({
      ...{ ledger: 'B', instances: [{ job: 'web', generation: 1, digest: 'd' }] },
    });
    // Back to the former one: what it wanted is another ledger’s from now on.
    await manager.order({ epoch: 8, ledger: 'A', commandId: 'late', generation: 6 });
    await stateAfterRequest('r2', { epoch: 1, ledger: 'B' });
    expect(acknowledged()).toEqual(new Set(['a', 'gone', 'b']));
  });

  it('ignores an order that is too old, asks for the time, and obeys what is young by that', async () => {
    await started();
    await manager.next('registration');
    // The manager’s clock is an hour ahead of ours.
    await manager.accept({ at: inHours(1) });
    await manager.order({
      commandId: 'late',
      sentAt: inHours(1, -500),
      expiresAt: inHours(1, -499),
    });
    await manager.next('registration');
    // It was set back: what it sends now looks an hour old.
    await manager.accept({ at: inHours(0) });
    await manager.order({ commandId: 'young', sentAt: inHours(0), expiresAt: inHours(0, 60_000) });
    await manager.next('acks', ({ commandId }) => commandId === 'young');
    expect(acknowledged()).toEqual(new Set(['young']));
    expect(log.find((line) => line.startsWith('ignored '))).toMatch(
      /^ignored deploy web\/0: it may be \d+ s old, of 0 at most$/,
    );
  });

  it.each([
    ['an empty payload', ''],
    ['what is not JSON', '{"command":'],
    ['what is not UTF-8', Uint8Array.of(0xc3, 0x28)],
    ['an unknown command', { command: 'explode' }],
    ['an order without a job', { command: 'deploy', commandId: 'x' }],
    ['JSON nested a hundred thousand deep', `{"command":${'['.repeat(1e5)}${']'.repeat(1e5)}}`],
    ['300 kB', { command: 'x'.repeat(300_000) }],
  ])('survives %s on each of its topics', async (_what, payload) => {
    await registered();
    for (const kind of ['controls', 'registered', 'requests', 'leases', 'accepted']) {
      await manager.say(kind, payload);
    }
    await manager.order({ commandId: 'good' });
    const isDone = ({ commandId, phase }: Record<string, unknown>): boolean =>
      commandId === 'good' && phase === 'succeeded';
    expect(await manager.next('acks', isDone)).toMatchObject({ reason: null });
    expect(log.some((line) => line.startsWith('ignored '))).toBe(true);
  });

  it('ignores an order that the broker kept', async () => {
    await manager.say('controls', { command: 'deploy' }, true);
    await registered();
    await stateAfterRequest('r1');
    expect(log).toContain('ignored nodes/w1/controls: the message was retained');
  });

  it('leaves its last will when its connection breaks, and comes back by itself', async () => {
    await registered();
    await manager.order({});
    await manager.next('acks', ({ phase }) => phase === 'succeeded');
    expect(await manager.next('status')).toEqual({ status: 'online', incarnation: 1 });
    broker.cutNewest();
    expect(await manager.next('status')).toEqual({ status: 'offline', incarnation: 1 });
    expect(await manager.next('status')).toEqual({ status: 'online', incarnation: 1 });
    await manager.next('registration');
    await manager.accept();
    // The complete state follows each registration; what ran went on running.
    const state = await manager.next('state');
    expect(state).toMatchObject({ instances: [{ job: 'web', status: 'running' }] });
    expect(state).not.toHaveProperty('requestId');
  });

  it('has its last will kept by the broker for whoever comes later', async () => {
    await registered();
    broker.cutNewest();
    await manager.next('status', ({ status }) => status === 'offline');
    // Before the worker is back: its first pause is random, but its own `online` follows this.
    const later = await playManager(broker.url, 'w1');
    await later.next('status');
    expect(later.heard.find(({ kind }) => kind === 'status')?.retained).toBe(true);
    await later.end();
  });

  it('waits for a broker that is away, at its start and later', async () => {
    await manager.end();
    await broker.stop();
    await started();
    await until(() => log.some((line) => line.includes('ECONNREFUSED')));
    await broker.start();
    manager = await playManager(broker.url, 'w1');
    await manager.next('registration');
    await manager.accept();
    await manager.next('state');
    await manager.end();
    await broker.stop();
    await broker.start();
    manager = await playManager(broker.url, 'w1');
    await manager.next('registration');
    expect(log.filter((line) => line.startsWith('disconnected'))).toHaveLength(2);
  });

  it('says offline when it is stopped, and then nothing', async () => {
    const worker = await registered();
    await manager.next('information');
    await worker.stop();
    const last = await manager.next('status', ({ status }) => status === 'offline');
    expect(last).toEqual({ status: 'offline', incarnation: 1, stopped: true });
    expect(manager.heard.at(-1)?.body).toEqual(last);
    const later = await playManager(broker.url, 'w1');
    expect(await later.next('status')).toEqual(last);
    expect(later.heard[0]?.retained).toBe(true);
    await later.end();
  });

  it('reports its state when an instance ends by itself', async () => {
    await registered({ runtimes: ['process'] });
    const job = { id: 'web', technology: 'process', cmd: ['/bin/sh', '-c', 'echo oh >&2; exit 5'] };
    await manager.order({ job });
    const state = await manager.next('state', ({ instances }) => lengthOf(instances) === 1);
    expect(state).toMatchObject({
      instances: [{ job: 'web', status: 'failed', reason: 'exit code 5: oh' }],
    });
  });
});

describe('A worker whose runtimes cannot hold their instances together', () => {
  it('does not say that it enforces a stop, and says what it cannot promise', async () => {
    const groups = await Cgroups.open(`a test of ${folder}`, systemPorts().timers);
    await started({ runtimes: ['process'] });
    const registration = await manager.next('registration');
    // Which of the two this machine can show depends on what it lets us do with cgroups.
    expect(registration['enforcesStop']).toBe(typeof groups === 'string' ? undefined : true);
    const told = log.some((line) => line.startsWith('limited cgroups cannot be used'));
    expect(told).toBe(typeof groups === 'string');
  });
});

describe('Workers', () => {
  it('run side by side in one process', async () => {
    const other = await playManager(broker.url, 'w2');
    await Promise.all([started(), started({ id: 'w2' })]);
    await Promise.all([manager.next('registration'), other.next('registration')]);
    await Promise.all([manager.accept(), other.accept()]);
    await manager.order({});
    await manager.next('acks', ({ phase }) => phase === 'succeeded');
    await other.next('information');
    expect(other.heard.some(({ kind }) => kind === 'acks')).toBe(false);
    await other.end();
  });

  it('count each start, whatever ended the one before', async () => {
    for (const incarnation of [1, 2, 3]) {
      const worker = await started();
      expect(worker.incarnation).toBe(incarnation);
      await worker.stop();
    }
  });
});

async function started(more: Partial<WorkerOptions> = {}): Promise<RunningWorker> {
  const id = more.id ?? 'w1';
  const options: WorkerOptions = {
    id,
    name: 'worker one',
    mqttUrl: broker.url,
    username: null,
    password: null,
    dataFolder: join(folder, id),
    runtimes: ['simulated'],
    capacity: { cpuMillis: 1_000, memoryMiB: 1_000 },
    labels: { zone: 'north' },
    ip: '127.0.0.1',
    port: 0,
    startDelayMs: 0,
    dockerHost: '',
    ...more,
  };
  const worker = await startWorker(options, systemPorts(), (kind, text) => {
    log.push(`${kind} ${text}`);
  });
  workers.push(worker);
  return worker;
}

/** Started, accepted, its first state heard. */
async function registered(
  more: Partial<WorkerOptions> = {},
  answer: object = {},
): Promise<RunningWorker> {
  const worker = await started(more);
  await manager.next('registration');
  await manager.accept(answer);
  await manager.next('state');
  return worker;
}

async function stateAfterRequest(requestId: string, more: object = {}) {
  await manager.say('requests', { request: 'state', requestId, epoch: 1, ...more });
  return manager.next('state', (body) => body['requestId'] === requestId);
}

function countOf(wanted: string): number {
  return manager.heard.filter(({ kind }) => kind === wanted).length;
}

function acknowledged(): Set<unknown> {
  return new Set(
    manager.heard.filter(({ kind }) => kind === 'acks').map(({ body }) => body['commandId']),
  );
}

function lengthOf(list: unknown): number {
  return Array.isArray(list) ? list.length : -1;
}

function inHours(hours: number, moreMs = 0): string {
  return new Date(Date.now() + hours * 3_600_000 + moreMs).toISOString();
}

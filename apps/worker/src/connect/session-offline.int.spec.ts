import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { stateHash, type JsonObject } from '@oakring/contracts';
import { nativeUp } from '@oakring/contracts/native';
import { systemPorts, type Ports } from '@oakring/ports';
import { rememberedOf } from '../memory/parse-remembered.js';
import type { HistoryEntry } from '../memory/worker-store.port.js';
import { until } from '../runtimes/testing/processes.js';
import { startWorker, type RunningWorker } from '../start-worker.js';
import {
  playManager,
  startTestBroker,
  type ManagerByHand,
  type TestBroker,
} from './testing/manager-by-hand.js';

/** How long an instance runs here: until the test lets it end. */
const runMs = 3_600_000;
/** A history is repeated after this long: here, when the test says so. */
const repeatMs = 5_000;
const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

let broker: TestBroker;
let manager: ManagerByHand;
let folder: string;
let workers: RunningWorker[];
let log: string[];
let hand: HandTimers;

beforeEach(async () => {
  broker = await startTestBroker();
  manager = await playManager(broker.url, 'w1');
  folder = mkdtempSync(join(tmpdir(), 'oakring-offline-'));
  workers = [];
  log = [];
  hand = timersByHand([runMs, repeatMs]);
});
afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.stop()));
  await manager.end();
  await broker.stop();
  rmSync(folder, { recursive: true });
});

describe('A worker without a link', () => {
  it('hands in what ended meanwhile, once it is registered again', async () => {
    await registered();
    await running('failed');
    await linkLost();
    hand.fire(runMs);
    await until(() => recorded().length === 1);
    await linkBack();
    await manager.next('registration');
    expect(countOf('history')).toBe(0);
    await manager.accept();
    const history = await manager.next('history');
    expect(history).toEqual({
      incarnation: 1,
      from: 1,
      entries: [
        {
          ...{ sequence: 1, at: expect.stringMatching(isoTime), kind: 'failed' },
          ...{ job: 'web', instance: 0, generation: 1, detail: 'told to have failed' },
        },
      ],
    });
    const payload = Buffer.from(JSON.stringify(history));
    expect(nativeUp.history.decode(payload)).toMatchObject({ ok: true });
    expect(await manager.next('state')).toMatchObject({
      instances: [{ job: 'web', status: 'failed', reason: 'told to have failed' }],
    });
  });

  it('repeats it until it is accepted, and has it on its disk until then', async () => {
    await registered();
    await endedOffline();
    const first = await manager.next('history');
    hand.fire(repeatMs);
    expect(await manager.next('history')).toEqual(first);
    expect(recorded()).toHaveLength(1);
    await manager.say('accepted', { upTo: 1, epoch: 1 });
    await until(() => recorded().length === 0);
    expect(hand.pending(repeatMs)).toBe(0);
  });

  it('goes on with it at its next start when nobody accepted it', async () => {
    await registered();
    await endedOffline();
    await manager.next('history');
    await workers[0]?.stop();
    await started();
    await manager.next('registration', ({ incarnation }) => incarnation === 2);
    await manager.accept({ incarnation: 2 });
    expect(await manager.next('history')).toMatchObject({
      ...{ incarnation: 2, from: 1 },
      entries: [
        { sequence: 1, kind: 'failed' },
        { sequence: 2, kind: 'worker-started' },
      ],
    });
  });

  it('is not told to forget by a leadership that has ended', async () => {
    await registered({ epoch: 5 });
    await endedOffline({ epoch: 5 });
    await manager.next('history');
    await manager.say('accepted', { upTo: 1, epoch: 4 });
    await manager.say('accepted', { upTo: 'everything', epoch: 5 });
    await requested({ requestId: 'r1', epoch: 5 });
    expect(recorded()).toHaveLength(1);
  });

  it('dates it by the clock of the manager', async () => {
    const anHourAgo = new Date(Date.now() - 3_600_000).toISOString();
    await registered({ at: anHourAgo });
    await endedOffline({ at: anHourAgo });
    const at = Date.parse(entriesOf(await manager.next('history'))[0]?.at ?? '');
    expect(Math.abs(at - Date.parse(anHourAgo))).toBeLessThan(600_000);
  });

  it('starts again what it is to run, and tells of it later', async () => {
    const worker = await registered();
    await running('completed');
    await worker.stop();
    await brokerAway();
    await started();
    await until(() => recorded().length === 3);
    await linkBack();
    await manager.next('registration');
    await manager.accept({ incarnation: 2 });
    const history = await manager.next('history');
    expect(history).toMatchObject({ incarnation: 2, from: 1 });
    const address = { job: 'web', instance: 0, generation: 1 };
    const at = expect.stringMatching(isoTime);
    expect(history['entries']).toEqual([
      { sequence: 1, at, kind: 'worker-started' },
      { sequence: 2, at, kind: 'restarted', ...address },
      { sequence: 3, at, kind: 'resumed', ...address },
    ]);
    expect(await manager.next('state', ({ instances }) => isOne(instances))).toMatchObject({
      instances: [{ ...address, status: 'running' }],
    });
    // The order of its start, repeated, starts nothing more.
    await manager.order({ job: scripted('completed'), attempt: 2 });
    await manager.next('acks', ({ phase, reason }) => phase === 'succeeded' && reason !== null);
    expect(hand.pending(runMs)).toBe(1);
  });
});

describe('A worker with a link', () => {
  it('reports what ends in its state, and puts nothing of it into its history', async () => {
    await registered();
    await running('failed');
    hand.fire(runMs);
    await manager.next('state', ({ instances }) => isOne(instances));
    broker.cutNewest();
    await manager.next('registration');
    await manager.accept();
    await requested({ requestId: 'r1' });
    expect([countOf('history'), recorded()]).toEqual([0, []]);
  });

  it('answers a hash that is its own by the hash, and any other by the complete list', async () => {
    await registered();
    await running('completed');
    const address = { job: 'web', instance: 0, generation: 1, status: 'running' };
    const hash = stateHash([address]);
    const same = await requested({ requestId: 'r1', hash });
    expect(same).toEqual({ incarnation: 1, requestId: 'r1', hash });
    for (const other of [stateHash([]), '', 7, null]) {
      const requestId = `other ${JSON.stringify(other)}`;
      expect(await requested({ requestId, hash: other })).toMatchObject({ instances: [address] });
    }
  });

  it('answers the hash of nothing where all has ended', async () => {
    await registered();
    await running('completed');
    hand.fire(runMs);
    await manager.next('state', ({ instances }) => isOne(instances));
    const hash = stateHash([]);
    const same = await requested({ requestId: 'r1', hash });
    expect(same).toEqual({ incarnation: 1, requestId: 'r1', hash });
  });

  it('says last what is left when it stops, and then that it is offline on purpose', async () => {
    const worker = await registered();
    await running('completed');
    await worker.stop();
    const offline = { status: 'offline', incarnation: 1, stopped: true };
    expect(await manager.next('status', ({ status }) => status === 'offline')).toEqual(offline);
    expect(manager.heard.slice(-2).map(({ kind, body }) => ({ kind, body }))).toEqual([
      {
        kind: 'state',
        body: { incarnation: 1, at: expect.any(String), final: true, instances: [] },
      },
      { kind: 'status', body: offline },
    ]);
    const later = await playManager(broker.url, 'w1');
    await later.next('status');
    expect(later.heard).toMatchObject([{ kind: 'status', body: offline, retained: true }]);
    await later.end();
  });
});

async function started(): Promise<RunningWorker> {
  const options = {
    ...{ id: 'w1', name: 'worker one', mqttUrl: broker.url, username: null, password: null },
    ...{ dataFolder: join(folder, 'w1'), runtimes: ['simulated' as const], labels: {} },
    ...{ capacity: { cpuMillis: 1_000, memoryMiB: 1_000 }, ip: '127.0.0.1', port: 0 },
    ...{ startDelayMs: 0, dockerHost: '' },
  };
  const worker = await startWorker(options, hand.ports, (kind, text) => {
    log.push(`${kind} ${text}`);
  });
  workers.push(worker);
  return worker;
}

/** Started, accepted, its first state heard. */
async function registered(answer: object = {}): Promise<RunningWorker> {
  const worker = await started();
  await manager.next('registration');
  await manager.accept(answer);
  await manager.next('state');
  return worker;
}

function scripted(exit: 'completed' | 'failed'): object {
  return { id: 'web', name: 'web', technology: 'simulated', simulate: { runMs, exit } };
}

/** An instance runs, and its start is as good as written down. */
async function running(exit: 'completed' | 'failed', epoch = 1): Promise<void> {
  await manager.order({ job: scripted(exit), epoch });
  await manager.next('acks', ({ phase }) => phase === 'succeeded');
}

async function brokerAway(): Promise<void> {
  await manager.end();
  await broker.stop();
}

async function linkLost(): Promise<void> {
  await brokerAway();
  await until(() => log.some((line) => line.startsWith('disconnected')));
}

async function linkBack(): Promise<void> {
  await broker.start();
  manager = await playManager(broker.url, 'w1');
}

/** An instance ended while there was no link; the worker is registered again since. */
async function endedOffline(answer: { epoch?: number; at?: string } = {}): Promise<void> {
  await running('failed', answer.epoch);
  await linkLost();
  hand.fire(runMs);
  await until(() => recorded().length === 1);
  await linkBack();
  await manager.next('registration');
  await manager.accept(answer);
  await manager.next('state');
}

async function requested(more: { requestId: string } & JsonObject): Promise<JsonObject> {
  await manager.say('requests', { request: 'state', epoch: 1, ...more });
  return manager.next('state', ({ requestId }) => requestId === more.requestId);
}

/** The worker's small log, as it lies on its disk. */
function recorded(): readonly HistoryEntry[] {
  try {
    const text = readFileSync(join(folder, 'w1', 'memory.json'), 'utf8');
    return rememberedOf(text)?.history.entries ?? [];
  } catch {
    // Nothing was written yet.
    return [];
  }
}

function entriesOf(history: JsonObject): HistoryEntry[] {
  // A worker wrote it; what is wrong with it shows in the test.
  return history['entries'] as HistoryEntry[];
}

function countOf(wanted: string): number {
  return manager.heard.filter(({ kind }) => kind === wanted).length;
}

function isOne(list: unknown): boolean {
  return Array.isArray(list) && list.length === 1;
}

interface HandTimers {
  readonly ports: Ports;
  /** Everything that waits for this long happens now. */
  fire(delayMs: number): void;
  pending(delayMs: number): number;
}

/** Real ports, but for what waits for one of these times. */
function timersByHand(delaysMs: readonly number[]): HandTimers {
  const real = systemPorts();
  const waiting = new Map<symbol, { delayMs: number; work: () => void }>();
  const due = (delayMs: number) => [...waiting].filter(([, each]) => each.delayMs === delayMs);
  const after: Ports['timers']['after'] = (delayMs, work) => {
    if (!delaysMs.includes(delayMs)) return real.timers.after(delayMs, work);
    const key = Symbol();
    waiting.set(key, { delayMs, work });
    return { cancel: () => void waiting.delete(key) };
  };
  const { every, sleep, soon } = real.timers;
  const timers = {
    after,
    every: every.bind(real.timers),
    sleep: sleep.bind(real.timers),
    soon: soon.bind(real.timers),
  };
  return {
    ports: { ...real, timers },
    fire: (delayMs) => {
      for (const [key, { work }] of due(delayMs)) {
        waiting.delete(key);
        work();
      }
    },
    pending: (delayMs) => due(delayMs).length,
  };
}

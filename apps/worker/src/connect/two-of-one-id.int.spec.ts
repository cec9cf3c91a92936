import { cpSync, lstatSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { systemPorts } from '@oakring/ports';
import { processesWith } from '../runtimes/testing/processes.js';
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

beforeEach(async () => {
  broker = await startTestBroker();
  manager = await playManager(broker.url, 'w1');
  folder = mkdtempSync(join(tmpdir(), 'oakring-two-'));
  workers = [];
});
afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.stop()));
  await manager.end();
  await broker.stop();
  rmSync(folder, { recursive: true });
});

describe('A worker whose data folder was copied', () => {
  it('stops what it runs, says so and ends when the copy has registered', async () => {
    const first = await started('original');
    const { startId } = await manager.next('registration');
    await manager.accept({ startId });
    const job = { id: 'web', technology: 'process', cmd: ['/bin/sh', '-c', 'sleep 600', folder] };
    await manager.order({ job });
    await manager.next('acks', ({ phase }) => phase === 'succeeded');
    expect(processesWith(folder)).not.toEqual([]);

    cpSync(join(folder, 'original'), join(folder, 'copy'), {
      recursive: true,
      filter: (path) => !/memory|\.sock/.test(path) && !lstatSync(path).isFIFO(),
    });
    await started('copy');
    const copied = await manager.next('registration', ({ incarnation }) => incarnation === 2);
    await manager.accept({ incarnation: 2, startId: copied['startId'] });

    await expect(first.failed).rejects.toMatchObject({
      code: 'node-run-elsewhere',
      message: expect.stringMatching(/Start 2 of worker w1 has taken the place.*start 1/),
    });
    expect(processesWith(folder)).toEqual([]);
    expect(await manager.next('status', ({ superseded }) => superseded === true)).toEqual({
      status: 'offline',
      incarnation: 1,
      superseded: true,
    });
    // What it ran is the copy's now: not begun again by a restart, which says that it yields.
    await first.stop();
    expect(memoryOf('original')).toMatchObject({ instances: [] });
    await started('original');
    expect(await manager.next('registration', ({ yields }) => yields === true)).toMatchObject({
      incarnation: 2,
    });
  });

  it('is heard by the copy, whose last word is not kept in the place of ours', async () => {
    const first = await started('original');
    await manager.next('registration');
    await manager.accept();
    await manager.next('state');
    await manager.accept({ incarnation: 2 });
    await expect(first.failed).rejects.toMatchObject({ code: 'node-run-elsewhere' });
    const later = await playManager(broker.url, 'w1');
    await later.next('status');
    expect(later.heard).toMatchObject([{ body: { status: 'online' }, retained: true }]);
    await later.end();
  });

  it('does not share one number with the copy: the second to come takes the next', async () => {
    await started('original');
    const { startId } = await manager.next('registration');
    await manager.accept({ startId });
    await manager.next('state');
    const second = await started('copy');
    const claim = await manager.next('registration', (body) => body['startId'] !== startId);
    // The first one hears this too.
    await manager.say('registered', {
      ...{ id: 'w1', accepted: false, code: 'incarnation-stale', detail: 'Taken.', epoch: 1 },
      ...{ incarnation: 1, startId: claim['startId'] },
    });
    await manager.next('registration', ({ incarnation }) => incarnation === 2);
    expect(second.incarnation).toBe(2);
    expect(workers[0]?.refusedBecause).toBeNull();
    expect(readFileSync(join(folder, 'copy', 'incarnation'), 'utf8')).toBe('2');
  });
});

describe('A worker that was restored from an older copy', () => {
  it('goes on at once above the number that the manager knows, under a last will of that', async () => {
    const worker = await started('original');
    await manager.next('registration');
    const stale = { accepted: false, code: 'incarnation-stale', detail: 'Older.', epoch: 1 };
    await manager.say('registered', { ...stale, incarnation: 41 });
    await manager.next('registration', ({ incarnation }) => incarnation === 42);
    await manager.accept({ incarnation: 42 });
    expect(await manager.next('state')).toMatchObject({ incarnation: 42 });
    expect(worker).toMatchObject({ incarnation: 42, refusedBecause: null });
    broker.cutNewest();
    await manager.next(
      'status',
      (body) => body['incarnation'] === 42 && body['status'] === 'offline',
    );
  });

  it('comes down when the manager finds its number implausible', async () => {
    await started('original');
    await manager.next('registration');
    await manager.accept();
    await workers[0]?.stop();
    await started('original');
    await manager.next('registration', ({ incarnation }) => incarnation === 2);
    const refused = { accepted: false, code: 'incarnation-implausible', detail: 'No.', epoch: 1 };
    await manager.say('registered', { ...refused, incarnation: 0 });
    await manager.next('registration', ({ incarnation }) => incarnation === 1);
  });
});

async function started(name: string): Promise<RunningWorker> {
  const worker = await startWorker(
    {
      ...{ id: 'w1', name: 'w1', mqttUrl: broker.url, username: null, password: null },
      ...{ dataFolder: join(folder, name), runtimes: ['process'], labels: {}, ip: '10.0.0.1' },
      ...{ capacity: null, port: 0, startDelayMs: 0, dockerHost: '' },
    },
    systemPorts(),
    () => {},
  );
  workers.push(worker);
  return worker;
}

function memoryOf(name: string): unknown {
  return JSON.parse(readFileSync(join(folder, name, 'memory.json'), 'utf8'));
}

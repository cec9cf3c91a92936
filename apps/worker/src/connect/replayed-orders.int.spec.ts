import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { seededRandomness, systemPorts } from '@oakring/ports';
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
let worker: RunningWorker | null = null;

beforeEach(async () => {
  broker = await startTestBroker();
  manager = await playManager(broker.url, 'w1');
  folder = mkdtempSync(join(tmpdir(), 'oakring-replayed-'));
});
afterEach(async () => {
  await worker?.stop();
  await manager.end();
  await broker.stop();
  rmSync(folder, { recursive: true });
});

const seed = 43;

describe('Orders that somebody says again', () => {
  it('change nothing, in whatever order they come', async () => {
    worker = await startWorker(
      {
        ...{ id: 'w1', name: 'worker one', mqttUrl: broker.url, username: null, password: null },
        ...{ dataFolder: join(folder, 'w1'), runtimes: ['simulated'], labels: {}, port: 0 },
        capacity: { cpuMillis: 1_000, memoryMiB: 1_000 },
        ...{ ip: '127.0.0.1', startDelayMs: 0, dockerHost: '' },
      },
      systemPorts(),
      () => {},
    );
    await manager.next('registration');
    await manager.accept({ ledger: 'A' });
    await manager.next('state');
    const said = [
      { commandId: 'deploy-1', generation: 1 },
      { commandId: 'delete-1', generation: 1, command: 'delete' },
      { commandId: 'deploy-2', generation: 2 },
      { commandId: 'other', generation: 1, instance: 1 },
      { commandId: 'end-other', generation: 1, instance: 1, command: 'delete' },
    ].map((order) => ({ ...order, ledger: 'A' }));
    for (const order of said) {
      await manager.order(order);
      await manager.next(
        'acks',
        ({ commandId, phase }) => commandId === order.commandId && phase === 'succeeded',
      );
    }
    const randomness = seededRandomness(seed);
    for (let round = 0; round < 20; round += 1) {
      const again = said.toSorted(() => randomness.integer(3) - 1);
      for (const order of again) await manager.order({ ...order, attempt: round + 2 });
      const requestId = `after ${round}`;
      await manager.say('requests', { request: 'state', requestId, epoch: 1, ledger: 'A' });
      const { instances } = await manager.next('state', (body) => body['requestId'] === requestId);
      expect([seed, round, instances]).toEqual([
        ...[seed, round],
        [expect.objectContaining({ job: 'web', instance: 0, generation: 2, status: 'running' })],
      ]);
    }
  });
});

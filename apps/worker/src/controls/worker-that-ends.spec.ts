import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Control } from '@oakring/contracts';
import { simulatedPorts, type SimulatedPorts } from '@oakring/ports';
import { Leases } from '../lease/leases.js';
import { nothingRemembered, type Remembered } from '../memory/worker-store.port.js';
import type { FoundInstance } from '../runtimes/runtime.port.js';
import { ManualRuntime } from '../runtimes/testing/manual.runtime.js';
import { Instances } from './instances.js';

const job = { id: 'web', name: 'web', image: 'web:1', technology: 'simulated' };
const leased = { ...job, onDisconnect: { stopOnWorkerAfterMs: 20_000 } };
const found: FoundInstance = {
  ...{ job: 'web', instance: 0, generation: 1, ledger: 'l1', digest: 'd1' },
  ...{ status: 'running', reason: 'found' },
};

let ports: SimulatedPorts;
let leases: Leases;
let runtime: ManualRuntime;
let renewed: number[];
let refusal: string | null;
let acks: object[];

beforeEach(() => {
  ports = simulatedPorts();
  leases = new Leases(ports.clock);
  renewed = [];
  refusal = null;
  acks = [];
});

async function started(description: Control['job'] | null = null, digest = 'd1') {
  runtime = new ManualRuntime();
  const renew = (_address: unknown, leftMs: number): number => renewed.push(leftMs);
  Object.assign(runtime, { outlives: true, renew, found: description === null ? [] : [found] });
  const instances = new Instances({
    allowed: {},
    ...{ runtimes: [runtime], ports, leases, before: remembered(description, digest), node: 'n1' },
    keep: async () => {},
    acknowledge: (ack) => acks.push(ack),
    news: () => {},
    needsGrant: () => {},
    refuses: () => refusal,
    node: 'n1',
  });
  const adopted = instances.adopt();
  await ports.advance(0);
  return { instances, adopted };
}

function remembered(description: Control['job'] | null, digest: string): Remembered {
  if (description === null) return nothingRemembered;
  const wanted = { instance: 0, generation: 1, status: 'wanted', reason: null } as const;
  const instance = { ...wanted, job: description, ledger: 'l1', digest };
  return { ...nothingRemembered, instances: [instance] };
}

const running = { job: 'web', instance: 0, generation: 1, status: 'running' };

describe('What outlives a worker that stops', () => {
  it('runs on, and is said to', async () => {
    const { instances } = await started(job);
    expect(await instances.close()).toMatchObject([running]);
    expect(runtime.stops).toEqual([]);
  });

  it('is ended where the worker is told so, and still wanted', async () => {
    const { instances } = await started(job);
    const closing = instances.close(true);
    await ports.advance(0);
    runtime.stops[0]?.succeed();
    expect(await closing).toEqual([]);
    expect(instances.table.snapshot().instances).toMatchObject([{ status: 'wanted' }]);
  });

  it('is said to run on when it could not be ended', async () => {
    const { instances } = await started(job);
    const closing = instances.close(true);
    await ports.advance(0);
    runtime.stops[0]?.fail('it waits for a disk');
    expect(await closing).toMatchObject([running]);
  });
});

describe('What a worker finds of its earlier start', () => {
  it('lives on its runtime’s word until a grant comes, and on grants from then on', async () => {
    const { instances } = await started(leased);
    await ports.advance(60_000);
    expect([instances.list(), runtime.stops]).toMatchObject([[running], []]);
    leases.noteSent(1);
    leases.grant(1);
    expect(renewed).toEqual([20_000]);
    await ports.advance(15_000);
    expect(runtime.stops).toMatchObject([{ key: 'web/0/1' }]);
  });

  it('is ended first where another order has its name by now', async () => {
    const { instances, adopted } = await started(job, 'd2');
    expect(runtime.starts).toEqual([]);
    runtime.stops[0]?.succeed();
    await adopted;
    expect(runtime.starts).toHaveLength(1);
    expect(instances.list()).toMatchObject([{ ...running, status: 'starting', digest: 'd2' }]);
  });
});

describe('A worker whose machine takes nothing new', () => {
  it('refuses to start with the reason, as the machine’s fault, and deletes all the same', async () => {
    const { instances } = await started(job);
    refusal = 'the disk is nearly full';
    await instances.obey(order('deploy', 'c1', 1));
    expect(acks.at(-1)).toMatchObject({
      ...{ commandId: 'c1', phase: 'failed', reason: refusal, fault: 'node' },
    });
    expect(runtime.starts).toEqual([]);
    const deleting = instances.obey(order('delete', 'c2', 0));
    await ports.advance(0);
    runtime.stops[0]?.succeed();
    await deleting;
    expect(acks.at(-1)).toMatchObject({ commandId: 'c2', phase: 'succeeded' });
  });
});

function order(command: 'deploy' | 'delete', commandId: string, instance: number): Control {
  return {
    ...{ command, job, commandId, instance, generation: 1, attempt: 1, epoch: 1 },
    expiresAt: '2026-01-01T00:00:00.000Z',
  };
}

import { beforeEach, describe, expect, it } from '@jest/globals';
import { stateHash, type DiskFull, type JsonObject } from '@oakring/contracts';
import { simulatedPorts, type SimulatedPorts } from '@oakring/ports';
import { MemoryWorkerStore } from '../memory/memory-worker-store.js';
import type { Remembered } from '../memory/worker-store.port.js';
import { SimulatedRuntime } from '../runtimes/simulated.runtime.js';
import { Session } from './session.js';
import type { WorkerLinkListener } from './worker-link.js';

/** A store whose disk is as slow as a test says. */
class SlowStore extends MemoryWorkerStore {
  disk: Promise<void> | null = null;

  override async remember(take: () => Remembered): Promise<void> {
    await this.disk;
    await super.remember(take);
  }
}

let ports: SimulatedPorts;
let store: SlowStore;
let session: Session;
let runtime: SimulatedRuntime;
let link: WorkerLinkListener;
let said: { kind: string; body: JsonObject }[];
let disk: DiskFull | null;

beforeEach(async () => {
  ports = simulatedPorts();
  store = new SlowStore();
  said = [];
  disk = null;
  runtime = new SimulatedRuntime(0, ports);
  session = new Session({
    options: {
      ...{ id: 'w1', name: 'w1', mqttUrl: 'mqtt://simulated', username: null, password: null },
      ...{ dataFolder: '', runtimes: ['simulated'], labels: {}, ip: '10.0.0.1', port: 0 },
      ...{ capacity: { cpuMillis: 1_000, memoryMiB: 1_000 }, startDelayMs: 0, dockerHost: '' },
    },
    ...{ store, runtimes: [runtime], ports, log: () => {} },
    room: {
      get full() {
        return disk;
      },
      problem: null,
      figures: { freeMiB: null, leastMiB: 128 },
    },
    link: (_options, listener) => {
      link = listener;
      const note = (topic: string, payload: string): void => {
        // What a worker says is an object.
        const body = JSON.parse(payload) as JsonObject;
        said.push({ kind: topic.split('/')[2] ?? '', body });
      };
      return {
        start: () => listener.up(),
        publish: note,
        reconnect: () => {},
        stop: async () => {},
      };
    },
  });
  await session.start();
});

describe('The session of a worker', () => {
  it('tells that an instance ended once a restart would not start it again', async () => {
    accept();
    order({ simulate: { runMs: 1_000, exit: 'completed' } });
    await ports.advance(500);
    const { written } = holdDisk();
    said = [];
    await ports.advance(60_000);
    expect(said.filter(({ kind }) => kind === 'state')).toEqual([]);
    written();
    await ports.advance(0);
    expect(said.at(-1)).toMatchObject({
      kind: 'state',
      body: { instances: [{ job: 'web', status: 'completed' }] },
    });
    expect(store.remembered.instances).toMatchObject([{ status: 'completed' }]);
  });

  it('tells with a crash what was printed before it, once, and again to whoever asks', async () => {
    accept();
    order({ simulate: { runMs: 1_000 } });
    await ports.advance(500);
    said = [];
    await ports.advance(1_000);
    const lastLines = ['started', 'told to have failed'];
    const crashed = { job: 'web', status: 'failed', lastLines };
    expect(states()).toMatchObject([{ instances: [crashed] }]);
    order({ simulate: { runMs: 500, exit: 'completed' } }, { instance: 1, commandId: 'c2' });
    await ports.advance(2_000);
    expect(JSON.stringify(states().slice(1))).not.toContain('lastLines');
    ask('r1', 'of something else');
    expect(states().at(-1)).toMatchObject({ requestId: 'r1', instances: [crashed, {}] });
  });

  it('tells when its disk is nearly full, and when it has room again, with the next reading', async () => {
    accept();
    await ports.advance(2_500);
    said = [];
    disk = { freeMiB: 99, leastMiB: 128 };
    await ports.advance(6_000);
    expect(states()).toMatchObject([{ diskFull: disk, instances: [] }]);
    ask('r1', stateHash([]));
    expect(states().at(-1)).toMatchObject({ requestId: 'r1', diskFull: disk });
    ask('r2', stateHash([], true));
    expect(states().at(-1)).toMatchObject({ requestId: 'r2', hash: stateHash([], true) });
    disk = null;
    await ports.advance(2_000);
    expect(states()).toHaveLength(4);
    expect(states().at(-1)).not.toHaveProperty('diskFull');
  });

  it('shows how it stands: what runs with its ports and use, and what was not carried out', async () => {
    accept();
    Object.assign(runtime, { features: ['ports'] });
    order({ ports: ['8080:80', '5353:53/udp'], name: 'shop' });
    order({ technology: 'docker', id: 'other' }, { commandId: 'c2' });
    await ports.advance(500);
    disk = { freeMiB: 99, leastMiB: 128 };
    expect(session.measured.standing()).toMatchObject({
      ...{ node: 'w1', incarnation: 1, isConnected: true, isRegistered: true, epoch: 1 },
      disk: { isFull: true, leastMiB: 128 },
      instances: [
        {
          ...{ job: 'web', name: 'shop', status: 'running', ports: ['8080:80/tcp', '5353:53/udp'] },
          used: { cpuMillis: 50, memoryMiB: 32 },
        },
      ],
      refusedOrders: [
        {
          command: 'deploy',
          job: 'other',
          outcome: 'failed',
          reason: expect.stringContaining('docker'),
        },
      ],
    });
  });

  it('reports once what ended together, however much that is', async () => {
    accept();
    for (let instance = 0; instance < 300; instance += 1) {
      order(
        { simulate: { runMs: 1_000, exit: 'completed' } },
        { instance, commandId: `c${instance}` },
      );
    }
    await ports.advance(500);
    said = [];
    await ports.advance(2_000);
    const states = said.filter(({ kind }) => kind === 'state');
    expect(states.length).toBeLessThan(10);
    const { instances } = states.at(-1)?.body ?? {};
    const statuses = (instances as { status: string }[]).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set(['completed']));
  });

  it('says nothing after its last word, also when it was answered meanwhile', async () => {
    let closed = (): void => {};
    runtime.close = () =>
      new Promise((resolve) => {
        closed = resolve;
      });
    const stopping = session.stop();
    // The link is still up while instances are ended.
    accept();
    closed();
    await stopping;
    said = [];
    await ports.advance(600_000);
    expect(said).toEqual([]);
  });

  it('has stopped once everything is written down', async () => {
    accept();
    order({ simulate: { runMs: 1_000, exit: 'completed' } });
    await ports.advance(500);
    const { written } = holdDisk();
    await ports.advance(1_000);
    let hasStopped = false;
    const stopping = session.stop().then(() => (hasStopped = true));
    await ports.advance(60_000);
    expect(hasStopped).toBe(false);
    written();
    await stopping;
    expect(store.remembered.instances).toMatchObject([{ status: 'completed' }]);
  });

  it('obeys nothing while another machine has its id', async () => {
    const refusal = { id: 'w1', accepted: false, code: 'node-id-taken', detail: 'x', epoch: 1 };
    link.message('nodes/w1/registered', Buffer.from(JSON.stringify(refusal)), false);
    said = [];
    order({});
    const asked = { request: 'state', requestId: 'r1', epoch: 1, at: new Date().toISOString() };
    link.message('nodes/w1/requests', Buffer.from(JSON.stringify(asked)), false);
    await ports.advance(10_000);
    expect([...runtime.runningKeys]).toEqual([]);
    const kinds = new Set(said.map(({ kind }) => kind));
    expect(kinds.has('acks') || kinds.has('state')).toBe(false);
  });

  it('registers anew where its manager knows it no more, and tells what it has', async () => {
    accept();
    order({});
    await ports.advance(500);
    said = [];
    const unknown = { id: 'w1', accepted: false, code: 'node-unknown', detail: 'x', epoch: 1 };
    hear('registered', { ...unknown, incarnation: 0 });
    hear('registered', { ...unknown, incarnation: 0 });
    expect(said.map(({ kind }) => kind)).toEqual(['registration']);
    expect(session.refusedBecause).toBeNull();
    accept();
    expect(said.find(({ kind }) => kind === 'state')).toMatchObject({
      body: { instances: [{ job: 'web', generation: 1, status: 'running' }] },
    });
    expect([...runtime.runningKeys]).toEqual(['web/0/1']);
  });

  it('obeys nothing once it stops', async () => {
    accept();
    await session.stop();
    order({});
    await ports.advance(60_000);
    expect([...runtime.runningKeys]).toEqual([]);
  });
});

/** Nothing is written from now on, until it is. */
function holdDisk(): { written: () => void } {
  let written = (): void => {};
  store.disk = new Promise((resolve) => {
    written = resolve;
  });
  return { written: () => written() };
}

function states(): JsonObject[] {
  return said.filter(({ kind }) => kind === 'state').map(({ body }) => body);
}

function ask(requestId: string, hash: string): void {
  const at = new Date().toISOString();
  hear('requests', { request: 'state', requestId, hash, epoch: 1, at });
}

function accept(): void {
  const answer = { id: 'w1', accepted: true, incarnation: 1, epoch: 1, periodMs: 2_000 };
  hear('registered', answer);
}

function order(more: object, head: object = {}): void {
  hear('controls', {
    command: 'deploy',
    job: { id: 'web', name: 'web', image: 'web:1', technology: 'simulated', ...more },
    ...{ commandId: 'c1', instance: 0, generation: 1, attempt: 1, epoch: 1 },
    expiresAt: '2030-01-01T00:00:00.000Z',
    ...head,
  });
}

function hear(kind: string, payload: object): void {
  link.message(`nodes/w1/${kind}`, Buffer.from(JSON.stringify(payload)), false);
}

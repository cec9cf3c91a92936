import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readScrape } from '@oakring/metrics/testing';
import { systemPorts } from '@oakring/ports';
import {
  playManager,
  startTestBroker,
  type ManagerByHand,
  type TestBroker,
} from '../connect/testing/manager-by-hand.js';
import { startWorker, type RunningWorker } from '../start-worker.js';

let broker: TestBroker;
let manager: ManagerByHand;
let folder: string;
let workers: RunningWorker[];

beforeEach(async () => {
  broker = await startTestBroker();
  manager = await playManager(broker.url, 'w1');
  folder = mkdtempSync(join(tmpdir(), 'oakring-listener-'));
  workers = [];
});
afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.stop()));
  await manager.end();
  await broker.stop();
  rmSync(folder, { recursive: true });
});

async function start(token: string | null = null, httpPort = 0): Promise<RunningWorker> {
  const listener = { host: '127.0.0.1', httpPort, token, allowedHosts: [], allowOpen: false };
  const worker = await startWorker(
    {
      ...{ id: 'w1', name: 'w1', ip: '127.0.0.1', port: 0, labels: {}, dockerHost: '' },
      ...{ mqttUrl: broker.url, username: null, password: null, startDelayMs: 0 },
      dataFolder: join(folder, String(workers.length)),
      runtimes: ['simulated'],
      capacity: { cpuMillis: 1_000, memoryMiB: 1_000 },
      listener,
    },
    systemPorts(),
    () => {},
  );
  workers.push(worker);
  return worker;
}

async function figuresOf(worker: RunningWorker, name: string) {
  const { text } = await scraped(worker);
  return readScrape(text).get(name)?.samples;
}

async function scraped({ url }: RunningWorker, headers: Record<string, string> = {}) {
  const response = await fetch(`${url}/metrics`, { headers });
  return { status: response.status, text: await response.text() };
}

describe('A worker that listens', () => {
  it('tells Prometheus how it stands, what it runs, and what became of its orders', async () => {
    const worker = await start();
    await manager.next('registration');
    await manager.accept();
    await manager.next('state');
    await manager.order({ job: { id: 'secret-job', technology: 'simulated' } });
    await manager.next('acks', ({ phase }) => phase === 'succeeded');
    expect(await figuresOf(worker, 'oakring_worker_registered')).toMatchObject([{ value: 1 }]);
    expect(await figuresOf(worker, 'oakring_link_up')).toEqual([
      { labels: { link: 'broker' }, value: 1 },
    ]);
    expect(await figuresOf(worker, 'oakring_worker_instances')).toEqual([
      { labels: { runtime: 'simulated', status: 'running' }, value: 1 },
    ]);
    expect(await figuresOf(worker, 'oakring_worker_orders_total')).toEqual([
      { labels: { operation: 'deploy', outcome: 'succeeded' }, value: 1 },
    ]);
    expect(await figuresOf(worker, 'oakring_worker_messages_unsent')).toMatchObject([{ value: 0 }]);
    const { text } = await scraped(worker);
    expect(text).not.toMatch(/secret-job|"w1"/);
    for (const { help } of readScrape(text).values()) expect(help).toMatch(/\. Remedy: .+\.$/);
  });

  it('says that it is not registered while nobody accepted it', async () => {
    const worker = await start();
    await manager.next('registration');
    expect(await figuresOf(worker, 'oakring_worker_registered')).toMatchObject([{ value: 0 }]);
  });

  it('is ready once the manager has accepted it, and says without a token since when it is not', async () => {
    const { url } = await start('secret');
    const ready = async () => {
      const response = await fetch(`${url}/health/ready`);
      return { status: response.status, body: (await response.json()) as object };
    };
    await manager.next('registration');
    expect(await ready()).toMatchObject({
      status: 503,
      body: {
        info: { broker: { status: 'up', since: expect.stringMatching(/Z$/) } },
        error: {
          registration: {
            since: expect.stringMatching(/Z$/),
            remedy: expect.stringContaining('The log of the worker'),
          },
        },
      },
    });
    await manager.accept();
    await manager.next('state');
    expect((await ready()).status).toBe(200);
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
  });

  it('lets in only who shows the token, where there is one', async () => {
    const worker = await start('secret');
    expect((await scraped(worker)).status).toBe(401);
    expect((await scraped(worker, { authorization: 'Bearer secret' })).status).toBe(200);
  });

  it('names its setting where the port is taken, and lets go of its folder', async () => {
    const { url } = await start();
    const port = Number(new URL(url ?? '').port);
    await expect(start(null, port)).rejects.toMatchObject({
      ...{ code: 'port-taken', field: 'OAKRING_WORKER_HTTP_PORT' },
    });
  });
});

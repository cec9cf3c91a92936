import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { quietLog } from '@oakring/log';
import { systemPorts, type Ports } from '@oakring/ports';
import { readManagerSettings } from '../config/manager-settings.js';
import { StrictRoot } from '../root/testing/strict-root.js';
import { startManager, type RunningManager } from './start-manager.js';

const document = { job_name: 'a.n.web.n', image: 'docker.io/x:1', virtualization: 'docker' };
const [first, second] = ['5f1d2c3b4a59687766554401', '5f1d2c3b4a59687766554402'];

const waitsMs = 30_000;

let folder: string;
let root: StrictRoot;
let manager: RunningManager;

beforeAll(async () => {
  Logger.overrideLogger(false);
  folder = await mkdtemp(join(tmpdir(), 'oakring-root-'));
  root = await StrictRoot.start();
  // Nobody is there yet.
  await root.stop();
  const settings = readManagerSettings({
    ...{ OAKRING_DATA: folder, OAKRING_PORT: '0', OAKRING_MQTT_PORT: '0' },
    OAKRING_ALLOW_OPEN: 'true',
    ...{ CLUSTER_NAME: 'edge', CLUSTER_LOCATION: 'here', SYSTEM_MANAGER_URL: 'http://localhost' },
    SYSTEM_MANAGER_PORT: String(root.httpPort),
    SYSTEM_MANAGER_GRPC_PORT: String(root.grpcPort),
  });
  manager = await startManager(settings, hurried(systemPorts()), {
    ...{ software: 'a test', schedulerUrl: () => 'http://127.0.0.1:9' },
    log: quietLog(systemPorts().clock),
  });
}, waitsMs);
afterAll(async () => {
  await manager.stop();
  await root.stop();
  await rm(folder, { recursive: true, force: true });
}, waitsMs);

/** Where what comes every 15 s comes every three. */
function hurried({ clock, timers, ...others }: Ports): Ports {
  const times = 5;
  return {
    ...others,
    clock: { wallMs: () => clock.wallMs(), monotonicMs: () => clock.monotonicMs() * times },
    timers: {
      after: (delayMs, work) => timers.after(delayMs / times, work),
      every: (periodMs, work) => timers.every(periodMs / times, work),
      soon: (work) => timers.soon(work),
      sleep: (delayMs, signal) => timers.sleep(delayMs / times, signal),
    },
  };
}

/** Resolves once it is so. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const { clock, timers } = systemPorts();
  const endMs = clock.monotonicMs() + waitsMs;
  while (!(await isSo())) {
    if (clock.monotonicMs() > endMs) throw new Error('It is not so yet.');
    await timers.sleep(20);
  }
}

const status = async () => (await fetch(`${manager.localUrl}/api/cluster/status`)).json();
const toldOf = (id: string, number: number) => root.told(id, number);
const isToldOf = (id: string, number: number) =>
  typeof toldOf(id, number)['status_detail'] === 'string';
const order = (id: string, number: number) => {
  const headers = { 'content-type': 'application/json' };
  const url = `${manager.localUrl}/api/service/${id}/${number}`;
  return fetch(url, { method: 'POST', headers, body: JSON.stringify(document) });
};

describe('A manager with a root', () => {
  it(
    'takes orders while its root is away, and is taken in by it when it is there',
    async () => {
      expect((await order(first, 7)).status).toBe(200);
      expect(await status()).toEqual({
        ...{ cluster_name: 'edge', cluster_id: null, connected_to_root: false },
      });
      root.know(first, 7);
      await root.comeBack();
      await until(() => isToldOf(first, 7));
    },
    2 * waitsMs,
  );

  it(
    'is taken in by it as soon as it leads, where it really listens',
    async () => {
      await until(() => root.reports > 0);
      const cluster = root.clusters.get('edge');
      expect(cluster?.port).toBe(Number(new URL(manager.localUrl).port));
      await until(
        async () => ((await status()) as { connected_to_root: boolean }).connected_to_root,
      );
      expect(await status()).toEqual({
        ...{ cluster_name: 'edge', cluster_id: cluster?.id, connected_to_root: true },
      });
    },
    2 * waitsMs,
  );

  it(
    'takes its orders, and tells it within seconds what became of them',
    async () => {
      expect(await root.order(first, 0, document)).toBe(200);
      await until(() => isToldOf(first, 0));
      expect(toldOf(first, 0)).toMatchObject({ status: 'CLUSTER_SCHEDULED', worker_id: '' });
    },
    2 * waitsMs,
  );

  it(
    'answers its orders while it reads a report, and while it refuses everything',
    async () => {
      let goOn: () => void = () => {};
      const held = new Promise<void>((resolve) => (goOn = resolve));
      [root.slowMs, root.sleep] = [1, () => held];
      // Its report is due at once; nothing else is until the root has answered.
      expect(await root.order(first, 20, document)).toBe(200);
      await until(() => root.sleeping === 1);
      for (let number = 21; number < 41; number += 1) {
        expect(await root.order(first, number, document)).toBe(200);
      }
      expect(await root.end(first, 20)).toBe(200);
      expect([root.sleeping, root.unanswered]).toEqual([1, 1]);
      root.slowMs = 0;
      goOn();
      await until(() => isToldOf(first, 40));
      root.instead = { grpc: 'INTERNAL', http: 400 };
      const { port } = root.clusters.get('edge') ?? {};
      expect(port).toBe(Number(new URL(manager.localUrl).port));
      expect(await root.order(first, 41, document)).toBe(200);
      root.instead = { grpc: null, http: null };
      expect(root.mostReportsAtOnce).toBe(1);
    },
    2 * waitsMs,
  );

  it(
    'stops nothing when the root has lost its memory, and dismisses what is reported',
    async () => {
      root.forget();
      // Ordered by the root of before: its next report names what the root does not know.
      expect((await order(first, 1)).status).toBe(200);
      await until(() => root.asked.some((each) => each === `DELETE ${first}/-1 200`));
      // Its next order counts as its own once we know who it is by now.
      await until(async () => {
        const { id } = root.clusters.get('edge') ?? {};
        return id !== undefined && ((await status()) as { cluster_id: string }).cluster_id === id;
      });
      expect(await root.order(second, 0, document)).toBe(200);
      await until(() => isToldOf(second, 0));
      const job = await (await fetch(`${manager.localUrl}/api/v1/jobs/${first}`)).json();
      expect(job).toMatchObject({ status: 'active', desired: 24 });
      expect(root.problems).toEqual([]);
      expect(root.mostReportsAtOnce).toBe(1);
    },
    4 * waitsMs,
  );
});

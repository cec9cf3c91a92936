import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  hasMosquitto,
  mosquittoPub,
  startMosquitto,
  type RunningBroker,
} from '../apps/manager/src/broker/testing/mosquitto.js';
import { StandInWorker, type WorkerOptions } from '../infra/oakestra/worker.js';
import { call, eventually, job, untilAll } from './kit/http.js';
import { temporaryFolder, up, type Cluster } from './kit/processes.js';

const suite = hasMosquitto() ? describe : describe.skip;
const image = 'docker.io/library/nginx:alpine';

suite('Workers of Oakestra, on a real Mosquitto', () => {
  const folder = temporaryFolder();
  const workers: StandInWorker[] = [];
  let mosquitto: RunningBroker;
  let cluster: Cluster;
  let first: StandInWorker;

  const start = async (options: Partial<WorkerOptions> = {}): Promise<StandInWorker> => {
    const worker = new StandInWorker({
      ...{ url: cluster.url, host: 'edge', hostid: 'a', ip: '10.0.0.7', mac: '52:54:00:00:00:01' },
      ...{ runtimes: ['docker', 'runc'], periodMs: 500, ...options },
    });
    workers.push(worker);
    await worker.start();
    return worker;
  };
  const node = (id: string) => call('GET', `${cluster.url}/api/v1/nodes/${id}`);
  const submit = (id: string, more: object = {}) =>
    call('POST', `${cluster.url}/api/v1/jobs`, {
      ...{ id, name: id, image, technology: 'docker', count: 1 },
      ...{ constraints: [{ type: 'direct', node: first.id }], ...more },
    });

  beforeAll(async () => {
    mosquitto = await startMosquitto();
    cluster = await up(folder.path, {
      OAKRING_MQTT_URL: `mqtt://127.0.0.1:${mosquitto.port}`,
      OAKRING_OAKESTRA: 'true',
    });
    first = await start();
  }, 60_000);

  afterAll(async () => {
    for (const worker of workers) worker.kill();
    await cluster?.stop();
    await mosquitto?.kill();
    folder.remove();
  });

  it('register and are told the port of their broker', async () => {
    expect(first.id).toMatch(/^[0-9a-f]{24}$/);
    expect((await node(first.id)).body).toMatchObject({ name: 'edge', status: 'ready' });
  });

  it('show what their machine uses, which erases nothing of what they registered with', async () => {
    const { body } = await eventually(
      () => node(first.id),
      (seen) => seen.body.used?.cpu === 12.5,
    );
    expect(body).toMatchObject({
      ...{ used: { cpu: 12.5, memory: 25.5 }, technologies: ['docker', 'runc'] },
      ...{ capacity: { cpuMillis: 4_000, memoryMiB: 3_000 }, architecture: 'amd64' },
    });
  });

  it('are two nodes where they are twins, and the same machine is the same node', async () => {
    const twin = await start({ ip: '10.0.0.8', mac: '52:54:00:00:00:02' });
    expect(twin.id).not.toBe(first.id);
    twin.kill();
    const again = await start({ ip: '10.0.0.8', mac: '52:54:00:00:00:02' });
    expect(again.id).toBe(twin.id);
    expect([first.isConnected, again.isConnected]).toEqual([true, true]);
    again.kill();
  });

  it('run what they are ordered to, and end it', async () => {
    await submit('web');
    await untilAll(cluster.url, 'web', 'running', 1);
    expect(first.engine.running).toEqual(['web/0']);
    await call('DELETE', `${cluster.url}/api/v1/jobs/web`);
    await eventually(
      async () => first.engine.running,
      (running) => running.length === 0,
    );
    await eventually(
      () => job(cluster.url, 'web'),
      ({ status }) => status === 404,
    );
  });

  it('are not harmed by an order that they could not take: it is refused, with the reason', async () => {
    const before = first.engine.orders.length;
    await submit('bare', { image: 'nginx' });
    const why = (body: { instances?: readonly { reason?: string }[] }): string =>
      JSON.stringify(body.instances ?? []);
    await eventually(
      () => job(cluster.url, 'bare'),
      ({ body }) => why(body).includes('registry'),
    );
    await call('DELETE', `${cluster.url}/api/v1/jobs/bare`);
    expect(first.engine).toMatchObject({ hasPanicked: false, dropped: 0 });
    expect(first.engine.orders).toHaveLength(before);
  });

  it('are heard on whatever is said in their name that cannot be read', async () => {
    const { port } = mosquitto;
    for (const topic of ['information', 'job', 'jobs/resources']) {
      for (const payload of ['null', '{', '[]', '\u0000', '{"services":7}', '{"sname":{}}']) {
        await mosquittoPub(port, { topic: `nodes/${first.id}/${topic}`, payload });
      }
    }
    const letters = await eventually(
      () => call('GET', `${cluster.url}/api/v1/dead-letters`),
      ({ body }) => body.items.length >= 12,
    );
    expect(letters.body.items[0]).toMatchObject({ code: expect.any(String) });
    expect((await node(first.id)).body.status).toBe('ready');
  });

  it('are ordered nothing, and harm nobody, under an id that nobody knows', async () => {
    const id = 'f'.repeat(24);
    const services = [{ job_name: 'x', instance: 0 }];
    const payload = JSON.stringify({ services });
    const topic = `nodes/${id}/jobs/resources`;
    expect(await mosquittoPub(mosquitto.port, { topic, payload })).toBe(0);
    expect((await node(id)).status).toBe(404);
    await eventually(
      () => call('GET', `${cluster.url}/api/v1/dead-letters`),
      ({ body }) => body.items[0]?.code === 'node-unknown',
    );
  });
});

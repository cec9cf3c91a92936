import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  hasMosquitto,
  mosquittoPub,
  startMosquitto,
  type RunningBroker,
} from '../apps/manager/src/broker/testing/mosquitto.js';
import { StrictRoot } from '../apps/manager/src/root/testing/strict-root.js';
import { freePort } from '../infra/machine/free-port.js';
import { StandInWorker } from '../infra/oakestra/worker.js';
import { call, eventually } from './kit/http.js';
import { temporaryFolder, up, type Cluster } from './kit/processes.js';

const suite = hasMosquitto() ? describe : describe.skip;
const image = 'docker.io/library/nginx:alpine';
const slowImage = 'docker.io/library/slow:1';
const clusterName = 'edge';

/** As a root has them: 24 hexadecimal digits. */
const ids = (service: string): string => Buffer.from(service.padEnd(12, '_')).toString('hex');
const nameOf = (service: string): string => `app.ns.${service}.ns`;

suite('Oakestra’s root and workers, around a real Mosquitto', () => {
  const folder = temporaryFolder();
  const workers: StandInWorker[] = [];
  /** Instances that somebody asked the end of. */
  const ended = new Set<string>();
  let mosquitto: RunningBroker;
  let root: StrictRoot;
  let cluster: Cluster;
  /** The same after a restart: a root calls it where it was told. */
  let port: string;

  const startCluster = () =>
    up(folder.path, {
      ...{ OAKRING_MQTT_URL: `mqtt://127.0.0.1:${mosquitto.port}`, CLUSTER_NAME: clusterName },
      ...{ SYSTEM_MANAGER_URL: '127.0.0.1', CLUSTER_LOCATION: '48.1,11.5,10' },
      SYSTEM_MANAGER_PORT: String(root.httpPort),
      SYSTEM_MANAGER_GRPC_PORT: String(root.grpcPort),
      ...{ OAKRING_PORT: port, OAKRING_OAKESTRA_LOST_AFTER_MS: '6000' },
    });

  const startWorker = async (number: number): Promise<StandInWorker> => {
    const worker = new StandInWorker({
      ...{ url: cluster.url, host: `edge-${number}`, hostid: `machine-${number}` },
      ...{ ip: `10.0.0.${number}`, mac: `52:54:00:00:00:0${number}`, periodMs: 500 },
      ...{ runtimes: ['docker', 'runc'], pullMs: (of: string) => (of === slowImage ? 2_500 : 0) },
    });
    workers.push(worker);
    await worker.start();
    return worker;
  };

  const order = async (service: string, number = 0, more: object = {}, id = service) => {
    const document = { job_name: nameOf(service), image, virtualization: 'docker', ...more };
    const full = { ...document, code: document.image, next_instance_progressive_number: 1 };
    const list = [{ instance_number: number, cluster_id: 'x', status: 'CLUSTER_SCHEDULED' }];
    const given = { ...full, status: 'CLUSTER_SCHEDULED', instance_list: list };
    expect(await root.order(ids(id), number, given)).toBe(200);
  };
  const end = async (service: string, number = 0, id = service) => {
    ended.add(`${nameOf(service)}/${number}`);
    expect(await root.end(ids(id), number)).toBe(200);
  };
  const told = (service: string, number = 0): Readonly<Record<string, unknown>> =>
    root.services.get(ids(service))?.instances.get(number) ?? {};
  const untilTold = (service: string, status: string, number = 0) =>
    eventually(
      async () => told(service, number),
      (seen) => seen['status'] === status,
    );
  const live = (): StandInWorker[] => workers.filter(({ isAlive }) => isAlive);
  const holdersOf = (service: string, number = 0): StandInWorker[] =>
    live().filter(({ engine }) => engine.running.includes(`${nameOf(service)}/${number}`));
  const ordersOf = (service: string, number = 0): string[] =>
    workers
      .flatMap(({ engine }) => engine.orders)
      .filter((each) => each.endsWith(` ${nameOf(service)}/${number}`))
      .map((each) => each.split(' ', 1)[0] ?? '');
  const untilHeldBy = (service: string, count: number, number = 0) =>
    eventually(
      async () => holdersOf(service, number),
      (holders) => holders.length === count,
    );
  const untilUnknown = (service: string) =>
    eventually(
      () => jobOf(service),
      ({ status }) => status === 404,
    );
  const jobOf = (service: string) => call('GET', `${cluster.url}/api/v1/jobs/${ids(service)}`);
  const runningOfAll = (): string[] =>
    live()
      .flatMap(({ engine }) => engine.running)
      .toSorted();
  const on = (host: string): object => ({ constraints: [{ type: 'direct', node: host }] });

  beforeAll(async () => {
    mosquitto = await startMosquitto();
    root = await StrictRoot.start();
    port = String(await freePort());
    cluster = await startCluster();
    for (const number of [1, 2, 3, 4]) await startWorker(number);
  }, 60_000);

  afterAll(async () => {
    for (const worker of workers) worker.kill();
    await cluster?.stop();
    await root?.stop();
    await mosquitto?.kill();
    folder.remove();
  });

  it('are introduced to one another', async () => {
    await eventually(
      async () => root.reports,
      (reports) => reports > 0,
    );
    const { body } = await call('GET', `${cluster.url}/api/cluster/status`);
    const id = root.clusters.get(clusterName)?.id;
    expect(body).toEqual({
      ...{ cluster_name: clusterName, cluster_id: id, connected_to_root: true },
    });
  });

  it('run what was ordered, and the root sees where', async () => {
    await order('web');
    await untilTold('web', 'RUNNING');
    const [holder] = holdersOf('web');
    expect(told('web')).toMatchObject({ worker_id: holder?.id, cpu_percent: '1.5' });
    expect(ordersOf('web')).toEqual(['deploy']);
  });

  it('run the numbers that were ordered, with holes', async () => {
    for (const number of [0, 3, 7]) await order('holes', number);
    for (const number of [0, 3, 7]) await untilTold('holes', 'RUNNING', number);
    await end('holes', 3);
    await untilHeldBy('holes', 0, 3);
    expect([holdersOf('holes', 0), holdersOf('holes', 7)].flat()).toHaveLength(2);
  });

  it('tell of a one-shot service that it has completed, and do not run it again', async () => {
    await order('once', 0, { one_shot: true });
    await untilTold('once', 'RUNNING');
    holdersOf('once')[0]?.engine.end(`${nameOf('once')}/0`, 0);
    await untilTold('once', 'COMPLETED');
    expect(ordersOf('once')).toEqual(['deploy']);
  });

  it('start again what crashes, later each time, and say since when, how often and what comes next', async () => {
    const key = `${nameOf('crash')}/0`;
    for (const { engine } of workers) engine.crashing.add(key);
    await order('crash');
    // With the second or third failure it waits for long enough to be reported.
    const failed = await untilTold('crash', 'FAILED');
    expect(failed['status_detail']).toMatch(
      /it ended by itself; it was not seen to run; (its first failure|failure \d in a row): it is tried again within \d+ s/,
    );
    const { body } = await eventually(
      () => jobOf('crash'),
      ({ body: seen }) => seen.instances[0].attempts?.length > 1,
    );
    expect(body).toMatchObject({ status: 'active', desired: 1 });
    expect(body.instances[0].attempts[0]).toMatchObject({
      reason: expect.stringContaining('it ended by itself'),
    });
    for (const { engine } of workers) engine.crashing.clear();
    const seen = await untilTold('crash', 'RUNNING');
    expect(seen['status_detail']).toMatch(/attempt [3-9]; the one before: it ended by itself/);
    await untilHeldBy('crash', 1);
    expect(ordersOf('crash').length).toBeGreaterThan(2);
    expect(new Set(ordersOf('crash'))).toEqual(new Set(['deploy']));
  });

  it('start again what ran and has crashed, and say for how long it ran', async () => {
    holdersOf('crash')[0]?.engine.end(`${nameOf('crash')}/0`, 1);
    const detail = await eventually(
      async () => String(told('crash')['status_detail']),
      (seen) => seen.includes('it ran for'),
    );
    expect(detail).toContain('it ended by itself; it ran for ');
    await untilHeldBy('crash', 1);
  });

  it('end what the root ends, once for all', async () => {
    await end('crash');
    await untilHeldBy('crash', 0);
    await untilUnknown('crash');
    expect(await root.end(ids('crash'), 0)).toBe(200);
  });

  it('end what was ended while its image was fetched, as soon as it shows', async () => {
    await order('pull', 0, { image: slowImage });
    await eventually(
      async () => ordersOf('pull'),
      (orders) => orders.length === 1,
    );
    await end('pull');
    await untilUnknown('pull');
    expect(holdersOf('pull')).toEqual([]);
    expect(ordersOf('pull').slice(0, 2)).toEqual(['deploy', 'delete']);
  });

  it('replace a service by another of its name once the former has ended', async () => {
    await order('again', 0, on('edge-2'));
    await untilTold('again', 'RUNNING');
    await end('again');
    await order('again', 0, on('edge-2'), 'again-2');
    await untilTold('again-2', 'RUNNING');
    expect(ordersOf('again')).toEqual(['deploy', 'delete', 'deploy']);
  });

  it('do not do what would harm a worker, and tell the root why', async () => {
    await order('bare', 0, { image: 'nginx' });
    const seen = await eventually(
      async () => told('bare'),
      ({ status_detail: detail }) => String(detail).includes('registry'),
    );
    expect(seen).toMatchObject({ status: 'NO_QUALIFIED_WORKER_FOUND' });
    expect(ordersOf('bare')).toEqual([]);
    await end('bare');
  });

  it('are not disturbed by what cannot be read, nor by whom nobody knows', async () => {
    const [orders, running] = [workers.map(({ engine }) => engine.orders.length), runningOfAll()];
    const [stranger, [holder]] = ['f'.repeat(24), holdersOf('web')];
    const services = [{ job_name: nameOf('web'), instance: 0 }, { job_name: nameOf('holes') }];
    const said = { services, sname: nameOf('web'), instance: 0, status: 'DEAD' };
    for (const [id, payload] of [
      [holder?.id, '{"services":7}'],
      [holder?.id, JSON.stringify({ services: services.slice(1) })],
      [stranger, JSON.stringify(said)],
    ] as const) {
      for (const topic of ['information', 'job', 'jobs/resources']) {
        await mosquittoPub(mosquitto.port, { topic: `nodes/${id}/${topic}`, payload });
      }
    }
    const refusals = await Promise.all(
      ['x/y', `${ids('x')}/-2`, `${ids('x')}/1.5`].map((path) =>
        call('POST', `${cluster.url}/api/service/${path}`, { job_name: 7 }),
      ),
    );
    expect(refusals.map(({ status, body }) => `${status} ${body.code}`)).toEqual(
      Array(3).fill('400 invalid-field'),
    );
    const { body } = await eventually(
      () => call('GET', `${cluster.url}/api/v1/strangers`),
      ({ body: seen }) => seen.items.length > 0,
    );
    expect(body.items).toMatchObject([{ id: stranger, runs: [`${nameOf('web')}/0`] }]);
    await order('after');
    await untilTold('after', 'RUNNING');
    await end('after');
    await untilUnknown('after');
    expect(runningOfAll()).toEqual(running);
    expect(told('web')).toMatchObject({ status: 'RUNNING', worker_id: holder?.id });
    const since = workers.map(({ engine }, at) => engine.orders.slice(orders[at]));
    expect(since.flat()).toEqual([`deploy ${nameOf('after')}/0`, `delete ${nameOf('after')}/0`]);
  });

  it('run elsewhere what a worker ran that was killed, or told to end', async () => {
    await order('kill', 0, on('edge-1;edge-2'));
    await order('term', 0, on('edge-3;edge-4'));
    for (const service of ['kill', 'term']) await untilTold(service, 'RUNNING');
    const [[killed], [ended]] = [holdersOf('kill'), holdersOf('term')];
    killed?.kill();
    await ended?.terminate();
    for (const [service, worker] of [['kill', killed] as const, ['term', ended] as const]) {
      const seen = await eventually(
        async () => told(service),
        ({ status, worker_id: id }) => status === 'RUNNING' && id !== worker?.id,
      );
      expect(live().map(({ id }) => id)).toContain(seen['worker_id']);
      expect(holdersOf(service)).toHaveLength(1);
    }
  });

  it('are the same nodes when they start again, and run nothing of before', async () => {
    const gone = workers.filter(({ isAlive }) => !isAlive);
    for (const [at, worker] of workers.entries()) {
      if (worker.isAlive) continue;
      const again = await startWorker(at + 1);
      expect(again.id).toBe(worker.id);
      expect(again.engine.running).toEqual([]);
    }
    expect(gone).toHaveLength(2);
    const { body } = await eventually(
      () => call('GET', `${cluster.url}/api/v1/nodes`),
      ({ body: seen }) => seen.items.every(({ status }: { status: string }) => status === 'ready'),
    );
    expect(body.items).toHaveLength(4);
  });

  it('lose nothing, and order nothing twice, when the manager is killed behind its answer', async () => {
    for (const number of [0, 1, 2]) await order('late', number);
    await cluster.kill();
    cluster = await startCluster();
    for (const number of [0, 1, 2]) {
      await untilTold('late', 'RUNNING', number);
      await untilHeldBy('late', 1, number);
      expect(ordersOf('late', number)).toEqual(['deploy']);
    }
  });

  it('go on when the root has lost its memory', async () => {
    const before = runningOfAll();
    root.forget();
    // What changes is told at once; and what it does not know it dismisses.
    holdersOf('late', 0)[0]?.engine.end(`${nameOf('late')}/0`, 1);
    await eventually(
      () => call('GET', `${cluster.url}/api/v1/events?type=RootForgot`),
      ({ body }) => JSON.stringify(body).includes('"RootForgot"'),
    );
    await untilHeldBy('late', 1, 0);
    expect(root.asked.some((each) => each.includes('/-1 '))).toBe(true);
    expect(runningOfAll()).toEqual(before);
    expect((await jobOf('web')).body).toMatchObject({ status: 'active', desired: 1 });
  });

  it('wait with what the root orders anew until an operator has ended the former', async () => {
    await order('late', 0, {}, 'late-anew');
    const seen = await eventually(
      async () => told('late-anew'),
      ({ status_detail: detail }) => String(detail).includes(ids('late')),
    );
    expect(seen['status']).toBe('CLUSTER_SCHEDULED');
    for (const number of [0, 1, 2]) ended.add(`${nameOf('late')}/${number}`);
    await call('DELETE', `${cluster.url}/api/v1/jobs/${ids('late')}?force=true`);
    await untilTold('late-anew', 'RUNNING');
    await untilHeldBy('late', 0, 2);
    expect(holdersOf('late')).toHaveLength(1);
  });

  it('have harmed nobody in all of this', () => {
    for (const { engine } of workers) {
      expect(engine).toMatchObject({ hasPanicked: false, dropped: 0, needless: [] });
      const deleted = engine.orders.filter((each) => each.startsWith('delete '));
      expect(deleted.filter((each) => !ended.has(each.slice('delete '.length)))).toEqual([]);
    }
    const left = ['again', 'holes', 'holes', 'kill', 'late', 'term', 'web'].map(nameOf);
    const names = runningOfAll().map((each) => each.slice(0, each.indexOf('/')));
    expect(names).toEqual(left);
    expect(root.problems).toEqual([]);
    expect(root.mostReportsAtOnce).toBe(1);
  });
});

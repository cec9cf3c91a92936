import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  hasMosquitto,
  mosquittoPub,
  mosquittoSub,
  startMosquitto,
  type Publication,
  type RunningBroker,
} from '../apps/manager/src/broker/testing/mosquitto.js';
import { StandInWorker, type WorkerOptions } from '../infra/oakestra/worker.js';
import { call, eventually, job, untilAll } from './kit/http.js';
import {
  endGroup,
  oakring,
  temporaryFolder,
  up,
  type Cluster,
  type Running,
} from './kit/processes.js';

const suite = hasMosquitto() ? describe : describe.skip;
const patienceMs = 1_000;
const image = 'docker.io/library/nginx:alpine';

suite('Workers of Oakestra, on a real Mosquitto', () => {
  const folder = temporaryFolder();
  const workers: StandInWorker[] = [];
  let mosquitto: RunningBroker;
  let cluster: Cluster;
  let first: StandInWorker;
  let native: Running | null = null;
  /** Cut off for 5 s while others go on. */
  let far: StandInWorker;

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
  const letters = async (): Promise<readonly Record<string, string>[]> =>
    (await call('GET', `${cluster.url}/api/v1/dead-letters?limit=200`)).body.items;
  const say = async (messages: readonly Publication[]): Promise<void> => {
    for (const message of messages) expect(await mosquittoPub(mosquitto.port, message)).toBe(0);
  };
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
    far = await start({ hostid: 'far', ip: '10.0.0.9', mac: '52:54:00:00:00:03' });
    const constraints = [{ type: 'direct', node: far.id }];
    await submit('far', { constraints, onDisconnect: { lostAfterMs: 20_000 } });
  }, 60_000);

  afterAll(async () => {
    for (const worker of workers) worker.kill();
    if (native !== null) endGroup(native);
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

  it('are heard no more once they are cut off', async () => {
    await untilAll(cluster.url, 'far', 'running', 1);
    far.cut(5_000);
    expect(far.isConnected).toBe(false);
  });

  it('are two nodes where they are twins, beside a native one of their name', async () => {
    native = oakring(['worker', '--id', 'native'], {
      ...{ OAKRING_WORKER_NAME: 'edge', OAKRING_WORKER_RUNTIMES: 'simulated' },
      OAKRING_WORKER_DATA: `${folder.path}/native`,
      OAKRING_MQTT_URL: `mqtt://127.0.0.1:${mosquitto.port}`,
    });
    const twin = await start({ ip: '10.0.0.8', mac: '52:54:00:00:00:02' });
    expect(twin.id).not.toBe(first.id);
    await native.prints(/registered as/);
    const homes = [first.id, twin.id, 'native'];
    for (const [at, home] of homes.entries()) {
      const technology = home === 'native' ? 'simulated' : 'docker';
      await submit(`on-${at}`, { technology, constraints: [{ type: 'direct', node: home }] });
    }
    for (const [at, home] of homes.entries()) {
      const { body } = await untilAll(cluster.url, `on-${at}`, 'running', 1);
      expect(body.instances).toMatchObject([{ nodeId: home, confirmed: true }]);
    }
    const shown = await Promise.all(homes.map(node));
    // By the same topic, each in its own dialect: native ones say their use in percent there.
    expect(shown.map(({ body: { name, status, dialect } }) => [name, status, dialect])).toEqual(
      ['oakestra', 'oakestra', 'native'].map((dialect) => ['edge', 'ready', dialect]),
    );
    expect([first, twin].map(({ engine }) => engine.running)).toEqual([['on-0/0'], ['on-1/0']]);
    for (const at of homes.keys()) await call('DELETE', `${cluster.url}/api/v1/jobs/on-${at}`);
    await eventually(
      async () => [first, twin].flatMap(({ engine }) => engine.running),
      (running) => running.length === 0,
    );
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

  it('are heard on, and run on, whatever is said in their name that cannot be read', async () => {
    await submit('on');
    await untilAll(cluster.url, 'on', 'running', 1);
    const orders = [...first.engine.orders];
    const topicOf = (topic: string): string => `nodes/${first.id}/${topic}`;
    const wrong = [
      ['information', 'null', 'invalid-json', 'not an object'],
      ['information', '{"cpu_percent":"x","memory_percent":1}', 'invalid-field', 'cpu_percent'],
      ['job', '{', 'invalid-json', 'not JSON'],
      ['job', '{"sname":{}}', 'invalid-field', 'sname'],
      ['job', '{"sname":"on","instance":"0","status":"DEAD"}', 'invalid-field', 'instance'],
      ['job', '{"sname":"on","instance":0,"status":"GONE"}', 'invalid-field', 'status'],
      ['jobs/resources', '[]', 'invalid-json', 'not an object'],
      ['jobs/resources', '{"services":7}', 'invalid-field', 'services'],
      ['jobs/resources', '{"services":[{"job_name":"on"}]}', 'invalid-field', '0.instance'],
      ['jobs/resources', 'x'.repeat(1_048_577), 'payload-too-large', '1048577'],
    ] as const;
    await say(wrong.map(([topic, payload]) => ({ topic: topicOf(topic), payload })));
    const told = await eventually(
      async () => (await letters()).filter(({ topic }) => topic?.includes(first.id)),
      (seen) => seen.length >= wrong.length,
    );
    expect(told).toHaveLength(wrong.length);
    for (const [topic, , code, says] of wrong) {
      const reason = expect.stringContaining(says);
      expect(told).toContainEqual(expect.objectContaining({ topic: topicOf(topic), code, reason }));
    }
    expect((await node(first.id)).body).toMatchObject({ status: 'ready', unexpected: [] });
    const { body } = await job(cluster.url, 'on');
    expect(body.instances).toMatchObject([{ status: 'running', confirmed: true, generation: 1 }]);
    expect(first.engine).toMatchObject({ running: ['on/0'], orders });
  });

  it('are shown, and ordered nothing, under an id that nobody knows', async () => {
    const id = 'f'.repeat(24);
    const orders = await mosquittoSub(mosquitto.port, `nodes/${id}/#`);
    const said = [
      ['information', '{"cpu_percent":1,"memory_percent":1}'],
      ['job', '{"sname":"on","instance":0,"status":"DEAD"}'],
      ['jobs/resources', '{"services":[{"job_name":"on","instance":0}]}'],
    ] as const;
    await say(said.map(([topic, payload]) => ({ topic: `nodes/${id}/${topic}`, payload })));
    const { body } = await eventually(
      () => call('GET', `${cluster.url}/api/v1/strangers`),
      ({ body: seen }) => seen.items.length > 0,
    );
    expect(body.items).toMatchObject([{ id, runs: ['on/0'], instances: 1 }]);
    const reason = expect.stringContaining('it says that it runs on/0. Nothing is ordered there.');
    expect(await letters()).toContainEqual(
      expect.objectContaining({
        topic: `nodes/${id}/jobs/resources`,
        code: 'node-unknown',
        reason,
      }),
    );
    expect((await node(id)).status).toBe(404);
    // An order to somebody passes meanwhile, and what is said to the stranger would have come before it.
    await submit('other');
    await untilAll(cluster.url, 'other', 'running', 1);
    const last = { topic: `nodes/${id}/last`, payload: '' };
    await say([last]);
    const heard: string[] = [];
    while (!heard.at(-1)?.startsWith(last.topic)) heard.push(await orders.next());
    await orders.kill();
    expect(heard.filter((each) => each.includes('/control'))).toEqual([]);
    expect(first.engine.running).toEqual(['on/0', 'other/0']);
    expect((await job(cluster.url, 'on')).body.instances).toMatchObject([{ generation: 1 }]);
  });

  it('are back after 5 s, and nothing of theirs is lost', async () => {
    await eventually(
      async () => far.isConnected,
      (isConnected) => isConnected,
    );
    const lost = await call('GET', `${cluster.url}/api/v1/events?type=InstanceLost`);
    expect([lost.body ?? '', far.engine.running]).toEqual(['', ['far/0']]);
  });

  it('keep what they run while the broker is away for twice their patience', async () => {
    const impatient = { onDisconnect: { lostAfterMs: patienceMs } };
    await submit('stays', impatient);
    await untilAll(cluster.url, 'stays', 'running', 1);
    const [orders, running] = [[...first.engine.orders], [...first.engine.running]];
    await mosquitto.kill();
    await new Promise((resolve) => setTimeout(resolve, 2 * patienceMs));
    mosquitto = await startMosquitto(mosquitto.port);
    await eventually(
      async () => [first.isConnected, (await node(first.id)).body.status],
      ([isConnected, status]) => isConnected === true && status === 'ready',
    );
    // What is ordered now goes out once it is heard undisturbed, and nothing before that.
    await submit('after', impatient);
    await untilAll(cluster.url, 'after', 'running', 1);
    expect(first.engine.orders).toEqual([...orders, 'deploy after/0']);
    expect(first.engine.running).toEqual([...running, 'after/0']);
    const lost = await call('GET', `${cluster.url}/api/v1/events?type=InstanceLost`);
    expect(lost.body ?? '').toBe('');
    expect((await job(cluster.url, 'stays')).body.instances).toMatchObject([
      { status: 'running', confirmed: true, generation: 1 },
    ]);
  });

  it('were given no order that does harm, or that they had, whatever was in their way', async () => {
    expect(far.engine).toMatchObject({ orders: ['deploy far/0'], running: ['far/0'] });
    expect((await job(cluster.url, 'far')).body.instances).toMatchObject([
      { status: 'running', confirmed: true, generation: 1 },
    ]);
    for (const { engine } of workers) {
      expect(engine).toMatchObject({ hasPanicked: false, dropped: 0, needless: [] });
    }
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call, eventually, job, untilAll, type Answer } from './kit/http.js';
import { oakring, temporaryFolder, up, type Cluster, type Running } from './kit/processes.js';
import { TestWorker } from './kit/test-worker.js';

interface Reserving {
  readonly reserved: { readonly cpuMillis: number };
}

const simulated = { name: 'web', image: 'web:1', technology: 'simulated' };

describe('the loop over real MQTT and HTTP', () => {
  const folder = temporaryFolder();
  let cluster: Cluster;
  let a: TestWorker;
  let b: TestWorker;

  beforeAll(async () => {
    cluster = await up(folder.path);
    a = await TestWorker.start(cluster.mqttUrl, 'a', {
      capacity: { cpuMillis: 1000, memoryMiB: 1000 },
    });
    b = await TestWorker.start(cluster.mqttUrl, 'b', {
      capacity: { cpuMillis: 1000, memoryMiB: 1000 },
    });
    await untilReady('a');
    await untilReady('b');
  });

  afterAll(async () => {
    await a.stop();
    await b.stop();
    await cluster.stop();
    folder.remove();
  });

  const untilReady = (id: string): Promise<Answer> =>
    eventually(
      () => call('GET', `${cluster.url}/api/v1/nodes/${id}`),
      ({ body }) => body.status === 'ready',
    );
  const post = (path: string, body: unknown, headers = {}): Promise<Answer> =>
    call('POST', `${cluster.url}/api/v1${path}`, body, headers);
  const ordersOf = (id: string, kind: string) =>
    [...a.orders, ...b.orders].filter((order) => order.job.id === id && order.command === kind);

  it('answers a registration with acceptance, token, epoch, time and period', () => {
    expect(a.registered[0]).toMatchObject({ id: 'a', accepted: true, incarnation: 1, epoch: 1 });
    expect(typeof a.registered[0]?.['token']).toBe('string');
    expect(a.registered[0]?.['periodMs']).toBe(2000);
  });

  it('deploys a posted job with its unknown fields, and shows it running and confirmed', async () => {
    const answer = await post('/jobs', { ...simulated, id: 'web', flavour: { deep: [1] } });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('location')).toBe('/api/v1/jobs/web');
    expect(answer.body).toMatchObject({
      ...{ id: 'web', desired: 1, document: { flavour: { deep: [1] } } },
      warnings: [{ field: 'flavour', nearest: null }],
    });
    const { body } = await untilAll(cluster.url, 'web', 'running', 1);
    expect(body.instances[0]).toMatchObject({ number: 0, generation: 1, confirmed: true });
    const [order] = ordersOf('web', 'deploy');
    expect(order).toMatchObject({ instance: 0, generation: 1, attempt: 1, epoch: 1 });
    expect(order?.job).toMatchObject({ id: 'web', image: 'web:1', flavour: { deep: [1] } });
  });

  it('keeps why it went there, to be asked by the decision', async () => {
    const { body } = await job(cluster.url, 'web');
    const decision = await call(
      'GET',
      `${cluster.url}/api/v1/decisions/${body.instances[0].decision}`,
    );
    expect(JSON.stringify(decision.body)).toContain(body.instances[0].reason);
    expect(JSON.stringify(decision.body)).toContain('seed');
  });

  it('replicates where the job runs already, once every node has it', async () => {
    expect((await post('/jobs/web/replicate', { count: 4 })).body).toMatchObject({ desired: 4 });
    await untilAll(cluster.url, 'web', 'running', 4);
    expect(ordersOf('web', 'replicate').length).toBeGreaterThan(0);
  });

  it('moves make before break: the source is told, the target runs, then the source stops', async () => {
    const before = (await job(cluster.url, 'web')).body.instances[0];
    const [source, target] = before.nodeId === 'a' ? [a, b] : [b, a];
    target.acknowledges = false;
    const answer = await post('/jobs/web/instances/0/move', { worker: target.id });
    expect(answer.body).toMatchObject({ nodeId: target.id, generation: before.generation + 1 });
    const started = await eventually(
      async () =>
        target.orders.find((o) => o.generation === before.generation + 1 && o.instance === 0),
      (order) => order !== undefined,
    );
    expect(source.orders.at(-1)).toMatchObject({ command: 'move', worker: target.id, instance: 0 });
    expect((await job(cluster.url, 'web')).body.instances[0]).toMatchObject({
      nodeId: source.id,
      status: 'running',
    });
    expect(source.orders.some((o) => o.command === 'delete')).toBe(false);
    target.acknowledges = true;
    target.say('acks', { commandId: started?.commandId, phase: 'succeeded' });
    await eventually(
      async () => source.orders.at(-1),
      (order) => order?.command === 'delete' && order.generation === before.generation,
    );
    expect((await job(cluster.url, 'web')).body.instances[0]).toMatchObject({ nodeId: target.id });
  });

  it('refuses a move to a worker that does not fit, with the reason', async () => {
    const answer = await post('/jobs/web/instances/0/move', { worker: 'nowhere' });
    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({ code: 'worker-does-not-fit' });
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });

  it('scales down by delete, and frees the reservations', async () => {
    await post('/jobs/web/replicate', { count: 1 });
    await untilAll(cluster.url, 'web', 'running', 1);
    const nodes = await eventually(
      () => call('GET', `${cluster.url}/api/v1/nodes`),
      ({ body }) =>
        body.items.reduce((sum: number, node: Reserving) => sum + node.reserved.cpuMillis, 0) ===
        100,
    );
    expect(nodes.body.items).toHaveLength(2);
  });

  it('gives the same answer to the same request, by key and by id, and 409 to another', async () => {
    const first = await post('/jobs', { ...simulated, id: 'twice' }, { 'idempotency-key': 'k1' });
    const again = await post('/jobs', { ...simulated, id: 'twice' }, { 'idempotency-key': 'k1' });
    const byId = await post('/jobs', { ...simulated, id: 'twice' });
    expect(again).toMatchObject({ status: 201, body: first.body });
    expect(byId).toMatchObject({ status: 201, body: first.body });
    const other = await post('/jobs', { ...simulated, id: 'other' }, { 'idempotency-key': 'k1' });
    expect(other).toMatchObject({ status: 409, body: { code: 'idempotency-key-reused' } });
    const sameId = await post('/jobs', { ...simulated, id: 'twice', image: 'x' });
    expect(sameId).toMatchObject({ status: 409, body: { code: 'job-id-taken' } });
  });

  it('tells with dryRun where a job would go and writes nothing', async () => {
    const head = () => call('GET', `${cluster.url}/api/v1/ledger/head`);
    await untilAll(cluster.url, 'twice', 'running', 1);
    const before = (await head()).body.position;
    const answer = await post('/jobs?dryRun=true', { ...simulated, id: 'dry' });
    expect(answer.status).toBe(200);
    expect(answer.body.placements[0]).toMatchObject({ reason: expect.any(String) });
    expect((await head()).body.position).toBe(before);
    expect((await job(cluster.url, 'dry')).status).toBe(404);
  });

  it('keeps what does not fit pending with the reason, and places it when a node appears', async () => {
    await post('/jobs', { ...simulated, id: 'big', resources: { cpuMillis: 5000, memoryMiB: 64 } });
    const waiting = await eventually(
      () => job(cluster.url, 'big'),
      ({ body }) => body.instances[0].decision !== null,
    );
    expect(waiting.body.instances[0]).toMatchObject({ status: 'pending', nodeId: null });
    expect(waiting.body.instances[0].reason).toMatch(/too little CPU/);
    const c = await TestWorker.start(cluster.mqttUrl, 'c', {
      capacity: { cpuMillis: 8000, memoryMiB: 8000 },
    });
    const { body } = await untilAll(cluster.url, 'big', 'running', 1);
    expect(body.instances[0].nodeId).toBe('c');
    await call('DELETE', `${cluster.url}/api/v1/jobs/big`);
    await eventually(
      () => job(cluster.url, 'big'),
      ({ status }) => status === 404,
    );
    await c.stop();
  });

  it('answers a repeated DELETE alike until the job is gone, and frees its id', async () => {
    const remove = () => call('DELETE', `${cluster.url}/api/v1/jobs/twice`);
    a.acknowledges = false;
    b.acknowledges = false;
    const first = await remove();
    expect(first.status).toBe(200);
    expect(await remove()).toMatchObject({ status: 200, body: first.body });
    await eventually(
      async () => ordersOf('twice', 'delete').length,
      (count) => count === 1,
    );
    const [order] = ordersOf('twice', 'delete');
    for (const worker of [a, b]) {
      worker.acknowledges = true;
      if (worker.orders.includes(order as never)) {
        worker.say('acks', { commandId: order?.commandId, phase: 'succeeded' });
      }
    }
    await eventually(remove, ({ status }) => status === 404);
    expect((await post('/jobs', { ...simulated, id: 'twice' })).status).toBe(201);
    await untilAll(cluster.url, 'twice', 'running', 1);
  });
});

describe('a scheduler that is away', () => {
  const folder = temporaryFolder();
  let cluster: Cluster;
  let scheduler: Running | null = null;
  let worker: TestWorker;

  afterAll(async () => {
    await worker.stop();
    scheduler?.child.kill('SIGTERM');
    await scheduler?.ended;
    await cluster.stop();
    folder.remove();
  });

  it('leaves jobs pending with that reason, and they are placed when it is back', async () => {
    const port = 20_000 + Math.floor((process.pid % 1000) * 20);
    cluster = await up(folder.path, { OAKRING_SCHEDULER_URL: `http://127.0.0.1:${port}` });
    worker = await TestWorker.start(cluster.mqttUrl, 'w');
    await call('POST', `${cluster.url}/api/v1/jobs`, { ...simulated, id: 'patient' });
    const waiting = await eventually(
      () => job(cluster.url, 'patient'),
      ({ body }) => body.instances[0].decision !== null,
    );
    expect(waiting.body.instances[0]).toMatchObject({ status: 'pending' });
    expect(waiting.body.instances[0].reason).toMatch(/scheduler .* did not answer/);
    scheduler = oakring([
      'scheduler',
      '--manager-url',
      cluster.url,
      '--scheduler-port',
      String(port),
    ]);
    await untilAll(cluster.url, 'patient', 'running', 1);
  });
});

import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { freePort } from '../infra/machine/free-port.js';
import { describeWithMongod, startMongod, type Mongod } from '../infra/mongo/testing/mongod.js';
import { Cable } from './kit/cable.js';
import { call, eventually, untilAll } from './kit/http.js';
import {
  endGroup,
  oakring,
  runProgram,
  temporaryFolder,
  up,
  type Cluster,
  type Running,
} from './kit/processes.js';

/** How long each part is away. */
const awayMs = 1_000;
/** Longer than the lease lasts, where what is away is what renews it. */
const beyondLeaseMs = 3_000;
const workerIds = ['w1', 'w2', 'w3'];
const atTheEnd = 'w3';

let mongod: Mongod;
let broker: Running;
let scheduler: Running;
let manager: Cluster;
const workers: Running[] = [];
const folder = temporaryFolder();
/** From the manager, and from the last worker, to the broker. */
let managersLine: Cable;
let workersLine: Cable;
const ports = { broker: 0, manager: 0, scheduler: 0 };

async function startBroker(): Promise<void> {
  broker = runProgram('mosquitto', ['-p', String(ports.broker)]);
  await broker.prints(/running/);
}

async function startScheduler(): Promise<void> {
  scheduler = oakring(['scheduler'], {
    OAKRING_MANAGER_URL: `http://127.0.0.1:${ports.manager}`,
    OAKRING_SCHEDULER_PORT: String(ports.scheduler),
  });
  await scheduler.prints(/http/);
}

async function startManager(): Promise<void> {
  manager = await up(`${folder.path}/manager`, {
    OAKRING_STORE: mongod.url('outages'),
    OAKRING_MQTT_URL: `mqtt://127.0.0.1:${managersLine.port}`,
    OAKRING_PORT: String(ports.manager),
    OAKRING_SCHEDULER_URL: `http://127.0.0.1:${ports.scheduler}`,
  });
}

/** How long something is away, which part the manager shows to be, and what it answers to a probe. */
interface Meanwhile {
  readonly forMs?: number;
  readonly part?: string;
  readonly code?: number;
}

/** Posts jobs, each under its key until it is acknowledged; only ever told to come back later. */
class Root {
  readonly acknowledged: string[] = [];
  readonly retryAfter = new Set<string | null>();
  private isStopped = false;
  private readonly working = this.work();

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.working;
  }

  private async work(): Promise<void> {
    for (let count = 0; !this.isStopped; count += 1) {
      const id = `job-${count}`;
      while (!(await this.post(id))) await new Promise((resolve) => setTimeout(resolve, 50));
      this.acknowledged.push(id);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  private async post(id: string): Promise<boolean> {
    const resources = { cpuMillis: 5, memoryMiB: 1 };
    const body = { id, name: id, image: 'x', technology: 'simulated', resources };
    const url = `http://127.0.0.1:${ports.manager}/api/v1/jobs`;
    const answer = await call('POST', url, body, { 'idempotency-key': id }).catch(() => null);
    if (answer === null || answer.status < 300) return answer !== null;
    if (answer.status !== 503) {
      throw new Error(`${answer.status}: ${JSON.stringify(answer.body)}\n${manager.output()}`);
    }
    this.retryAfter.add(answer.headers.get('retry-after'));
    return false;
  }
}

describeWithMongod('While one of our own parts is away', () => {
  let root: Root;

  beforeAll(async () => {
    for (const name of ['broker', 'manager', 'scheduler'] as const) ports[name] = await freePort();
    mongod = await startMongod();
    await startBroker();
    managersLine = await Cable.to(() => ports.broker);
    workersLine = await Cable.to(() => ports.broker);
    await startManager();
    await startScheduler();
    for (const id of workerIds) {
      workers.push(
        oakring(['worker', '--id', id], {
          OAKRING_WORKER_RUNTIMES: 'simulated',
          OAKRING_WORKER_DATA: `${folder.path}/${id}`,
          OAKRING_MQTT_URL: `mqtt://127.0.0.1:${id === atTheEnd ? workersLine.port : ports.broker}`,
        }),
      );
    }
    await Promise.all(workers.map((worker) => worker.prints(/registered as/)));
    root = new Root();
    await goesOn();
  }, 240_000);
  afterAll(async () => {
    await root.stop();
    for (const one of [...workers, manager, scheduler, broker]) endGroup(one);
    for (const line of [managersLine, workersLine]) line.close();
    await mongod.remove();
    folder.remove();
  });

  it('(a worker, cut off) it is replaced, and stops what was replaced when it is heard again', async () => {
    const url = `http://127.0.0.1:${ports.manager}`;
    const body = { id: 'web', name: 'web', image: 'x', technology: 'simulated', count: 3 };
    const spread = { resources: { cpuMillis: 5 }, onDisconnect: { lostAfterMs: 500 } };
    expect((await call('POST', `${url}/api/v1/jobs`, { ...body, ...spread })).status).toBe(201);
    await untilAll(url, 'web', 'running', 3);
    expect(await homesOf(url, 'web')).toContain(atTheEnd);
    workersLine.cut();
    await eventually(
      () => homesOf(url, 'web'),
      (homes) => !homes.includes(atTheEnd) && homes.length === 3,
    );
    workersLine.mend();
    await eventually(
      () => reasonsToStop(url),
      (reasons) => reasons.length > 0,
    );
    expect(await reasonsToStop(url)).toEqual([
      expect.stringContaining('generation 2 replaced it while its node was lost'),
    ]);
    expect(await homesOf(url, 'web')).toHaveLength(3);
    await call('DELETE', `${url}/api/v1/jobs/web`);
    await eventually(
      () => call('GET', `${url}/api/v1/jobs/web`),
      ({ status }) => status === 404,
    );
  }, 240_000);

  it.each<[string, () => Promise<void> | void, () => Promise<void> | void, Meanwhile?]>([
    ['the scheduler, killed', () => kill(scheduler), startScheduler, { part: 'scheduler' }],
    ['the scheduler, frozen', () => stop(scheduler), () => go(scheduler)],
    ['the broker, killed', () => kill(broker), startBroker, { part: 'broker', code: 503 }],
    ['the broker, frozen', () => stop(broker), () => go(broker), { forMs: beyondLeaseMs }],
    ['the database, frozen', () => mongod.freeze(), () => mongod.thaw(), { forMs: beyondLeaseMs }],
    ['the database, killed', () => mongod.kill(), () => mongod.start(), { forMs: beyondLeaseMs }],
    ['the line of the manager, cut', () => managersLine.cut(), () => managersLine.mend()],
    ['the line of a worker, cut', () => workersLine.cut(), () => workersLine.mend()],
    ['the manager, killed', () => kill(manager), startManager],
    ['the manager, frozen', () => stop(manager), () => go(manager), { forMs: beyondLeaseMs }],
  ])(
    '(%s) nothing is stopped, and all goes on when it is back',
    async (_what, leave, back, { forMs = awayMs, part = null, code } = {}) => {
      await leave();
      if (part !== null) await isShown({ part, code });
      await new Promise((resolve) => setTimeout(resolve, forMs));
      await back();
      await goesOn();
      if (part !== null) await isShown(null);
    },
    60_000,
  );

  it('every job that was acknowledged runs once, and nothing healthy was ever stopped', async () => {
    await root.stop();
    const url = `http://127.0.0.1:${ports.manager}`;
    await eventually(
      () => counts(url),
      (seen) => seen.running === root.acknowledged.length && seen.jobs === seen.running,
    );
    const { body } = await call('GET', `${url}/api/v1/events?type=CommandIssued,InstanceLost`);
    const lines = String(body)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter(({ stream }) => stream !== 'jobs/web');
    const deploys = lines.filter(({ data }) => data.kind === 'deploy' || data.kind === 'replicate');
    expect(deploys).toHaveLength(root.acknowledged.length);
    expect(lines.length - deploys.length).toBe(0);
    expect([...root.retryAfter].every((value) => Number(value) > 0)).toBe(true);
  });

  /** What the manager says of itself names that part, since when it is so, and what to do; null: all is well. */
  async function isShown(shown: { part: string; code?: number | undefined } | null): Promise<void> {
    const { status, body } = await eventually(
      () => call('GET', `http://127.0.0.1:${ports.manager}/health/ready`),
      (answer) =>
        (answer.body.details[shown?.part ?? 'manager'].status === 'up') === (shown === null),
    );
    if (shown === null) return expect(status).toBe(200);
    const { since, remedy } = body.details[shown.part];
    if (shown.code !== undefined) expect(status).toBe(shown.code);
    expect(since).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(remedy).toMatch(/^See that the (broker|scheduler) of OAKRING_/);
  }

  /** Jobs are taken and come to run again. */
  async function goesOn(): Promise<void> {
    const before = root.acknowledged.length;
    await eventually(
      async () => root.acknowledged.length,
      (count) => count > before + 2,
    );
    const id = root.acknowledged.at(-1) ?? '';
    await eventually(
      () => call('GET', `http://127.0.0.1:${ports.manager}/api/v1/jobs/${id}`).catch(() => null),
      (answer) => answer?.body?.instances?.[0]?.status === 'running',
    );
  }
});

/** Where instances of a job run. */
async function homesOf(url: string, id: string): Promise<string[]> {
  const { body } = await call('GET', `${url}/api/v1/jobs/${id}`);
  return body.instances
    .filter(({ status }: { status: string }) => status === 'running')
    .map(({ nodeId }: { nodeId: string }) => nodeId);
}

async function reasonsToStop(url: string): Promise<string[]> {
  const { body } = await call('GET', `${url}/api/v1/events?stream=jobs/web&type=CommandIssued`);
  const text = (typeof body === 'string' ? body : JSON.stringify(body)).trim();
  const events = text.split('\n').map((line) => JSON.parse(line));
  return events.filter(({ data }) => data.kind === 'delete').map(({ data }) => data.reason);
}

async function counts(url: string): Promise<{ jobs: number; running: number }> {
  let jobs = 0;
  let running = 0;
  for (let cursor = ''; ;) {
    const { body } = await call('GET', `${url}/api/v1/jobs?limit=1000${cursor}`);
    for (const item of body.items) {
      jobs += 1;
      running += item.counts.running ?? 0;
    }
    if (body.next === undefined) return { jobs, running };
    cursor = `&cursor=${encodeURIComponent(body.next)}`;
  }
}

async function kill(part: Running): Promise<void> {
  part.child.kill('SIGKILL');
  await part.ended;
}

function stop(part: Running): void {
  part.child.kill('SIGSTOP');
}

function go(part: Running): void {
  part.child.kill('SIGCONT');
}

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { seededRandomness } from '@oakring/ports';
import { freePort } from '../infra/machine/free-port.js';
import { describeWithMongod, startMongod, type Mongod } from '../infra/mongo/testing/mongod.js';
import { call, eventually } from './kit/http.js';
import { headAt, jobIds, leaderOf, Poster } from './kit/managers.js';
import {
  endGroup,
  oakring,
  runProgram,
  temporaryFolder,
  up,
  type Cluster,
  type Running,
} from './kit/processes.js';
import { TestWorker } from './kit/test-worker.js';

/** Ways in which a leader goes, in turn. */
const ways = ['SIGKILL', 'SIGTERM', 'SIGSTOP'] as const;
/** `OAKRING_LONG=<rounds>` for more of them. */
const rounds = Number(process.env['OAKRING_LONG'] ?? ways.length);
const seed = Number(process.env['OAKRING_SEED'] ?? '20261123');

let mongod: Mongod;
let broker: Running;
let mqttUrl = '';
const folder = temporaryFolder();
/** Ended after the tests, however those ended. */
const started: Running[] = [];
let worker: TestWorker | null = null;

beforeAll(async () => {
  const port = await freePort();
  mqttUrl = `mqtt://127.0.0.1:${port}`;
  broker = runProgram('mosquitto', ['-p', String(port)]);
  await broker.prints(/running/);
});
afterAll(async () => {
  await worker?.stop();
  for (const one of started) endGroup(one);
  endGroup(broker);
  folder.remove();
});

interface Manager extends Cluster {
  readonly name: string;
}

async function manager(name: string, database: string): Promise<Manager> {
  const running = await up(`${folder.path}/${database}-${name}`, {
    OAKRING_STORE: mongod.url(database),
    OAKRING_MQTT_URL: mqttUrl,
    OAKRING_PORT: String(await freePort()),
  });
  started.push(running);
  return { ...running, name };
}

function chartOf(url: string) {
  return call('GET', `${url}/api/v1/nodes/w1/telemetry?from=-10m`);
}

/** In the telemetry log as it is stored, whose lines are chained from the first one on: its marks. */
async function marksOf(url: string): Promise<number> {
  const text = await (await fetch(`${url}/api/v1/telemetry/batches`)).text();
  const lines = text.trimEnd().split('\n').map(parsedLine);
  expect(lines.map(({ prev }) => prev)).toEqual([
    '0'.repeat(64),
    ...lines.slice(0, -1).map(({ hash }) => hash),
  ]);
  return lines.filter(({ end }) => end === true).length;
}

function parsedLine(text: string): { prev: string; hash: string; end?: boolean } {
  // What the manager under test stored.
  return JSON.parse(text) as { prev: string; hash: string; end?: boolean };
}

async function tokenOf(url: string, name: string, role: string): Promise<string> {
  const { status, body } = await call('POST', `${url}/api/v1/tokens`, { name, role });
  expect(status).toBe(201);
  return body.token;
}

/** A token is made and taken back at one manager; the other, and what was opened there, goes by it. */
async function revocationReaches(leader: Manager, other: Manager): Promise<void> {
  const token = await tokenOf(leader.url, 'eve', 'auditor');
  const headers = { authorization: `Bearer ${token}` };
  const ask = (path: string) => fetch(`${other.url}${path}`, { headers });
  const known = await eventually(
    () => ask('/api/v1/whoami'),
    ({ status }) => status === 200,
  );
  expect(await known.json()).toMatchObject({ name: 'eve', role: 'auditor' });
  const order = await call('DELETE', `${other.url}/api/v1/jobs/none`, undefined, headers);
  expect(order).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  const stream = await ask('/api/v1/events?follow=true');
  const ended = stream.text().catch(() => 'cut');
  const revoked = await call('DELETE', `${leader.url}/api/v1/tokens/eve`);
  expect(revoked.status).toBe(200);
  expect(await ended).toBe('cut');
  expect((await ask('/api/v1/whoami')).status).toBe(401);
}

/** A scheduler of its own is ready with a token that may nothing but what it asks for. */
async function schedulerWorks(manager: Manager): Promise<void> {
  const token = await tokenOf(manager.url, 'planner', 'scheduler');
  const scheduler = oakring(['scheduler'], {
    ...{ OAKRING_MANAGER_URL: manager.url, OAKRING_MANAGER_TOKEN: token },
    OAKRING_SCHEDULER_PORT: String(await freePort()),
  });
  started.push(scheduler);
  const [, url = ''] = await scheduler.prints(/ready: (http\S+)/);
  await eventually(
    () => call('GET', `${url}/health/ready`),
    ({ status }) => status === 200,
  );
  await call('DELETE', `${manager.url}/api/v1/tokens/planner`);
  await eventually(
    () => call('GET', `${url}/health/ready`),
    ({ status }) => status === 503,
  );
  endGroup(scheduler);
}

async function verified(database: string): Promise<string> {
  const audit = oakring(['audit', 'verify', '--store', mongod.url(database)]);
  const code = await audit.ended;
  expect({ code, output: audit.output() }).toMatchObject({ code: 0 });
  return audit.output();
}

describe('A manager over a folder', () => {
  it('loses and doubles nothing while it is killed under load', async () => {
    const data = `${folder.path}/folder`;
    const port = await freePort();
    const start = () => up(data, { OAKRING_PORT: String(port) });
    const chance = seededRandomness(seed);
    let one = await start();
    const poster = new Poster(() => [one.url]);
    for (let round = 0; round < rounds; round += 1) {
      const before = poster.acknowledged.length;
      const more = 5 + chance.integer(20);
      await eventually(
        async () => poster.acknowledged.length,
        (now) => now > before + more,
      );
      await one.kill();
      one = await start();
    }
    await poster.stop();
    const ids = await jobIds(one.url);
    expect(poster.acknowledged.filter((id) => !ids.includes(id))).toEqual([]);
    expect(ids).toHaveLength(new Set(ids).size);
    await one.stop();
    const audit = oakring(['audit', 'verify', '--store', `${data}/ledger`]);
    expect(await audit.ended).toBe(0);
    console.info(`seed ${seed}, ${rounds} kills: ${poster.acknowledged.length} acknowledged`);
  }, 240_000);
});

describeWithMongod('Two managers on one MongoDB and one broker', () => {
  beforeAll(async () => {
    mongod = await startMongod();
  });
  afterAll(() => mongod.remove());

  it('lose and double nothing while leaders are killed, stopped and frozen', async () => {
    const chance = seededRandomness(seed);
    let managers = [await manager('a', 'lead'), await manager('b', 'lead')];
    const played = await TestWorker.start(mqttUrl, 'w1', {
      capacity: { cpuMillis: 1_000_000, memoryMiB: 1_000_000 },
    });
    worker = played;
    const poster = new Poster(() => managers.map(({ url }) => url));
    const takeovers: number[] = [];
    const firstLeader = await leaderOf(managers);
    await eventually(
      () => chartOf(firstLeader.url),
      ({ body }) => (body.points?.length ?? 0) > 0,
    );
    const heardBy = Date.now();
    for (let round = 0; round < rounds; round += 1) {
      const leader = await leaderOf(managers);
      const others = managers.filter((one) => one !== leader);
      const before = poster.acknowledged.length;
      await eventually(
        async () => poster.acknowledged.length,
        (now) => now > before + 5 + chance.integer(20),
      );
      const way = ways[round % ways.length] ?? 'SIGKILL';
      const since = Date.now();
      leader.child.kill(way);
      const next = await leaderOf(others);
      takeovers.push(Date.now() - since);
      if (way === 'SIGSTOP') {
        leader.child.kill('SIGCONT');
        // The zombie finds out, and follows.
        await eventually(
          () => headAt(leader.url),
          ({ body }) => body.leading === false && body.leader === next.url,
        );
      } else {
        await leader.ended;
        managers = [...others, await manager(leader.name, 'lead')];
      }
    }
    await poster.stop();
    const leader = await leaderOf(managers);
    const { body: head } = await headAt(leader.url);
    for (const one of managers) {
      await eventually(
        () => headAt(one.url),
        ({ body }) => body.position >= head.position,
      );
      // Every acknowledged job once, on the leader and on the follower alike.
      await eventually(
        () => jobIds(one.url),
        (found) => poster.acknowledged.every((id) => found.includes(id)),
      );
      const found = await jobIds(one.url);
      expect(found).toHaveLength(new Set(found).size);
    }
    // What former leaders took in is there, whoever is asked.
    for (const one of managers) {
      const { body } = await chartOf(one.url);
      expect(Date.parse(body.points[0].at)).toBeLessThanOrEqual(heardBy);
      expect(await marksOf(one.url)).toBeGreaterThan(rounds);
    }
    const epochs = played.orders.map(({ epoch }) => epoch);
    expect(epochs).toEqual(epochs.toSorted((a, b) => a - b));
    const deploys = played.orders.filter(({ command }) => command === 'deploy');
    const commandIds = new Map<string, string>();
    for (const { job, generation, commandId } of deploys) {
      const key = `${job.id}/${generation}`;
      expect(commandIds.get(key) ?? commandId).toBe(commandId);
      commandIds.set(key, commandId);
    }
    console.info(
      `seed ${seed}, ${rounds} rounds: ${poster.acknowledged.length} acknowledged, ` +
        `${deploys.length} deploys, takeovers ${takeovers.join(', ')} ms`,
    );
    await schedulerWorks(leader);
    await revocationReaches(leader, managers.find((one) => one !== leader) ?? leader);
    for (const one of managers) await one.stop();
    expect(await verified('lead')).toMatch(/^whole: positions 1–\d+, head [0-9a-f]{64}/);
  }, 240_000);

  it('survive a database that is frozen and killed, in the same processes', async () => {
    const one = await manager('a', 'outage');
    const poster = new Poster(() => [one.url]);
    const some = async (more: number): Promise<void> => {
      const before = poster.acknowledged.length;
      await eventually(
        async () => poster.acknowledged.length,
        (now) => now >= before + more,
      );
    };
    await some(20);
    mongod.freeze();
    // Late: nobody may be answered, and that is said at once.
    await eventually(
      () =>
        call('POST', `${one.url}/api/v1/jobs`, {
          id: 'x',
          name: 'x',
          image: 'x',
          technology: 'simulated',
        }),
      ({ status, headers }) => status === 503 && headers.get('retry-after') !== null,
    );
    mongod.thaw();
    await some(20);
    await mongod.kill();
    await mongod.start();
    await some(20);
    await poster.stop();
    const ids = await jobIds(one.url);
    expect(poster.acknowledged.filter((id) => !ids.includes(id))).toEqual([]);
    expect(ids).toHaveLength(new Set(ids).size);
    expect(one.child.exitCode).toBeNull();
    const { body } = await headAt(one.url);
    expect(body).toMatchObject({ leading: true, epoch: 1 });
    await one.stop();
    await verified('outage');
  }, 240_000);
});

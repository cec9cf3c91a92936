import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freshKey, SampleLedger } from '@oakring/events/testing';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../infra/machine/free-port.js';
import { describeWithMongod, startMongod, type Mongod } from '../infra/mongo/testing/mongod.js';
import { call, eventually, job, untilAll } from './kit/http.js';
import { leaderOf } from './kit/managers.js';
import {
  endGroup,
  oakring,
  runProgram,
  temporaryFolder,
  up,
  type Cluster,
  type Running,
} from './kit/processes.js';

const folder = temporaryFolder();
const started: Running[] = [];
const secrets = { OAKRING_BACKUP_PASSPHRASE: 'three words here' };
let ports: Record<'OAKRING_PORT' | 'OAKRING_MQTT_PORT', string>;

beforeAll(async () => {
  ports = { OAKRING_PORT: String(await freePort()), OAKRING_MQTT_PORT: String(await freePort()) };
});
afterAll(() => {
  for (const one of started.toReversed()) endGroup(one);
  folder.remove();
});

async function cluster(data: string, env: Readonly<Record<string, string>>): Promise<Cluster> {
  const running = await up(join(folder.path, data), env);
  started.push(running);
  return running;
}

/** A command that must succeed; what it says. */
async function done(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const running = oakring(args, { ...secrets, ...env });
  const code = await running.ended;
  expect([code, running.output()]).toEqual([0, expect.any(String)]);
  return running.output();
}

async function worker(id: string, mqttUrl: string): Promise<void> {
  const running = oakring(['worker', '--id', id], {
    OAKRING_WORKER_RUNTIMES: 'process',
    OAKRING_WORKER_DATA: join(folder.path, id),
    OAKRING_MQTT_URL: mqttUrl,
  });
  started.push(running);
  await running.prints(/registered as/);
}

function sleeper(id: string, seconds: number, count: number) {
  const cmd = ['/bin/sleep', String(seconds)];
  const resources = { cpuMillis: 0, memoryMiB: 1 };
  return { id, name: id, image: 'sleep', technology: 'process', cmd, count, resources };
}

/** Processes of a job, by what they sleep. */
function processesOf(seconds: number): string[] {
  try {
    const found = execFileSync('pgrep', ['-f', `^/bin/sleep ${seconds}$`], { encoding: 'utf8' });
    return found.trim().split('\n').sort();
  } catch {
    return [];
  }
}

function untilProcesses(seconds: number, count: number): Promise<string[]> {
  return eventually(
    async () => processesOf(seconds),
    ({ length }) => length === count,
  );
}

/** The telemetry log as it is stored. */
async function batchesOf(url: string): Promise<string[]> {
  const text = await (await fetch(`${url}/api/v1/telemetry/batches`)).text();
  return text.split('\n').slice(0, -1);
}

function nodeOf(url: string, id: string, instance: number): Promise<string> {
  return job(url, id).then(({ body }) => body.instances[instance]?.nodeId);
}

async function move(url: string, id: string, instance: number): Promise<string> {
  const to = (await nodeOf(url, id, instance)) === 'w1' ? 'w2' : 'w1';
  const path = `${url}/api/v1/jobs/${id}/instances/${instance}/move`;
  await eventually(
    () => call('POST', path, { worker: to }),
    ({ status }) => status < 300,
  );
  await eventually(
    () => job(url, id),
    ({ body }) => body.instances[instance].nodeId === to && body.instances[instance].confirmed,
  );
  return to;
}

describe('A cluster that comes back from a backup', () => {
  it('takes up what its workers run without a restart, and settles by rule what came after the backup', async () => {
    const first = await cluster('first', ports);
    await worker('w1', first.mqttUrl);
    await worker('w2', first.mqttUrl);
    await call('POST', `${first.url}/api/v1/jobs`, sleeper('web', 73_311, 2));
    await untilAll(first.url, 'web', 'running', 2);
    const kept = join(folder.path, 'kept');
    const data = join(folder.path, 'first');
    await eventually(
      () => batchesOf(first.url),
      ({ length }) => length > 0,
    );
    const what = ['--to', kept, '--data', data, '--telemetry'];
    await done(['backup', ...what], { OAKRING_URL: first.url });
    // What follows is lost with the manager.
    await call('POST', `${first.url}/api/v1/jobs/web/replicate`, { count: 3 });
    await untilAll(first.url, 'web', 'running', 3);
    const moved = await move(first.url, 'web', 0);
    await call('POST', `${first.url}/api/v1/jobs`, sleeper('late', 73_322, 1));
    await untilAll(first.url, 'late', 'running', 1);
    const before = [await untilProcesses(73_311, 3), await untilProcesses(73_322, 1)];
    await first.kill();
    rmSync(data, { recursive: true });

    const to = ['--data', join(folder.path, 'second'), '--telemetry'];
    const said = await done(['restore', '--from', kept, ...to]);
    const [, hash] = /head ([0-9a-f]{64})/.exec(said) ?? [];
    const lines = readFileSync(join(kept, 'ledger.commits'), 'utf8').trimEnd().split('\n');
    expect(lines.at(-1)?.endsWith(`\t${hash}`)).toBe(true);
    const { url } = await cluster('second', ports);
    const { body } = await eventually(
      () => job(url, 'web'),
      (answer) =>
        answer.body.instances?.length === 2 &&
        answer.body.instances[0].nodeId === moved &&
        answer.body.instances.every((each: { confirmed: boolean }) => each.confirmed),
    );
    expect(body.desired).toBe(2);
    // Nobody knows what is not in the backup: it is shown, and runs on.
    const unknown = async () => {
      const { body: nodes } = await call('GET', `${url}/api/v1/nodes`);
      return nodes.items.flatMap((node: { unexpected: string[] }) => node.unexpected).sort();
    };
    expect(await eventually(unknown, ({ length }) => length === 2)).toEqual([
      'late/0/1',
      'web/2/1',
    ]);
    expect([processesOf(73_311), processesOf(73_322)]).toEqual(before);
    await done(['audit', 'verify', '--store', join(folder.path, 'second', 'ledger')]);
    const readings = readFileSync(join(kept, 'telemetry.batches'), 'utf8').trimEnd().split('\n');
    expect((await batchesOf(url)).slice(0, readings.length)).toEqual(readings);
  }, 240_000);
});

describe('A restore that is killed', () => {
  it('is no ledger to a manager, and goes on when it is run again; so does a backup', async () => {
    const sample = new SampleLedger(freshKey());
    sample.work(400);
    const file = join(folder.path, 'large.commits');
    writeFileSync(file, `${sample.lines.join('\n')}\n`);
    const data = join(folder.path, 'large');
    const restoring = oakring(['restore', '--from', file, '--data', data]);
    await eventually(
      async () => existsSync(join(data, 'ledger', 'restoring.json')),
      (isThere) => isThere,
    );
    endGroup(restoring);
    await restoring.ended;
    const refused = oakring(['up', '--data', data], { OAKRING_PORT: '0', OAKRING_MQTT_PORT: '0' });
    expect(await refused.ended).toBe(1);
    expect(refused.output()).toContain('did not end');
    await done(['restore', '--from', file, '--data', data]);

    const { url } = await cluster('large', { OAKRING_PORT: '0', OAKRING_MQTT_PORT: '0' });
    const copy = join(folder.path, 'copy');
    const backing = oakring(['backup', '--to', copy], { OAKRING_URL: url });
    await eventually(
      async () => existsSync(copy),
      (isThere) => isThere,
    );
    endGroup(backing);
    await backing.ended;
    await done(['backup', '--to', copy], { OAKRING_URL: url });
    const copied = readFileSync(join(copy, 'ledger.commits'), 'utf8');
    expect(copied.startsWith(readFileSync(file, 'utf8'))).toBe(true);
    await done(['audit', 'verify', join(copy, 'ledger.commits')]);
  }, 240_000);
});

describeWithMongod('Two managers that come back on another database', () => {
  let mongod: Mongod;
  let mqttUrl = '';
  beforeAll(async () => {
    mongod = await startMongod();
    const port = await freePort();
    mqttUrl = `mqtt://127.0.0.1:${port}`;
    const broker = runProgram('mosquitto', ['-p', String(port)]);
    started.push(broker);
    await broker.prints(/running/);
  });
  afterAll(() => mongod.remove());

  function managers(database: string): Promise<Cluster[]> {
    return Promise.all(
      ['a', 'b'].map(async (name) =>
        cluster(`${database}-${name}`, {
          OAKRING_STORE: mongod.url(database),
          OAKRING_MQTT_URL: mqttUrl,
          OAKRING_PORT: String(await freePort()),
        }),
      ),
    );
  }

  it('are heard by the worker that ran meanwhile, with the token that it has', async () => {
    const before = await managers('before');
    const leader = await leaderOf(before);
    const follower = before.find((one) => one !== leader) ?? leader;
    await worker('m1', mqttUrl);
    await call('POST', `${leader.url}/api/v1/jobs`, sleeper('kept', 73_333, 1));
    await untilAll(leader.url, 'kept', 'running', 1);
    const pids = await untilProcesses(73_333, 1);
    const kept = join(folder.path, 'kept-mongo');
    const data = ['--data', join(folder.path, 'before-a'), '--store', mongod.url('before')];
    await done(['backup', '--to', kept, ...data], { OAKRING_URL: follower.url });
    for (const one of before) await one.kill();
    const to = ['--data', join(folder.path, 'after-a'), '--store', mongod.url('after')];
    await done(['restore', '--from', kept, ...to]);
    const after = await leaderOf(await managers('after'));
    await eventually(
      () => call('GET', `${after.url}/api/v1/nodes/m1`),
      ({ body }) => body.status === 'ready' && body.unexpected.length === 0,
    );
    await untilAll(after.url, 'kept', 'running', 1);
    expect(processesOf(73_333)).toEqual(pids);
  }, 240_000);
});

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { call, eventually, job, untilAll } from './kit/http.js';
import {
  endGroup,
  oakring,
  temporaryFolder,
  up,
  type Cluster,
  type Running,
} from './kit/processes.js';

/** One box with its embedded broker, and real workers that are killed, cut off and started again. */
const folder = temporaryFolder();
let cluster: Cluster;
let workers: Running[] = [];

beforeAll(async () => {
  cluster = await up(`${folder.path}/manager`);
});
afterEach(async () => {
  const { body } = await call('GET', `${cluster.url}/api/v1/jobs`);
  for (const { id } of body.items) await call('DELETE', `${cluster.url}/api/v1/jobs/${id}`);
});
afterAll(async () => {
  for (const worker of workers) endGroup(worker);
  await cluster.stop();
  endGroup(cluster);
  folder.remove();
});

async function worker(id: string): Promise<Running> {
  const started = oakring(['worker', '--id', id], {
    OAKRING_WORKER_RUNTIMES: 'process,simulated',
    OAKRING_WORKER_DATA: `${folder.path}/${id}`,
    OAKRING_MQTT_URL: cluster.mqttUrl,
  });
  workers.push(started);
  await node(id, 'ready');
  return started;
}

function node(id: string, status: string) {
  return eventually(
    () => call('GET', `${cluster.url}/api/v1/nodes/${id}`),
    ({ body }) => body.status === status,
  );
}

function submit(id: string, more: object = {}) {
  return call('POST', `${cluster.url}/api/v1/jobs`, {
    ...{ id, name: id, image: '/bin/sleep', technology: 'process', cmd: ['/bin/sleep', '100000'] },
    // The machine may be busy with other tests: foreign load must not keep it away.
    ...{ resources: { cpuMillis: 0, memoryMiB: 1 } },
    ...more,
  });
}

async function events(type: string, stream = ''): Promise<Record<string, unknown>[]> {
  const query = `type=${type}${stream === '' ? '' : `&stream=${stream}`}`;
  const { body } = await call('GET', `${cluster.url}/api/v1/events?${query}`);
  const lines = typeof body === 'string' ? body.trim().split('\n') : body === null ? [] : [body];
  return lines
    .filter((line) => line !== '')
    .map((line) => (typeof line === 'string' ? JSON.parse(line) : line).data);
}

async function placeOf(id: string): Promise<string> {
  return (await job(cluster.url, id)).body.instances[0].nodeId;
}

/** Why no worker here takes what must never run twice, by its own word; said aloud, as it leaves us untested. */
function whyNotEnforced(): string | null {
  const [, why = null] =
    /cgroups cannot be used \((.*?)\):/.exec(workers.at(-1)?.output() ?? '') ?? [];
  const what = 'NOT TESTED here: that what must never run twice is ended by its worker';
  if (why !== null) process.stderr.write(`${what} (${why})\n`);
  return why;
}

/** How many such processes there are on this machine. */
function processes(pattern: string): number {
  try {
    return execFileSync('pgrep', ['-fc', pattern], { encoding: 'utf8' }).trim() === ''
      ? 0
      : Number(execFileSync('pgrep', ['-fc', pattern], { encoding: 'utf8' }));
  } catch {
    return 0;
  }
}

function pidsOf(mark: string): number[] {
  const found = execFileSync('pgrep', ['-f', `^/bin/sh -c i=0.*${mark}`], { encoding: 'utf8' });
  return found.trim().split('\n').map(Number);
}

/** As it is told to a program. */
function instanceOf(pid: number): string | undefined {
  const variables = readFileSync(`/proc/${pid}/environ`, 'utf8');
  return /(?:^|\0)OAKRING_INSTANCE=(\d+)/.exec(variables)?.[1];
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

/** What is started is its guard first, which becomes the program a moment later. */
async function untilOneRuns(mark: string): Promise<void> {
  await eventually(
    async () => processes(`^${mark}`),
    (count) => count === 1,
  );
}

describe('A worker', () => {
  it('that is killed is replaced; that comes back stops what was replaced', async () => {
    const started = new Map([
      ['w1', await worker('w1')],
      ['w2', await worker('w2')],
    ]);
    await submit('web', { onDisconnect: { lostAfterMs: 500 } });
    await untilAll(cluster.url, 'web', 'running', 1);
    const home = await placeOf('web');
    const other = home === 'w1' ? 'w2' : 'w1';
    endGroup(started.get(home) as Running);
    await eventually(
      () => job(cluster.url, 'web'),
      ({ body }) => body.instances[0].nodeId === other && body.instances[0].status === 'running',
    );
    expect(await events('InstanceLost', 'jobs/web')).toMatchObject([
      { nodeId: home, generation: 1 },
    ]);
    await worker(home);
    // It starts again what it was to run, is told better, and says so.
    await eventually(
      () => job(cluster.url, 'web'),
      ({ body }) => body.instances[0].replaces === undefined,
    );
    expect(await placeOf('web')).toBe(other);
    await eventually(
      () => events('WorkerHistoryRecorded', `nodes/${home}`),
      ({ length }) => length > 0,
    );
  });

  it('that stops on purpose is no loss to wonder about, and its instances move at once', async () => {
    // What is simulated ends with its worker.
    await submit('calm', { technology: 'simulated' });
    await untilAll(cluster.url, 'calm', 'running', 1);
    const home = await placeOf('calm');
    for (const each of workers) {
      if (each.output().includes(`registered as ${home}`)) each.child.kill('SIGTERM');
    }
    await node(home, 'disconnected');
    await untilAll(cluster.url, 'calm', 'running', 1);
    expect(await placeOf('calm')).not.toBe(home);
    expect((await events('NodeStopped', `nodes/${home}`)).length).toBe(1);
    await worker(home);
  });
});

describe('Ten instances of a worker that is killed and started again', () => {
  const lines = (number: number): string[] =>
    readFileSync(`${folder.path}/w2/output/count.${number}.log`, 'utf8').split('\n').slice(0, -1);

  it('run on and lose no line, and their manager sees no end of them', async () => {
    await call('POST', `${cluster.url}/api/v1/nodes/w1/cordon`);
    const script = 'i=0; while :; do i=$((i+1)); echo $i; sleep 0.05; done';
    const cmd = ['/bin/sh', '-c', script, folder.path];
    await submit('count', { cmd, count: 10, onDisconnect: { lostAfterMs: 600_000 } });
    await untilAll(cluster.url, 'count', 'running', 10);
    const before = pidsOf(folder.path);
    expect(before).toHaveLength(10);
    const killed = workers.findLast((each) => each.output().includes('registered as w2'));
    killed?.child.kill('SIGKILL');
    await killed?.ended;
    await node('w2', 'suspect');
    const counted = Array.from({ length: 10 }, (_, number) => lines(number).length);
    await worker('w2');
    await eventually(
      async () => counted.every((count, number) => lines(number).length > count + 20),
      (isSo) => isSo,
    );
    expect(pidsOf(folder.path)).toEqual(before);
    for (let number = 0; number < 10; number += 1) {
      const seen = lines(number);
      expect(seen).toEqual(seen.map((_, index) => String(index + 1)));
    }
    const { body } = await job(cluster.url, 'count');
    for (const instance of body.instances) {
      expect(instance).toMatchObject({ generation: 1, nodeId: 'w2', status: 'running' });
    }
    for (const type of ['InstanceLost', 'InstanceReported', 'InstanceRecovered']) {
      expect(await events(type, 'jobs/count')).toEqual([]);
    }
    await call('DELETE', `${cluster.url}/api/v1/nodes/w1/cordon`);
  });
});

describe('The logs of thirty instances that are followed', () => {
  it('come between one another, each line once, while one is killed and starts again', async () => {
    const script = 'i=0; while :; do i=$((i+1)); echo $i; sleep 0.2; done';
    const cmd = ['/bin/sh', '-c', script, `${folder.path}/chorus`];
    await submit('chorus', { cmd, count: 30, restart: { limit: 5, firstMs: 100 } });
    await untilAll(cluster.url, 'chorus', 'running', 30);
    const reader = oakring(['job', 'logs', 'chorus', '-f'], { OAKRING_URL: cluster.url });
    workers.push(reader);
    const printed = (): number[][] =>
      [...reader.output().matchAll(/^ *(\d+) \| (\d+)$/gm)].map((words) => words.map(Number));
    const by = (number: number): number[] =>
      printed().flatMap(([, from, said = 0]) => (from === number ? [said] : []));
    const untilEachHas = (count: number) =>
      eventually(
        async () => Array.from({ length: 30 }, (_, number) => by(number).length),
        (counts) => counts.every((each) => each >= count),
      );
    await untilEachHas(5);
    const { instances } = (await job(cluster.url, 'chorus')).body;
    const [victim] = pidsOf(`${folder.path}/chorus`).filter((pid) => instanceOf(pid) === '7');
    process.kill(victim ?? 0, 'SIGKILL');
    await eventually(
      async () => by(7),
      (said) => said.lastIndexOf(1) > 0 && said.length - said.lastIndexOf(1) >= 10,
    );
    await untilEachHas(by(7).length);
    reader.child.kill('SIGINT');
    await reader.ended;
    for (let number = 0; number < 30; number += 1) {
      const said = by(number);
      const again = number === 7 ? said.lastIndexOf(1) : said.length;
      const counted = [...upTo(again), ...upTo(said.length - again)];
      expect({ number, said }).toEqual({ number, said: counted });
      if (number !== 7) continue;
      // All that it had printed when it was killed, by what its worker keeps.
      const kept = `${folder.path}/${instances[7].nodeId}/output/chorus.7.log`;
      expect(readFileSync(kept, 'utf8').trimEnd().split('\n').at(-1)).toBe(String(again));
    }
    const changes = printed().filter(([, from], at, all) => from !== all[at - 1]?.[1]);
    expect(changes.length).toBeGreaterThan(printed().length / 2);
  });
});

describe('An instance', () => {
  it('that crashes is tried again, elsewhere first, and given up with its history', async () => {
    await submit('crash', { cmd: ['/bin/false'], restart: { limit: 3, firstMs: 100 } });
    const { body } = await eventually(
      () => job(cluster.url, 'crash'),
      (answer) => answer.body.instances[0].attempts?.length === 4,
    );
    const [instance] = body.instances;
    expect(instance).toMatchObject({ status: 'failed', failures: 4, crashLooping: true });
    expect(instance.reason).toContain('given up after it failed 4 times');
    const nodes = instance.attempts.map(({ nodeId }: { nodeId: string }) => nodeId);
    expect(nodes[1]).not.toBe(nodes[0]);
    expect(await events('InstanceGivenUp', 'jobs/crash')).toHaveLength(1);
  });

  it('that runs once ends as completed, and so does its job', async () => {
    await submit('once', { cmd: ['/bin/true'], one_shot: true, count: 2 });
    const { body } = await eventually(
      () => job(cluster.url, 'once'),
      (answer) => answer.body.status === 'completed',
    );
    expect(body.instances.map(({ status }: { status: string }) => status)).toEqual([
      'completed',
      'completed',
    ]);
  });
});

describe('A new revision', () => {
  const revision = (more: object) => ({
    ...{ id: 'roll', name: 'roll', image: 'a', technology: 'simulated', count: 3 },
    ...{ resources: { cpuMillis: 0, memoryMiB: 1 }, update: { healthyAfterMs: 200 } },
    ...more,
  });

  it('is rolled out one by one, and goes back by itself when it fails', async () => {
    await submit('roll', revision({}));
    await untilAll(cluster.url, 'roll', 'running', 3);
    const url = `${cluster.url}/api/v1/jobs/roll`;
    expect(await call('PUT', url, revision({ image: 'b' }))).toMatchObject({
      body: { revision: 2 },
    });
    await eventually(
      () => job(cluster.url, 'roll'),
      ({ body }) => body.rollout.status === 'completed' && body.rollout.updated === 3,
    );
    await call('PUT', url, revision({ image: 'c', simulate: { failStart: true } }));
    const { body } = await eventually(
      () => job(cluster.url, 'roll'),
      (answer) => answer.body.rollout.status === 'rolledBack',
    );
    expect(body).toMatchObject({ image: 'b', revision: 4, rollout: { updated: 3 } });
    // Two of three were never touched by what failed.
    expect(await events('RolloutCompleted', 'jobs/roll')).toHaveLength(2);
  });

  it('with room to spare runs beside the old one, on the same node, until it serves', async () => {
    // One that takes what is new: the last one that did.
    await submit('first');
    await untilAll(cluster.url, 'first', 'running', 1);
    const node = await placeOf('first');
    const spare = {
      constraints: [{ type: 'direct', node }],
      cmd: ['/bin/sh', '-c', 'echo one; exec sleep 100000'],
      update: { surge: 1, maxUnavailable: 0, healthyAfterMs: 200 },
    };
    await submit('spare', spare);
    await untilAll(cluster.url, 'spare', 'running', 1);
    const { document } = (await job(cluster.url, 'spare')).body;
    const cmd = ['/bin/sh', '-c', 'echo two; exec sleep 100000'];
    await call('PUT', `${cluster.url}/api/v1/jobs/spare`, { ...document, cmd });
    const { body } = await eventually(
      () => job(cluster.url, 'spare'),
      (answer) => answer.body.rollout?.status === 'completed',
    );
    expect(body.instances).toMatchObject([{ status: 'running', nodeId: node, generation: 2 }]);
    // The order to end the old one may be on its way yet.
    const told = await events('CommandIssued,CommandSucceeded,MoveCompleted', 'jobs/spare');
    const what = (data: Record<string, unknown>) =>
      data['kind'] ?? ('confirmed' in data ? 'took over' : 'done');
    expect(told.map(what).slice(0, 6)).toEqual(
      ['deploy', 'done', 'replicate', 'done', 'took over', 'delete'].slice(0, told.length),
    );
    expect(told.length).toBeGreaterThan(4);
    const logs = async (previous: string) => {
      const path = `${cluster.url}/api/v1/jobs/spare/instances/0/logs?previous=${previous}`;
      return (await fetch(path)).text();
    };
    expect(await Promise.all([logs('false'), logs('true')])).toEqual([
      expect.stringContaining('two'),
      expect.stringContaining('one'),
    ]);
  });

  it('with checks is rolled out as it becomes healthy, goes back while it does not, and is replaced when it ceases to be', async () => {
    const sick = `${folder.path}/sick`;
    const looks = (command: string[]) => ({
      ...{ count: 2, restart: { limit: 5, firstMs: 100, mostMs: 100 } },
      health: { command, intervalMs: 200, timeoutMs: 20_000, retries: 2 },
    });
    const well = looks(['/bin/sh', '-c', `! test -e ${sick}`]);
    await submit('well', well);
    const isWell = (answer: { body: { instances: { health?: { status: string } }[] } }): boolean =>
      answer.body.instances.every(({ health }) => health?.status === 'healthy');
    await eventually(() => job(cluster.url, 'well'), isWell);
    const { document } = (await job(cluster.url, 'well')).body;
    const never = { ...document, ...looks(['/bin/false']) };
    await call('PUT', `${cluster.url}/api/v1/jobs/well`, never);
    const { body } = await eventually(
      () => job(cluster.url, 'well'),
      (answer) => answer.body.rollout?.status === 'rolledBack',
    );
    expect(body.rollout.reason).toMatch(
      /health check failed twice: \/bin\/false ended with exit code 1/,
    );
    await eventually(() => job(cluster.url, 'well'), isWell);
    const before = body.instances[1].generation;
    writeFileSync(sick, '');
    await eventually(
      () => events('InstanceFailedChecks', 'jobs/well'),
      (failed) => failed.some(({ instance }) => instance === 1),
    );
    rmSync(sick);
    const after = await eventually(() => job(cluster.url, 'well'), isWell);
    expect(after.body.instances[1].generation).toBeGreaterThan(before);
  });
});

describe('A node', () => {
  it('is drained before it is let go: every instance runs elsewhere first', async () => {
    await submit('stay', { count: 2 });
    await untilAll(cluster.url, 'stay', 'running', 2);
    await call('POST', `${cluster.url}/api/v1/nodes/w1/drain`, { withinMs: 60_000 });
    await eventually(
      () => events('NodeDrainEnded', 'nodes/w1'),
      (ended) => ended.some(({ outcome }) => outcome === 'done'),
    );
    const { body } = await job(cluster.url, 'stay');
    expect(new Set(body.instances.map(({ nodeId }: { nodeId: string }) => nodeId))).toEqual(
      new Set(['w2']),
    );
    expect((await call('DELETE', `${cluster.url}/api/v1/nodes/w1`)).status).toBe(409);
    expect((await call('DELETE', `${cluster.url}/api/v1/nodes/w1/cordon`)).status).toBe(200);
  });

  it('cut off from its manager ends what must never run twice, before it runs elsewhere', async () => {
    if (whyNotEnforced() !== null) return;
    const limit = { onDisconnect: { stopOnWorkerAfterMs: 10_000, lostAfterMs: 500 } };
    const mark = '/bin/sleep 77123';
    await submit('single', { cmd: mark.split(' '), ...limit });
    await untilAll(cluster.url, 'single', 'running', 1);
    await untilOneRuns(mark);
    const home = await placeOf('single');
    const cut = workers.findLast((each) => each.output().includes(`registered as ${home}`));
    // The manager hears nothing more of it, and it nothing of the manager.
    cluster.child.kill('SIGSTOP');
    const seen: number[] = [];
    await eventually(
      async () => seen.push(processes(`^${mark}`)),
      () => seen.at(-1) === 0,
    );
    expect(Math.max(...seen)).toBe(1);
    cluster.child.kill('SIGCONT');
    await untilOneRuns(mark);
    expect(cut?.child.exitCode).toBeNull();
  }, 240_000);

  it('whose worker is frozen ends it all the same: its guard hears of no grant', async () => {
    if (whyNotEnforced() !== null) return;
    const mark = '/bin/sleep 77456';
    const onDisconnect = { stopOnWorkerAfterMs: 10_000, lostAfterMs: 500 };
    await submit('frozen', { cmd: mark.split(' '), onDisconnect });
    await untilAll(cluster.url, 'frozen', 'running', 1);
    await untilOneRuns(mark);
    const home = await placeOf('frozen');
    const worker = workers.findLast((each) => each.output().includes(`registered as ${home}`));
    worker?.child.kill('SIGSTOP');
    const seen: number[] = [];
    await eventually(
      async () => seen.push(processes(`^${mark}`)),
      () => seen.at(-1) === 0,
    );
    // Where it is started next, it is the only one.
    await eventually(
      async () => seen.push(processes(`^${mark}`)),
      () => seen.at(-1) === 1,
    );
    expect(Math.max(...seen)).toBe(1);
    expect(await placeOf('frozen')).not.toBe(home);
    worker?.child.kill('SIGCONT');
    await node(home, 'ready');
    expect(processes(`^${mark}`)).toBe(1);
  }, 240_000);
});

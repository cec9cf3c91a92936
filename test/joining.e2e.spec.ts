import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hasMosquitto } from '../apps/manager/src/broker/testing/mosquitto.js';
import { processesWith } from '../apps/worker/src/runtimes/testing/processes.js';
import { call, eventually, type Answer } from './kit/http.js';
import {
  endGroup,
  oakring,
  runProgram,
  temporaryFolder,
  up,
  type Cluster,
  type Running,
} from './kit/processes.js';

/** As somebody starts it who set nothing. */
const closed = { OAKRING_ALLOW_OPEN: 'false' };

describe('a worker of a closed cluster', () => {
  const folder = temporaryFolder();
  const data = join(folder.path, 'data');
  const tokenFile = join(folder.path, 'join.token');
  const workers: Running[] = [];
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await up(data, closed);
  });
  afterAll(async () => {
    for (const { child } of workers) child.kill('SIGKILL');
    await Promise.all(workers.map(({ ended }) => ended));
    await cluster.kill();
    folder.remove();
  });

  function asked(method: string, path: string, body?: unknown): Promise<Answer> {
    const token = readFileSync(join(data, 'credentials', 'admin.token'), 'utf8').trim();
    return call(method, `${cluster.url}/api/v1/${path}`, body, {
      authorization: `Bearer ${token}`,
    });
  }

  /** `more`: what lets it in. */
  async function worker(id: string, more: Readonly<Record<string, string>>): Promise<Running> {
    const started = oakring(['worker', '--id', id, '--runtimes', 'process', '--http-port', '0'], {
      ...{ ...closed, OAKRING_MQTT_URL: cluster.mqttUrl, OAKRING_MANAGER_URL: cluster.url },
      ...{ OAKRING_WORKER_DATA: join(folder.path, id), OAKRING_DATA: folder.path, ...more },
    });
    workers.push(started);
    return started;
  }

  async function giveToken(name: string, node = 'edge'): Promise<void> {
    const { status, body } = await asked('POST', 'tokens', { name, role: 'join', ids: [node] });
    expect(status).toBe(201);
    writeFileSync(tokenFile, body.token, { mode: 0o600 });
  }

  async function statusOf(instance: number): Promise<object> {
    const { body } = await asked('GET', 'jobs/lasting');
    return body.instances[instance];
  }

  it('of the same user and machine is let in with no setting at all', async () => {
    const own = await worker('own', { OAKRING_DATA: data });
    await own.prints(/joined as own, let in by the credential of this machine's manager/);
    await own.prints(/registered as own/);
    await eventually(
      () => asked('GET', 'nodes/own'),
      ({ body }) => body.status === 'ready' && body.credential.status === 'holds',
    );
  });

  it('is not let in by nothing, and says what to do', async () => {
    const stranger = await worker('stranger', {});
    await stranger.prints(
      /lets in nobody without a credential\. To let it in: oakring token create/,
    );
    expect((await asked('GET', 'nodes/stranger')).status).toBe(404);
    stranger.child.kill('SIGTERM');
    await stranger.ended;
  });

  it('is let in once by a token, and is that node after it was killed, without one', async () => {
    await giveToken('edge-1');
    const first = await worker('edge', { OAKRING_WORKER_JOIN_TOKEN_FILE: tokenFile });
    await first.prints(/registered as edge, start 1/);
    first.child.kill('SIGKILL');
    await first.ended;
    rmSync(tokenFile);
    const second = await worker('edge', { OAKRING_WORKER_JOIN_TOKEN_FILE: tokenFile });
    await second.prints(/registered as edge, start 2/);
    const all = first.output() + second.output();
    expect(all).not.toMatch(/oakring_[0-9A-Za-z]{10}/);
  });

  it('that is revoked stops speaking and says why; what it runs goes on, and is there when it joins again', async () => {
    const edge = workers.at(-1);
    const where = { constraints: [{ type: 'direct', node: 'edge' }] };
    const program = { technology: 'process', image: '/bin/sleep', cmd: ['/bin/sleep', '600.4711'] };
    const job = {
      id: 'lasting',
      name: 'lasting',
      ...program,
      ...where,
      resources: { cpuMillis: 1 },
    };
    expect((await asked('POST', 'jobs', job)).status).toBe(201);
    await eventually(
      () => statusOf(0),
      (instance) => 'status' in instance && instance.status === 'running',
    );
    expect((await asked('DELETE', 'nodes/edge/credential')).status).toBe(200);
    await edge?.prints(/does not let this worker in: .*revoked.*What runs here goes on/);
    expect(processesWith('/bin/sleep 600.4711')).not.toEqual([]);
    expect((await asked('GET', 'nodes/edge')).body).toMatchObject({
      credential: { status: 'revoked' },
    });
    await giveToken('edge-2');
    await edge?.prints(/joined as edge, let in by a join token/);
    await eventually(
      () => asked('GET', 'nodes/edge'),
      ({ body }) => body.status === 'ready',
    );
    expect(await statusOf(0)).toMatchObject({ status: 'running', generation: 1, nodeId: 'edge' });
  });

  (hasMosquitto() ? it : it.skip)('may be a shell script, which joins with curl', async () => {
    await giveToken('shell-1', 'shell');
    const kept = join(folder.path, 'shell');
    const shell = (): Running => {
      const words = ['examples/bare-worker.sh', 'shell', '127.0.0.1', cluster.mqttPort];
      const started = runProgram('sh', words, {
        ...{ OAKRING_MANAGER_URL: cluster.url, OAKRING_WORKER_DATA: kept },
        OAKRING_WORKER_JOIN_TOKEN_FILE: tokenFile,
      });
      workers.push(started);
      return started;
    };
    const first = shell();
    const seen = await eventually(
      () => asked('GET', 'nodes/shell'),
      ({ body }) => body.status === 'ready',
    );
    expect(seen.body).toMatchObject({ credential: { status: 'holds', joinedBy: 'api/shell-1' } });
    expect(readdirSync(kept).sort()).toEqual([
      'joined',
      'mosquitto_pub',
      'mosquitto_sub',
      'secret',
    ]);
    expect(statSync(join(kept, 'secret')).mode & 0o777).toBe(0o600);
    endGroup(first);
    rmSync(tokenFile);
    // Without the token it is the same node: an order reaches it.
    const second = shell();
    const where = { constraints: [{ type: 'direct', node: 'shell' }] };
    const job = { id: 'told', name: 'told', image: 'told:1', technology: 'docker', ...where };
    expect((await asked('POST', 'jobs', { ...job, resources: { cpuMillis: 0 } })).status).toBe(201);
    await second.prints(/"command":"deploy".*told/);
    endGroup(second);
  });
});

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectAsync, type MqttClient } from 'mqtt';
import { hasMosquitto } from '../apps/manager/src/broker/testing/mosquitto.js';
import { freePort } from '../infra/machine/free-port.js';
import { call, eventually, type Answer } from './kit/http.js';
import { endGroup, oakring, temporaryFolder, up, type Cluster } from './kit/processes.js';

/** As somebody starts it who set nothing. */
const closed = { OAKRING_ALLOW_OPEN: 'false' };

describe('a cluster that was started with no setting at all', () => {
  const folder = temporaryFolder();
  const data = join(folder.path, 'data');
  const credentials = join(data, 'credentials');
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await up(data, closed);
  });
  afterAll(async () => {
    await cluster.kill();
    folder.remove();
  });

  function tokenOf(role: string): string {
    return readFileSync(join(credentials, `${role}.token`), 'utf8').trim();
  }

  /** As curl sends what is in `admin.header`. */
  function curl(path: string): string {
    const header = ['-H', `@${join(credentials, 'admin.header')}`];
    return execFileSync('curl', ['-s', ...header, `${cluster.url}${path}`], { encoding: 'utf8' });
  }

  function asked(path: string, token?: string): Promise<Answer> {
    const bearer = token === undefined ? {} : { authorization: `Bearer ${token}` };
    return call('GET', `${cluster.url}${path}`, undefined, bearer);
  }

  /** A command of this machine, which is told where the data is and nothing else. */
  async function ran(...argv: readonly string[]): Promise<string> {
    const running = oakring([...argv, '--url', cluster.url], { ...closed, OAKRING_DATA: data });
    expect([await running.ended, running.output()]).toEqual([0, expect.any(String)]);
    return running.output();
  }

  it('says where its credentials are, answers probes, and nobody else who shows none', async () => {
    expect(cluster.output()).toContain(`· credentials ${credentials}`);
    expect((await asked('/health/ready')).status).toBe(200);
    for (const path of ['/api/v1/cluster', '/api/v1/events', '/metrics', '/api/v1/nowhere']) {
      expect([path, (await asked(path)).status]).toEqual([path, 401]);
    }
    const { body } = await asked('/api/v1/cluster', 'nobody');
    expect(body.detail).toContain(`The credential of this machine is in ${credentials}`);
    const order = { id: 'j', name: 'j', image: 'j:1', technology: 'simulated' };
    expect((await call('POST', `${cluster.url}/api/v1/jobs`, order)).status).toBe(401);
  });

  it('says nothing of its folders to whoever asks through a proxy of this machine', async () => {
    const elsewhere = { 'x-forwarded-for': '192.0.2.1' };
    const { body } = await call('GET', `${cluster.url}/api/v1/jobs`, undefined, elsewhere);
    expect(JSON.stringify(body)).not.toContain(data);
  });

  it('keeps them from every other user of the machine', () => {
    expect(statSync(credentials).mode & 0o777).toBe(0o700);
    const modes = readdirSync(credentials).map((name) => statSync(join(credentials, name)).mode);
    expect(modes.length).toBeGreaterThanOrEqual(6);
    expect(modes.filter((mode) => (mode & 0o777) !== 0o600)).toEqual([]);
  });

  it('lets curl in by the header that is kept, and commands by the folder of the data', async () => {
    expect(JSON.parse(curl('/api/v1/whoami'))).toMatchObject({
      role: 'admin',
      expires: '9999-12-31T23:59:59.000Z',
    });
    await ran('cluster');
    const stranger = oakring(['cluster', '--url', cluster.url], {
      ...closed,
      OAKRING_DATA: folder.path,
    });
    expect(await stranger.ended).not.toBe(0);
    expect(stranger.output()).toContain(credentials);
  });

  it('has a scheduler in it that it asks and is asked by, and nobody else without its token', async () => {
    const [, scheduler = ''] = /scheduler (http\S+)/.exec(cluster.output()) ?? [];
    const node = { id: 'n', name: 'n', ip: '127.0.0.1', port: 1, technologies: ['simulated'] };
    const bearer = { authorization: `Bearer ${tokenOf('admin')}` };
    expect((await call('POST', `${cluster.url}/api/v1/nodes`, node, bearer)).status).toBe(201);
    await ran('job', 'run', 'j:1', '--id', 'j', '--technology', 'simulated');
    await eventually(
      async () => JSON.parse(curl('/api/v1/jobs/j')) as { instances: { nodeId: string | null }[] },
      ({ instances }) => instances[0]?.nodeId === 'n',
    );
    const asked = [null, tokenOf('admin'), tokenOf('scheduler')].map(async (token) => {
      const headers = token === null ? {} : { authorization: `Bearer ${token}` };
      return (await fetch(`${scheduler}/metrics`, { headers })).status;
    });
    expect(await Promise.all(asked)).toEqual([401, 401, 200]);
  });

  it('lets nobody into its broker who shows nothing, or what somebody made up', async () => {
    const [, port = ''] = /MQTT mqtt:\/\/127\.0\.0\.1:(\d+)/.exec(cluster.output()) ?? [];
    const url = `mqtt://127.0.0.1:${port}`;
    const shown = [{}, { username: 'shell-1' }, { username: 'shell-1', password: 'guess' }];
    for (const credential of shown) {
      const refused = connectAsync(url, { ...credential, reconnectPeriod: 0 });
      await expect(refused).rejects.toThrow(/[Nn]ot authorized|[Bb]ad user ?name/);
    }
    const letters = JSON.parse(curl('/api/v1/dead-letters')) as { items: { topic: string }[] };
    expect(letters.items.map(({ topic }) => topic)).toContain('CONNECT');
  });

  const withMosquitto = hasMosquitto() ? it : it.skip;
  withMosquitto(
    "lets Mosquitto's clients in by the file that is kept, for a node without a credential of its own",
    async () => {
      const say = (kind: string, body: object): void => {
        const topic = `nodes/shell-1/${kind}`;
        const args = ['-p', cluster.mqttPort, '-q', '1', '-t', topic, '-m', JSON.stringify(body)];
        const env = { ...process.env, XDG_CONFIG_HOME: credentials };
        execFileSync('mosquitto_pub', args, { env });
      };
      say('registration', { id: 'shell-1', name: 'shell-1', ip: '127.0.0.1', port: 1 });
      await eventually(
        async () => JSON.parse(curl('/api/v1/nodes/shell-1')) as { id?: string },
        ({ id }) => id === 'shell-1',
      );
    },
  );

  it('lets a worker of the same user join by itself, which is known by its own credential then', async () => {
    const worker = oakring(['worker', '--id', 'w', '--runtimes', 'simulated'], {
      ...{ ...closed, OAKRING_DATA: data, OAKRING_WORKER_DATA: join(folder.path, 'worker') },
      ...{ OAKRING_PORT: new URL(cluster.url).port, OAKRING_MQTT_PORT: cluster.mqttPort },
      OAKRING_WORKER_HTTP_PORT: '0',
    });
    await worker.prints(/registered as/);
    const told = curl('/api/v1/events?type=NodeJoined').trim();
    endGroup(worker);
    expect(JSON.parse(told)).toMatchObject({
      stream: 'nodes/w',
      by: expect.stringMatching(/^api\/admin-/),
    });
    expect(told).not.toContain(tokenOf('admin'));
  });

  it('has in its first commit whom it let in', () => {
    const granted = curl('/api/v1/events?type=TokenGranted')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { position: number; by: string; data: object });
    expect(granted).toMatchObject([
      { position: 1, by: 'manager/leadership', data: { role: 'admin' } },
      { position: 1, by: 'manager/leadership', data: { role: 'scheduler' } },
    ]);
  });

  it('has a scheduler of its own let in by the same folder, which asks for its token too', async () => {
    const port = String(await freePort());
    const scheduler = oakring(['scheduler'], {
      ...{ ...closed, OAKRING_DATA: data, OAKRING_MANAGER_URL: cluster.url },
      OAKRING_SCHEDULER_PORT: port,
    });
    const [, url = ''] = await scheduler.prints(/ready: (http\S+)/);
    await eventually(
      () => call('GET', `${url}/health/ready`),
      ({ status }) => status === 200,
    );
    const { status } = await fetch(`${url}/metrics`);
    expect(status).toBe(401);
    endGroup(scheduler);
  });

  function connected(username: string, password: string): Promise<MqttClient> {
    const clientId = `${username}-${password.slice(0, 4)}`;
    return connectAsync(cluster.mqttUrl, { username, password, clientId, reconnectPeriod: 0 });
  }

  it('lets a machine join by a token, is spoken to by that one as it, and cuts it off', async () => {
    const shown = await ran('token', 'create', '--role', 'join', '--name', 'shelf');
    const [token = ''] = /oakring_[0-9A-Za-z]{49}/.exec(shown) ?? [];
    const join = (node: string, secret: string, bearer: string): Promise<Answer> =>
      call(
        'POST',
        `${cluster.url}/api/v1/joins`,
        { node, secret },
        {
          authorization: `Bearer ${bearer}`,
        },
      );
    const [secret, other] = ['c0ffee11'.repeat(8), 'decafbad'.repeat(8)];
    const broker = { host: null, port: Number(cluster.mqttPort), tls: false };
    expect(await join('m1', secret, token)).toMatchObject({
      ...{ status: 201, body: { username: 'm1', broker } },
    });
    expect(await join('m2', other, token)).toMatchObject({
      ...{ status: 403, body: { code: 'join-token-used' } },
    });
    await expect(connected('m1', other)).rejects.toThrow('Bad username or password');
    const link = await connected('m1', secret);
    const answers: string[] = [];
    link.on('message', (_topic, payload) => answers.push(String(payload)));
    await link.subscribeAsync('nodes/m1/registered');
    const registration = { id: 'm1', name: 'm1', ip: '127.0.0.1', port: 1 };
    await link.publishAsync('nodes/m1/registration', JSON.stringify(registration));
    await eventually(
      async () => answers,
      ({ length }) => length > 0,
    );
    const [answer = '{}'] = answers;
    expect(JSON.parse(answer)).toMatchObject({ id: 'm1', accepted: true });
    expect(JSON.parse(answer)).not.toHaveProperty('token');
    const closed = new Promise((resolve) => link.once('close', () => resolve('closed')));
    await ran('node', 'revoke', 'm1');
    expect(await closed).toBe('closed');
    await expect(connected('m1', secret)).rejects.toThrow('Bad username or password');
    expect(JSON.parse(curl('/api/v1/nodes/m1'))).toMatchObject({
      credential: { status: 'revoked', joinedBy: 'api/shelf' },
    });
  });

  it('goes on with them after a new start, and with others where one was revoked or is gone', async () => {
    const before = JSON.parse(curl('/api/v1/whoami')).name as string;
    const old = tokenOf('admin');
    await cluster.kill();
    cluster = await up(data, closed);
    expect(JSON.parse(curl('/api/v1/whoami')).name).toBe(before);
    expect((await asked('/api/v1/whoami', old)).status).toBe(200);
    await ran('token', 'revoke', before);
    expect(JSON.parse(curl('/api/v1/whoami'))).toMatchObject({ status: 401 });
    await cluster.stop();
    cluster = await up(data, closed);
    await ran('cluster');
    const second = tokenOf('admin');
    await cluster.stop();
    rmSync(credentials, { recursive: true });
    cluster = await up(data, closed);
    await ran('cluster');
    expect([
      (await asked('/api/v1/jobs', old)).status,
      (await asked('/api/v1/jobs', second)).status,
    ]).toEqual([401, 401]);
  });
});

describe('a cluster that asked nobody', () => {
  const folder = temporaryFolder();
  afterAll(() => folder.remove());

  it('says so at each start, and is closed by the first one without OAKRING_ALLOW_OPEN', async () => {
    const open = await up(folder.path, { OAKRING_ALLOW_OPEN: 'true' });
    expect((await call('GET', `${open.url}/api/v1/cluster`)).status).toBe(200);
    expect(open.output()).toContain('OAKRING_ALLOW_OPEN=true: whoever reaches this manager may');
    expect(readdirSync(folder.path)).not.toContain('credentials');
    await open.stop();
    const shut = await up(folder.path, closed);
    expect(shut.output()).toContain('Until now nobody was asked for a credential here.');
    expect((await call('GET', `${shut.url}/api/v1/cluster`)).status).toBe(401);
    await shut.stop();
    // Who could do everything before can take it back.
    const again = await up(folder.path, { OAKRING_ALLOW_OPEN: 'true' });
    expect((await call('GET', `${again.url}/api/v1/cluster`)).status).toBe(200);
    await again.stop();
  });
});

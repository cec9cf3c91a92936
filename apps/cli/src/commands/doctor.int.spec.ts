import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Finding } from '@oakring/host';
import { systemPorts } from '@oakring/ports';
import { startCluster, type RunningCluster } from '../cluster/start-cluster.js';
import { run } from '../run.js';
import { always, closeManager, oakring } from '../testing/run-oakring.js';
import { testIo } from '../testing/test-io.js';

const anyPorts = { OAKRING_PORT: '0', OAKRING_SCHEDULER_PORT: '0', OAKRING_MQTT_PORT: '0' };
/** Where nobody answers. */
const nobody = 'http://127.0.0.1:1';

interface Report {
  readonly role: string;
  readonly worst: string;
  readonly findings: readonly Finding[];
}

async function doctor(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Report & { readonly code: number }> {
  const io = testIo();
  const code = await run(['doctor', ...argv, '--json'], io, { OAKRING_URL: nobody, ...env });
  return { code, ...(JSON.parse(io.written()) as Report) };
}

const of = ({ findings }: Report, part: string): readonly Finding[] =>
  findings.filter((found) => found.part === part);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oakring-doctor-'));
});
afterEach(async () => {
  await closeManager();
  rmSync(folder, { recursive: true });
});

describe('doctor, where nothing runs', () => {
  it('looks at all that a start needs, finds nothing that stops it, and makes nothing', async () => {
    const found = await doctor([], { ...anyPorts, OAKRING_DATA: join(folder, 'data') });
    expect(new Set(found.findings.map(({ part }) => part))).toEqual(
      new Set([
        'settings',
        'access',
        'ports',
        'disk',
        'node',
        'open files',
        'memory',
        'clock',
        'health',
      ]),
    );
    expect(found.findings.filter(({ level }) => level === 'bad')).toEqual([]);
    expect(found).toMatchObject({ role: 'up', code: found.worst === 'warning' ? 6 : 0 });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('lists every bad setting as a start does, variables or flags, and names without effect', async () => {
    const env = { OAKRING_PORT: 'x', OAKRING_MAX_NODES: 'many', OAKRING_DATAA: folder };
    const found = await doctor(['up', '--mqtt-port', '-1'], env);
    const [noEffect, bad] = of(found, 'settings');
    expect(noEffect).toMatchObject({ level: 'warning', seen: expect.stringContaining('_DATAA') });
    for (const name of ['OAKRING_PORT', 'OAKRING_MAX_NODES', 'OAKRING_MQTT_PORT']) {
      expect(bad?.seen).toContain(name);
    }
    expect(found).toMatchObject({ code: 1, worst: 'bad' });
    // What they name is not passed over in silence.
    for (const part of ['ports', 'disk', 'store', 'broker']) {
      expect(of(found, part)).toMatchObject([
        { level: 'unknown', seen: expect.stringContaining('not looked at, because') },
      ]);
    }
  });

  it('tells a person each thing in a line, and below it what to do', async () => {
    const io = testIo();
    const argv = ['doctor', '--host', '0.0.0.0', '--data', folder, '--mqtt-port', '0'];
    expect(await run(argv, io, { OAKRING_URL: nobody })).toBe(1);
    expect(io.written()).toMatch(/^settings +bad +settings .*oakring certs init.*\n +→ /m);
    expect(io.complained()).toMatch(/^\d+ of \d+ are to be mended/);
  });

  it('tells a worker that its broker is away, where it cannot listen, and what its runtimes lack', async () => {
    const found = await doctor(
      [
        ...['worker', '--runtimes', 'simulated,docker', '--data', join(folder, 'worker')],
        ...['--http-port', '1', '--host', '192.0.2.1', '--allow-open'],
      ],
      { OAKRING_MQTT_URL: 'mqtt://127.0.0.1:1', DOCKER_HOST: join(folder, 'no.sock') },
    );
    expect(of(found, 'broker')).toMatchObject([
      { level: 'ok', looked: 'credential of the node' },
      { level: 'bad' },
    ]);
    expect(of(found, 'ports')).toMatchObject([{ level: 'bad' }]);
    expect(of(found, 'runtimes').map(({ level }) => level)).toEqual(['ok', 'bad', 'ok']);
    expect(of(found, 'runtimes').at(-1)).toMatchObject({
      looked: 'what jobs may ask of this machine',
      seen: expect.stringContaining('published ports below 1024: no; '),
    });
    expect(found).toMatchObject({ code: 1, role: 'worker' });
  });

  it('tells a scheduler that its manager is away', async () => {
    const found = await doctor(['scheduler', '--scheduler-port', '0', '--manager-url', nobody], {
      OAKRING_SCHEDULER_TOKEN: 'planner',
    });
    expect(of(found, 'health')).toMatchObject([{ level: 'warning' }]);
    expect(of(found, 'settings')).toMatchObject([{ level: 'ok' }]);
  });
});

describe('doctor, asked who may come in', () => {
  const asked = async (env: Readonly<Record<string, string>>) => {
    const found = await doctor([], { ...anyPorts, OAKRING_DATA: folder, ...env });
    return of(found, 'access');
  };

  it('names where the credential of this machine is, or what is shown instead', async () => {
    expect(await asked({})).toMatchObject([
      { level: 'ok', seen: expect.stringContaining(join(folder, 'credentials')) },
    ]);
    expect(await asked({ OAKRING_TOKEN: 'secret' })).toMatchObject([
      { level: 'ok', seen: expect.stringMatching(/^whoever shows OAKRING_TOKEN/) },
    ]);
  });

  it('wants a look at a cluster that asks nobody', async () => {
    expect(await asked({ OAKRING_ALLOW_OPEN: 'true' })).toMatchObject([
      { level: 'warning', seen: expect.stringContaining('may speak for any node') },
    ]);
  });
});

describe('doctor, beside a manager that answers', () => {
  it('says of each of its parts what it says itself', async () => {
    const details = {
      manager: { status: 'up', leading: true },
      root: { status: 'degraded', detail: 'it does not answer' },
      broker: { status: 'down', detail: 'not connected', remedy: 'Start it.' },
    };
    const { out, code } = await oakring(
      ['doctor', '--json', '--data', folder],
      { 'GET /health/ready': always({ status: 'error', details }, 503) },
      { env: anyPorts },
    );
    const report = JSON.parse(out) as Report;
    expect(of(report, 'health').map(({ level, seen }) => `${level}: ${seen}`)).toEqual([
      'ok: up, leading true',
      'warning: degraded, detail it does not answer',
      'bad: down, detail not connected',
    ]);
    expect(of(report, 'health')[2]).toMatchObject({ remedy: 'Start it.' });
    expect(code).toBe(1);
  });
});

describe('doctor, beside a cluster that runs', () => {
  const data = mkdtempSync(join(tmpdir(), 'oakring-doctor-up-'));
  /** Who may come in is told of elsewhere. */
  const open = { OAKRING_ALLOW_OPEN: 'true' };
  let cluster: RunningCluster;
  let env: Record<string, string>;
  beforeAll(async () => {
    const quietly = { ...anyPorts, OAKRING_DATA: data, OAKRING_LOG_LEVEL: 'error', ...open };
    cluster = await startCluster(quietly, systemPorts());
    const [, scheduler = ''] =
      /scheduler http:\/\/127\.0\.0\.1:(\d+)/.exec(cluster.readyLine) ?? [];
    env = {
      ...open,
      OAKRING_DATA: data,
      OAKRING_URL: cluster.url,
      OAKRING_PORT: new URL(cluster.url).port,
      OAKRING_MQTT_PORT: new URL(cluster.mqttUrl).port,
      OAKRING_SCHEDULER_PORT: scheduler,
    };
  });
  afterAll(async () => {
    await cluster.stop();
    rmSync(data, { recursive: true });
  });

  it('knows its ports, its folder and its health', async () => {
    const found = await doctor([], env);
    expect(of(found, 'ports').map(({ seen }) => seen)).toEqual(
      Array.from({ length: 3 }, () => expect.stringContaining(`process ${process.pid}`)),
    );
    expect(of(found, 'health').map(({ level }) => level)).toContain('ok');
    expect(found.findings.filter(({ level }) => level === 'bad')).toEqual([]);
  });

  it('refuses its ports for another data folder', async () => {
    const found = await doctor([], { ...env, OAKRING_DATA: folder });
    expect(of(found, 'ports').map(({ level }) => level)).toEqual(['bad', 'bad', 'bad']);
    for (const { seen, remedy } of of(found, 'ports')) {
      expect(seen).toContain(`has the data folder ${data}, and not ${folder} (OAKRING_DATA)`);
      expect(remedy).toContain(`name its folder (OAKRING_DATA=${data})`);
    }
  });

  it('knows its scheduler, and lets a worker in', async () => {
    const scheduler = await doctor(['scheduler', '--manager-url', cluster.url], env);
    expect(of(scheduler, 'ports')).toMatchObject([{ level: 'ok' }]);
    const worker = await doctor(
      ['worker', '--id', 'edge-1', '--runtimes', 'simulated', '--data', join(folder, 'w')],
      { OAKRING_MQTT_URL: cluster.mqttUrl },
    );
    expect(of(worker, 'broker').map(({ level }) => level)).toEqual(['ok', 'ok', 'ok']);
  });
});

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call, eventually, job, untilAll } from './kit/http.js';
import {
  endGroup,
  oakring,
  temporaryFolder,
  up,
  type Cluster,
  type Running,
} from './kit/processes.js';

const [first, second] = ['correct-horse-battery-1', 'correct-horse-battery-2'];

describe('A secret of a job', () => {
  const folder = temporaryFolder();
  const path = (name: string): string => join(folder.path, name);
  let cluster: Cluster;
  let worker: Running;

  const startWorker = (): Running =>
    oakring(['worker', '--id', 'w1'], {
      ...{ OAKRING_WORKER_RUNTIMES: 'process', OAKRING_MQTT_URL: cluster.mqttUrl },
      OAKRING_WORKER_DATA: path('w1'),
      OAKRING_WORKER_HTTP_PORT: '0',
    });

  /** What a command printed, once it ended well. */
  async function ran(...argv: string[]): Promise<string> {
    const running = oakring(argv, { OAKRING_URL: cluster.url });
    const code = await running.ended;
    if (code !== 0) throw new Error(`${argv.join(' ')} ended with ${code}:\n${running.output()}`);
    return running.output();
  }

  /** Files below the folder in which a text stands. */
  function filesWith(text: string, place = folder.path): string[] {
    return readdirSync(place, { withFileTypes: true, recursive: true }).flatMap((entry) => {
      if (!entry.isFile()) return [];
      const file = join(entry.parentPath, entry.name);
      return readFileSync(file).includes(text) ? [file] : [];
    });
  }

  const hashOf = (value: string): string => createHash('sha256').update(value).digest('hex');

  /** What the job was given last, by its hash. */
  const untilGiven = (value: string): Promise<string> =>
    eventually(
      async () => (existsSync(path('given')) ? readFileSync(path('given'), 'utf8') : ''),
      (text) => text.startsWith(hashOf(value)),
    );

  beforeAll(async () => {
    cluster = await up(path('data'));
    worker = startWorker();
    writeFileSync(path('value'), `${first}\n`);
    await ran('secret', 'set', 'db', '--from', path('value'));
    // From now on it is where it was put, and nowhere else.
    writeFileSync(path('value'), '');
    const script =
      'printf %s "$PASSWORD" | sha256sum >"$OUT.new"; mv "$OUT.new" "$OUT"; sleep 100000';
    await call('POST', `${cluster.url}/api/v1/jobs`, {
      ...{ id: 'shop', name: 'shop', image: 'shop', technology: 'process' },
      cmd: ['/bin/sh', '-c', script],
      environment: { PASSWORD: { secret: 'db' }, OUT: path('given') },
      resources: { cpuMillis: 0, memoryMiB: 1 },
    });
    await untilAll(cluster.url, 'shop', 'running', 1);
  }, 120_000);
  afterAll(async () => {
    endGroup(worker);
    await cluster.kill();
    folder.remove();
  });

  it('reaches its program, and lies in no file, answer or log on the way', async () => {
    await untilGiven(first);
    await ran('backup', '--to', path('backup'));
    await ran('audit', 'export', '--all', '--out', path('bundle'), '--store', path('data/ledger'));
    expect(filesWith(first)).toEqual([]);
    const told = await Promise.all(
      ['/api/v1/events', '/api/v1/ledger/views', '/api/v1/jobs/shop', '/api/v1/secrets'].map(
        async (place) => (await fetch(`${cluster.url}${place}`)).text(),
      ),
    );
    expect(told.join('\n')).toContain('"db"');
    expect([...told, cluster.output(), worker.output()].join('\n')).not.toContain(first);
  });

  it('is taken out of what a program that fails said last', async () => {
    await call('POST', `${cluster.url}/api/v1/jobs`, {
      ...{ id: 'leak', name: 'leak', image: 'leak', technology: 'process' },
      cmd: ['/bin/sh', '-c', 'echo "using $PASSWORD"; echo "bad password $PASSWORD" >&2; exit 3'],
      environment: { PASSWORD: { secret: 'db' } },
      restart: { limit: 0 },
      resources: { cpuMillis: 0, memoryMiB: 1 },
    });
    await untilAll(cluster.url, 'leak', 'failed', 1);
    const { body } = await job(cluster.url, 'leak');
    expect(body.instances[0].reason).toContain('bad password [secret db]');
    const events = await (await fetch(`${cluster.url}/api/v1/events?stream=jobs/leak`)).text();
    expect(events).toContain('using [secret db]');
    expect(events).not.toContain(first);
    await ran('job', 'rm', 'leak', '--wait');
  });

  it('is there again when its worker starts without a manager', async () => {
    await cluster.kill();
    endGroup(worker);
    await worker.ended;
    // The machine was switched off: nothing runs any more, and what ran was of another boot.
    const record = path('w1/instances/shop.0.1/guard.json');
    const written = JSON.parse(readFileSync(record, 'utf8')) as { readonly pid: number };
    process.kill(written.pid, 'SIGUSR1');
    await eventually(
      async () => existsSync(`/proc/${written.pid}`),
      (there) => !there,
    );
    writeFileSync(record, JSON.stringify({ ...written, boot: 'the one before' }));
    writeFileSync(path('given'), '');
    worker = startWorker();
    await untilGiven(first);
    cluster = await up(path('data'), { OAKRING_MQTT_PORT: cluster.mqttPort });
    await untilAll(cluster.url, 'shop', 'running', 1);
  });

  it('has a new value for what starts from then on, and who runs with which is told', async () => {
    writeFileSync(path('value'), second);
    await ran('secret', 'rotate', 'db', '--from', path('value'));
    expect(await ran('secret', 'ls')).toMatch(/^db +2 .*shop \(1 with 1\)/m);
    expect(readFileSync(path('given'), 'utf8')).toContain(hashOf(first));
    await ran('job', 'restart', 'shop', '--wait');
    await untilGiven(second);
    await eventually(
      () => ran('secret', 'ls'),
      (text) => /^db +2 .*shop *$/m.test(text),
    );
  });

  it('is forgotten for ever, in copies that were made before too, and the chain stays valid', async () => {
    const keys = () =>
      readdirSync(path('data/secrets/keys')).filter((name) => name.endsWith('.key'));
    expect(keys()).toHaveLength(1);
    await ran('backup', '--to', path('backup'));
    await ran('secret', 'rm', 'db');
    await eventually(
      async () => (await fetch(`${cluster.url}/api/v1/events?stream=secrets`)).text(),
      (text) => text.split('"SecretShredded"').length === 3,
    );
    expect(keys()).toEqual([]);
    expect(await ran('audit', 'verify', path('backup/ledger.commits'))).toMatch(/^whole: /m);
    expect(await ran('audit', 'verify', '--store', path('data/ledger'))).toMatch(/^whole: /m);
    await untilAll(cluster.url, 'shop', 'running', 1);
    const refused = await call('POST', `${cluster.url}/api/v1/jobs/shop/restart`, {});
    expect([refused.status, refused.body.code]).toEqual([409, 'secret-missing']);
  });
});

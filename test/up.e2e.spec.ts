import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { call } from './kit/http.js';
import { anyPorts, oakring, temporaryFolder, up, type Cluster } from './kit/processes.js';

describe('oakring up', () => {
  const cleanups: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  });

  function folder(): string {
    const made = temporaryFolder();
    cleanups.push(() => made.remove());
    return made.path;
  }

  async function started(path: string, env: Record<string, string> = {}): Promise<Cluster> {
    const cluster = await up(path, env);
    cleanups.push(() => cluster.kill());
    return cluster;
  }

  describe('that runs', () => {
    const made = temporaryFolder();
    const path = made.path;
    let cluster: Cluster;
    beforeAll(async () => {
      cluster = await up(path);
    });
    afterAll(async () => {
      await cluster.kill();
      made.remove();
    });

    it('says by which key it is founded and where everything is, and is ready from then on', async () => {
      const lines = cluster.output().trim().split('\n');
      expect(lines.at(-1)).toContain('is ready');
      const logged = lines.slice(0, -1).map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(logged.map(({ event, msg }) => event ?? msg)).toEqual([
        expect.stringContaining('OAKRING_ALLOW_OPEN=true'),
        'ClusterFounded',
        'EpochOpened',
        expect.stringMatching(/founded; its first key is [0-9a-f]{64}\./),
        expect.stringContaining('connected to the broker'),
      ]);
      expect(cluster.output()).toContain(path);
      expect((await call('GET', `${cluster.url}/health/ready`)).status).toBe(200);
      expect((await call('GET', `${cluster.url}/health/live`)).status).toBe(200);
    });

    it('is described at /api/docs', async () => {
      const page = await call('GET', `${cluster.url}/api/docs`);
      expect(page.status).toBe(200);
      const document = await call('GET', `${cluster.url}/api/docs-json`);
      expect(Object.keys(document.body.paths)).toContain('/api/v1/jobs');
    });

    it('refuses a data folder in use and names the holder', async () => {
      const second = oakring(['up'], { ...anyPorts, OAKRING_DATA: path });
      expect(await second.ended).toBe(1);
      expect(second.output()).toContain(`in use by a manager, process ${cluster.child.pid}.`);
      expect(second.output()).toContain('data-folder-in-use');
    });

    it('takes the folder of a manager that was killed', async () => {
      await cluster.kill();
      cluster = await up(path);
      expect((await call('GET', `${cluster.url}/health/ready`)).status).toBe(200);
    });

    it('ends cleanly on SIGTERM, even on several, with a follower of the log connected', async () => {
      const follower = await fetch(`${cluster.url}/api/v1/events?follow=true`);
      for (let signal = 0; signal < 3; signal += 1) cluster.child.kill('SIGTERM');
      expect(await cluster.ended).toBe(0);
      await follower.body?.cancel().catch(() => {});
      cluster = await up(path);
    });

    it('ends cleanly on Ctrl-C', async () => {
      cluster.child.kill('SIGINT');
      expect(await cluster.ended).toBe(0);
    });

    it('stops at a damaged log with one message and changes nothing', async () => {
      expect(cluster.child.exitCode).toBe(0);
      const file = join(path, 'ledger', 'data.mdb');
      truncateSync(file, Math.floor(statSync(file).size / 2));
      const before = fingerprint(join(path, 'ledger'));
      const refused = oakring(['up'], { ...anyPorts, OAKRING_DATA: path });
      expect(await refused.ended).toBe(1);
      expect(refused.output()).toContain('log-damaged');
      expect(refused.output()).not.toMatch(/^\s+at /m);
      expect(fingerprint(join(path, 'ledger'))).toBe(before);
    });
  });

  it('asks for the token when there is one, and shows and stores no secret: in nothing that comes out of it and in no file', async () => {
    const path = folder();
    const secrets = { token: 'token-8f1c2e', password: 'password-5d90aa' };
    const cluster = await started(path, {
      OAKRING_TOKEN: secrets.token,
      OAKRING_MQTT_USERNAME: 'workers',
      OAKRING_MQTT_PASSWORD: secrets.password,
    });
    const bearer = { authorization: `Bearer ${secrets.token}` };
    const api = `${cluster.url}/api/v1`;
    const job = { id: 'j', name: 'j', image: 'x:1', technology: 'docker' };
    const said = [await call('POST', `${api}/jobs`, job, bearer)];
    for (const wrong of [{ authorization: 'Bearer nobody' }, {}]) {
      said.push(await call('GET', `${api}/jobs`, undefined, wrong));
    }
    for (const query of ['ledger/head', 'events', 'jobs/j', 'cluster', 'nodes', 'dead-letters']) {
      said.push(await call('GET', `${api}/${query}`, undefined, bearer));
    }
    said.push(await call('GET', `${cluster.url}/metrics`, undefined, bearer));
    expect(said.map(({ status }) => status)).toEqual([201, 401, 401, ...Array(7).fill(200)]);
    // A probe has no token.
    expect((await call('GET', `${cluster.url}/health/ready`)).status).toBe(200);
    await cluster.stop();
    const files = readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'latin1'));
    expect(files.length).toBeGreaterThan(3);
    const shown = said.map(({ body, headers }) => JSON.stringify([body, [...headers]]));
    for (const secret of Object.values(secrets)) {
      expect(
        [cluster.output(), ...shown, ...files].filter((text) => text.includes(secret)),
      ).toEqual([]);
    }
  });

  it.each(['OAKRING_PORT', 'OAKRING_SCHEDULER_PORT', 'OAKRING_MQTT_PORT'])(
    'names %s and the remedy when that port is taken',
    async (variable) => {
      const holder = createServer().listen(0, '127.0.0.1');
      await new Promise((resolve) => holder.once('listening', resolve));
      cleanups.push(() => holder.close());
      const { port } = holder.address() as AddressInfo;
      const refused = oakring(['up'], {
        ...anyPorts,
        OAKRING_DATA: folder(),
        [variable]: String(port),
      });
      expect(await refused.ended).toBe(1);
      expect(refused.output()).toContain(variable);
      expect(refused.output()).toContain(String(port));
      expect(refused.output()).not.toMatch(/^\s+at /m);
    },
  );

  it('lists every bad setting at once and exits with 2', async () => {
    const refused = oakring(['up'], { OAKRING_PORT: 'http', OAKRING_MQTT_URL: 'ftp://x' });
    expect(await refused.ended).toBe(2);
    expect(refused.output()).toContain('OAKRING_PORT');
    expect(refused.output()).toContain('OAKRING_MQTT_URL');
  });

  it('refuses to listen beyond loopback in the clear, and says the command that mends it', async () => {
    const refused = oakring(['up'], {
      ...anyPorts,
      OAKRING_DATA: folder(),
      OAKRING_HOST: '0.0.0.0',
      OAKRING_ALLOW_OPEN: 'false',
    });
    expect(await refused.ended).toBe(2);
    expect(refused.output()).toContain('oakring certs init --data');
    expect(refused.output()).toContain('OAKRING_ALLOW_OPEN');
  });

  it('stops at a folder that is none with one message', async () => {
    const path = join(folder(), 'a-file');
    writeFileSync(path, 'not a folder');
    const refused = oakring(['up'], { ...anyPorts, OAKRING_DATA: path });
    expect(await refused.ended).toBe(1);
    expect(refused.output()).toContain('data-folder-unusable');
    expect(readFileSync(path, 'utf8')).toBe('not a folder');
  });

  it('runs the same from its npm script', () => {
    const scripts = JSON.parse(readFileSync('package.json', 'utf8')).scripts;
    expect(scripts.start).toBe('node bin/oakring.js up');
    const version = execFileSync(process.execPath, ['bin/oakring.js', '--version'], {
      encoding: 'utf8',
    });
    expect(version).toMatch(/^\d+\.\d+\.\d+/);
  });
});

/** Names and contents of every file in a folder. */
function fingerprint(folder: string): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    hash.update(name);
    if (statSync(path).isFile()) hash.update(readFileSync(path));
  }
  return hash.digest('hex');
}

import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { downKinds, upKinds } from '@oakring/contracts/native';
import { connectAsync, type MqttClient } from 'mqtt';
import { freePort } from '../machine/free-port.js';

const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` };
const installed = spawnSync('mosquitto', ['-h'], { env }).error === undefined;
if (!installed)
  console.warn('NOT TESTED: mosquitto.conf and acl.example, there is no mosquitto here');

const ours = (name: string) => readFileSync(fileURLToPath(new URL(name, import.meta.url)), 'utf8');

(installed ? describe : describe.skip)('Mosquitto with our configuration and access rules', () => {
  let folder: string;
  let broker: ChildProcess;
  let port: number;
  const clients: MqttClient[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'oakring-acl-'));
    // Started by root it becomes another user before it reads these.
    chmodSync(folder, 0o755);
    port = await freePort();
    const settings = ours('mosquitto.conf')
      .replace('listener 10003', `listener ${port}`)
      .replace('allow_anonymous true', '')
      .replaceAll(/^# (allow_anonymous false|password_file|acl_file)/gm, '$1')
      .replaceAll('/etc/mosquitto', folder);
    writeFileSync(join(folder, 'mosquitto.conf'), settings);
    writeFileSync(join(folder, 'acl'), ours('acl.example'));
    writeFileSync(join(folder, 'passwords'), 'oakring:secret\na:secret\nb:secret\n');
    spawnSync('mosquitto_passwd', ['-U', join(folder, 'passwords')], { env });
    for (const name of ['acl', 'passwords']) chmodSync(join(folder, name), 0o644);
    const child = spawn('mosquitto', ['-c', join(folder, 'mosquitto.conf')], {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    broker = child;
    await new Promise<void>((resolve, reject) => {
      createInterface(child.stderr)
        .on('line', (line) => line.endsWith(' running') && resolve())
        .on('close', () => reject(new Error('mosquitto ended before it was running')));
    });
  });

  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.endAsync()));
  });

  afterAll(async () => {
    broker.kill('SIGKILL');
    await once(broker, 'exit');
    rmSync(folder, { recursive: true });
  });

  /** A client subscribed to everything that it may hear, and what it heard. */
  async function login(username: string) {
    const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { username, password: 'secret' });
    clients.push(client);
    const heard: string[] = [];
    client.on('message', (topic) => heard.push(topic));
    await client.subscribeAsync('#', { qos: 1 });
    return {
      heard,
      say: (topic: string, payload: string | Buffer = '{}') =>
        client.publishAsync(topic, payload, { qos: 1 }),
      /** Resolves when `topic` was heard; the order of messages tells what was not. */
      async until(topic: string) {
        while (!heard.includes(topic))
          await new Promise((resolve) => client.once('message', resolve));
      },
    };
  }

  it('lets a worker speak under its own id only', async () => {
    const [manager, worker] = [await login('oakring'), await login('a')];
    await worker.say('nodes/b/registration');
    await worker.say('nodes/b/status');
    await worker.say('nodes/a/registration');
    await manager.until('nodes/a/registration');
    expect(manager.heard).toEqual(['nodes/a/registration']);
  });

  it('lets a worker hear its own orders only', async () => {
    const [manager, worker] = [await login('oakring'), await login('a')];
    await manager.say('nodes/b/controls');
    await manager.say('nodes/b/registered');
    await manager.say('nodes/a/controls');
    await worker.until('nodes/a/controls');
    expect(worker.heard).toEqual(['nodes/a/controls']);
  });

  it('lets nobody but the manager order', async () => {
    const [manager, a, b] = [await login('oakring'), await login('a'), await login('b')];
    await a.say('nodes/b/controls');
    await a.say('nodes/a/controls');
    await manager.say('nodes/b/requests');
    await b.until('nodes/b/requests');
    expect(b.heard).toEqual(['nodes/b/requests']);
  });

  it('carries what a worker says on each of its topics, and each answer', async () => {
    const [manager, worker] = [await login('oakring'), await login('a')];
    for (const topic of upKinds) await worker.say(`nodes/a/${topic}`);
    for (const topic of downKinds) await manager.say(`nodes/a/${topic}`);
    const [lastUp, lastDown] = [upKinds.at(-1), downKinds.at(-1)];
    await Promise.all([manager.until(`nodes/a/${lastUp}`), worker.until(`nodes/a/${lastDown}`)]);
    expect(manager.heard).toEqual(upKinds.map((topic) => `nodes/a/${topic}`));
    expect(worker.heard).toEqual(downKinds.map((topic) => `nodes/a/${topic}`));
  });

  it('keeps more than 1 MiB off the wire, and the connection', async () => {
    const [manager, worker] = [await login('oakring'), await login('a')];
    await worker.say('nodes/a/state', Buffer.alloc(1_048_577));
    await worker.say('nodes/a/acks', Buffer.alloc(1_048_576));
    await manager.until('nodes/a/acks');
    expect(manager.heard).toEqual(['nodes/a/acks']);
  });

  it('lets nobody in without a password', async () => {
    const refused = connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0 }, false);
    await expect(refused).rejects.toThrow('Not authorized');
  });
});

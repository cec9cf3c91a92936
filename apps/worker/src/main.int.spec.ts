import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { builtProgram } from '../../../infra/programs/built-program.js';
import {
  playManager,
  startTestBroker,
  type ManagerByHand,
  type TestBroker,
} from './connect/testing/manager-by-hand.js';
import { endInstancesOf } from './runtimes/testing/end-instances.js';
import { processesWith, until } from './runtimes/testing/processes.js';

let broker: TestBroker;
let manager: ManagerByHand;
let folder: string;
let children: ChildProcess[];

beforeEach(async () => {
  broker = await startTestBroker();
  manager = await playManager(broker.url, 'w1');
  folder = mkdtempSync(join(tmpdir(), 'oakring-worker-main-'));
  children = [];
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await endInstancesOf(join(folder, 'data', 'instances'));
  await manager.end();
  await broker.stop();
  rmSync(folder, { recursive: true });
});

describe('The worker as a process', () => {
  it('leaves its instances running when it is killed', async () => {
    const worker = await registered();
    await manager.order({ job: stubborn() });
    await manager.next('acks', ({ phase }) => phase === 'succeeded');
    await until(() => processesWith('sleep 600; : ' + folder).length > 0);
    worker.kill('SIGKILL');
    await once(worker, 'exit');
    await manager.next('status', ({ status }) => status === 'offline');
    expect(processesWith('sleep 600; : ' + folder)).not.toEqual([]);
  });

  it('shows its secrets to no job: not in its environment, nor in that of any parent below it', async () => {
    const env = {
      OAKRING_MQTT_USERNAME: 'edge',
      OAKRING_MQTT_PASSWORD: `password-of-${folder}`,
    };
    await registered(1, env);
    const out = join(folder, 'seen');
    // Up to the worker: its own parent is this test, which has never had the password.
    const script = `
      pid=$$
      while [ "$pid" -gt 1 ]; do
        tr '\\0' '\\n' < /proc/$pid/environ
        read -r _ _ _ pid _ < /proc/$pid/stat
      done > ${out}.new; mv ${out}.new ${out}`;
    const cmd = ['/bin/sh', '-c', script];
    await manager.order({ job: { id: 'web', technology: 'process', cmd } });
    await until(() => existsSync(out));
    const seen = readFileSync(out, 'utf8');
    expect(seen).toContain('OAKRING_WORKER_ID=w1');
    expect(seen).not.toContain('password-of');
  });

  it('is refused while another one has its data folder, which it names', async () => {
    const first = await registered();
    const second = start();
    let said = '';
    second.stderr?.on('data', (text: Buffer) => (said += text.toString()));
    const [code] = await once(second, 'close');
    expect(code).toBe(1);
    expect(said).toMatch(new RegExp(`in use by oakring worker w1, process ${first.pid}`));
  });

  it('ends with 1 and a sentence when another start has taken its place', async () => {
    const worker = await registered();
    let said = '';
    worker.stderr?.on('data', (text: Buffer) => (said += text.toString()));
    await manager.order({ job: stubborn() });
    await manager.next('acks', ({ phase }) => phase === 'succeeded');
    await manager.accept({ incarnation: 7 });
    const [code] = await once(worker, 'close');
    expect(code).toBe(1);
    expect(said).toContain('Start 7 of worker w1 has taken the place of this one, start 1');
    expect(processesWith(folder)).toEqual([]);
  });

  it('counts a start after it was killed, and knows of nothing that ran', async () => {
    const worker = await registered();
    worker.kill('SIGKILL');
    await once(worker, 'exit');
    await registered(2);
  });

  it('says offline on SIGTERM, with several too, and that its instances run on', async () => {
    const worker = await registered();
    await manager.order({ job: stubborn() });
    await manager.next('acks', ({ phase }) => phase === 'succeeded');
    worker.kill('SIGTERM');
    worker.kill('SIGTERM');
    const [code] = await once(worker, 'exit');
    expect(code).toBe(0);
    expect(await manager.next('state', ({ final }) => final === true)).toMatchObject({
      instances: [{ job: 'web', instance: 0, generation: 1, status: 'running' }],
    });
    await manager.next('status', ({ status }) => status === 'offline');
    expect(processesWith(folder)).not.toEqual([]);
  });

  it('says when, in each line that it tells', async () => {
    const worker = start();
    let told = '';
    worker.stderr?.on('data', (text: Buffer) => (told += text.toString()));
    await manager.next('registration');
    await manager.accept();
    await manager.next('state');
    worker.kill('SIGTERM');
    await once(worker, 'close');
    expect(told).toContain('registered as w1');
    for (const line of told.trim().split('\n')) {
      const entry = JSON.parse(line) as { readonly context: string };
      // Not every machine has what processes are limited by.
      const level = entry.context === 'limited' ? 'warn' : 'info';
      expect(entry).toMatchObject({
        ...{ app: 'worker', node: 'w1', level },
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      });
    }
  });

  it('names every setting that is unusable, and ends', async () => {
    const worker = start({ OAKRING_WORKER_ID: 'a/b', OAKRING_WORKER_CPU: 'many' });
    let said = '';
    worker.stderr?.on('data', (text: Buffer) => {
      said += text.toString();
    });
    const [code] = await once(worker, 'close');
    expect(code).toBe(1);
    const { level, msg } = JSON.parse(said) as { readonly level: string; readonly msg: string };
    expect(level).toBe('fatal');
    expect(msg).toMatch(/OAKRING_WORKER_ID: "a\/b"[^]*OAKRING_WORKER_CPU: "many"/);
  });
});

/** Ends on nothing but SIGKILL. The folder's name among its words is how it is found from outside. */
function stubborn(): object {
  const script = `trap '' TERM HUP INT; sh -c 'sleep 600; : ${folder}' & wait; wait`;
  return { id: 'web', technology: 'process', cmd: ['/bin/sh', '-c', script, folder] };
}

async function registered(
  incarnation = 1,
  env: Record<string, string> = {},
): Promise<ChildProcess> {
  const worker = start(env);
  await manager.next('registration', (body) => body['incarnation'] === incarnation);
  await manager.accept({ incarnation });
  const state = await manager.next('state', (body) => body['incarnation'] === incarnation);
  expect(state).toMatchObject({ instances: [] });
  return worker;
}

/** As its own program: only a process can be killed. */
function start(env: Record<string, string> = {}): ChildProcess {
  const child = spawn(process.execPath, [builtProgram('worker')], {
    env: {
      PATH: process.env['PATH'],
      OAKRING_MQTT_URL: broker.url,
      OAKRING_WORKER_ID: 'w1',
      OAKRING_WORKER_DATA: join(folder, 'data'),
      OAKRING_WORKER_RUNTIMES: 'process',
      ...env,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  children.push(child);
  return child;
}

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  playManager,
  startTestBroker,
  type ManagerByHand,
  type TestBroker,
} from './connect/testing/manager-by-hand.js';
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
  await manager.end();
  await broker.stop();
  rmSync(folder, { recursive: true });
});

describe('The worker as a process', () => {
  it('takes its instances with it when it is killed, and all of their children', async () => {
    const worker = await registered();
    const job = stubborn();
    await manager.order({ job });
    await manager.next('acks', ({ phase }) => phase === 'succeeded');
    // The shell of the guard, its watcher, the command and the child of that.
    await until(() => processesWith(folder).length >= 4);
    worker.kill('SIGKILL');
    await once(worker, 'exit');
    await until(() => processesWith(folder).length === 0);
    await manager.next('status', ({ status }) => status === 'offline');
  });

  it('counts a start after it was killed, and knows of nothing that ran', async () => {
    const worker = await registered();
    worker.kill('SIGKILL');
    await once(worker, 'exit');
    await registered(2);
  });

  it('says offline and stops its instances on SIGTERM, with several too', async () => {
    const worker = await registered();
    await manager.order({ job: stubborn() });
    await manager.next('acks', ({ phase }) => phase === 'succeeded');
    worker.kill('SIGTERM');
    worker.kill('SIGTERM');
    const [code] = await once(worker, 'exit');
    expect(code).toBe(0);
    await manager.next('status', ({ status }) => status === 'offline');
    expect(processesWith(folder)).toEqual([]);
  });

  it('names every setting that is unusable, and ends', async () => {
    const worker = start({ OAKRING_WORKER_ID: 'a/b', OAKRING_WORKER_CPU: 'many' });
    let said = '';
    worker.stderr?.on('data', (text: Buffer) => {
      said += text.toString();
    });
    const [code] = await once(worker, 'close');
    expect(code).toBe(1);
    expect(said).toMatch(/OAKRING_WORKER_ID: "a\/b"[^]*OAKRING_WORKER_CPU: "many"/);
  });
});

/** Ends on nothing but SIGKILL. The folder's name among its words is how it is found from outside. */
function stubborn(): object {
  const script = `trap '' TERM HUP INT; sh -c 'sleep 600; : ${folder}' & wait; wait`;
  return { id: 'web', technology: 'process', cmd: ['/bin/sh', '-c', script, folder] };
}

async function registered(incarnation = 1): Promise<ChildProcess> {
  const worker = start();
  await manager.next('registration', (body) => body['incarnation'] === incarnation);
  await manager.accept({ incarnation });
  const state = await manager.next('state', (body) => body['incarnation'] === incarnation);
  expect(state).toMatchObject({ instances: [] });
  return worker;
}

/** From source, as its own program: only a process can be killed. */
function start(env: Record<string, string> = {}): ChildProcess {
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      '--import',
      resolve('libs/events/testing/register-typescript.mjs'),
      resolve('apps/worker/src/main.ts'),
    ],
    {
      env: {
        PATH: process.env['PATH'],
        OAKRING_MQTT_URL: broker.url,
        OAKRING_WORKER_ID: 'w1',
        OAKRING_WORKER_DATA: join(folder, 'data'),
        OAKRING_WORKER_RUNTIMES: 'process',
        ...env,
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  children.push(child);
  return child;
}

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { builtProgram } from '../../../../infra/programs/built-program.js';
import {
  playManager,
  startTestBroker,
  type ManagerByHand,
  type TestBroker,
} from '../connect/testing/manager-by-hand.js';
import { endInstancesOf } from '../runtimes/testing/end-instances.js';
import { processesWith, until } from '../runtimes/testing/processes.js';

let broker: TestBroker;
let manager: ManagerByHand;
let folder: string;
let children: ChildProcess[];

beforeEach(async () => {
  broker = await startTestBroker();
  manager = await playManager(broker.url, 'w1');
  folder = mkdtempSync(join(tmpdir(), 'oakring-kill-'));
  children = [];
});
afterEach(async () => {
  await Promise.all(children.map((child) => killed(child)));
  await manager.end();
  await broker.stop();
  await endInstancesOf(join(folder, 'data', 'instances'));
  rmSync(folder, { recursive: true });
});

describe('A worker process that is killed', () => {
  it('finds again what it runs, without any broker, and nothing runs twice', async () => {
    const first = start();
    await registered(1);
    await manager.order({ job: job() });
    await manager.next('acks', ({ phase }) => phase === 'succeeded');
    await until(() => runs().length === 1);
    await killed(first);
    await manager.end();
    await broker.stop();
    start();
    await brokerBack();
    await registered(2);
    await manager.order({ job: job(), attempt: 2 });
    const ack = await manager.next('acks', ({ phase }) => phase === 'succeeded');
    expect(ack).toMatchObject({ commandId: 'c1', generation: 1, incarnation: 2 });
    expect(await stateOf('r1')).toMatchObject({
      instances: [{ job: 'web', instance: 0, generation: 1, status: 'running' }],
    });
    expect(runs()).toHaveLength(1);
  });

  it('leaves no command behind that somebody ran in an instance, be it stubborn', async () => {
    const worker = start();
    await registered(1);
    await manager.order({ job: job() });
    await manager.next('acks', ({ phase }) => phase === 'succeeded');
    const command = ['/bin/sh', '-c', 'trap "" HUP; echo ready; sleep 591; true'];
    const address = { job: 'web', instance: 0, generation: 1, technology: 'process' };
    await manager.say('calls', {
      ...{ call: 'open', stream: 's1', incarnation: 1, epoch: 1, wants: 'exec', credit: 1_000 },
      ...{ ...address, command },
    });
    await manager.next('streams', ({ says }) => says === 'data');
    expect(processesWith('sleep 591').length).toBeGreaterThan(0);
    await killed(worker);
    await until(() => processesWith('sleep 591').length === 0);
    expect(processesWith(marker()).length).toBeGreaterThan(0);
  });

  it('runs again what it ran when its machine has started anew, without any broker', async () => {
    const first = start();
    await registered(1);
    await manager.order({ job: job() });
    await manager.next('acks', ({ phase }) => phase === 'succeeded');
    await until(() => runs().length === 1);
    await killed(first);
    await manager.end();
    await broker.stop();
    for (const pid of processesWith(folder)) process.kill(pid, 'SIGKILL');
    const record = join(folder, 'data', 'instances', 'web.0.1', 'guard.json');
    const written = JSON.parse(readFileSync(record, 'utf8')) as object;
    writeFileSync(record, JSON.stringify({ ...written, boot: 'the one before' }));
    start();
    await until(() => runs().length === 2);
    expect(new Set(runs()).size).toBe(2);
    await brokerBack();
  });

  it('does not run again what it said it deleted', async () => {
    const first = start();
    await registered(1);
    await manager.order({ job: job() });
    await manager.next('acks', ({ phase }) => phase === 'succeeded');
    await until(() => runs().length === 1);
    await manager.order({ command: 'delete', commandId: 'c2', job: job() });
    await manager.next('acks', ({ commandId, phase }) => {
      return commandId === 'c2' && phase === 'succeeded';
    });
    await killed(first);
    start();
    await registered(2);
    // A repetition that was under way comes late.
    await manager.order({ job: job(), attempt: 2 });
    expect(await manager.next('acks', ({ phase }) => phase === 'failed')).toMatchObject({
      commandId: 'c1',
      reason: 'superseded: generation 1 was deleted here',
    });
    expect(await stateOf('r1')).toMatchObject({ instances: [] });
    expect(runs()).toHaveLength(1);
  });

  it('does not run again what had come to its end', async () => {
    const first = start();
    await registered(1);
    await manager.order({ job: { ...job(), cmd: ['/bin/sh', '-c', `${script()}; exit 3`] } });
    const ended = { job: 'web', instance: 0, generation: 1, status: 'failed' };
    const state = await manager.next('state', ({ instances }) => lengthOf(instances) === 1);
    expect(state).toMatchObject({ instances: [ended] });
    // At once: what was said must have been written down before.
    await killed(first);
    start();
    await registered(2);
    expect(await stateOf('r1')).toMatchObject({ instances: [ended] });
    expect(runs()).toHaveLength(1);
  });

  it('refuses to start over a damaged memory, and says what to do', async () => {
    const first = start();
    await manager.next('registration');
    await killed(first);
    writeFileSync(join(folder, 'data', 'memory.json'), '{"instances":[');
    const second = start();
    let said = '';
    second.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
    const [code] = await once(second, 'close');
    expect(code).toBe(1);
    expect(said).toContain('data-folder-unusable');
    expect(said).toContain('memory.json is not what a worker wrote. Remove the file');
    expect(readFileSync(join(folder, 'data', 'incarnation'), 'utf8')).toBe('1');
  });
});

function start(): ChildProcess {
  const env = {
    PATH: process.env['PATH'],
    OAKRING_MQTT_URL: broker.url,
    OAKRING_WORKER_ID: 'w1',
    OAKRING_WORKER_DATA: join(folder, 'data'),
    OAKRING_WORKER_RUNTIMES: 'process',
  };
  const child = spawn(process.execPath, [builtProgram('worker')], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  children.push(child);
  return child;
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

async function brokerBack(): Promise<void> {
  await broker.start();
  manager = await playManager(broker.url, 'w1');
}

async function registered(incarnation: number): Promise<void> {
  await manager.next('registration', (body) => body['incarnation'] === incarnation);
  await manager.accept({ incarnation });
  await manager.next('state');
}

async function stateOf(requestId: string) {
  await manager.say('requests', { request: 'state', requestId, epoch: 1 });
  return manager.next('state', (body) => body['requestId'] === requestId);
}

function lengthOf(list: unknown): number {
  return Array.isArray(list) ? list.length : -1;
}

/** Notes the id of the process, one line a run. */
function script(): string {
  return `echo $$ >> ${join(folder, 'runs')}`;
}

/** Found in the command line of the job's process, and in nothing else. */
function marker(): string {
  return join(folder, 'web');
}

function job(): object {
  const cmd = ['/bin/sh', '-c', `${script()}; sleep 600; true`, marker()];
  return { id: 'web', name: 'web', image: 'none', technology: 'process', cmd };
}

function runs(): string[] {
  try {
    return readFileSync(join(folder, 'runs'), 'utf8').trim().split('\n');
  } catch {
    // It never ran.
    return [];
  }
}

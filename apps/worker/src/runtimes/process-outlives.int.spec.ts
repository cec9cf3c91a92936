import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@oakring/contracts';
import { systemPorts } from '@oakring/ports';
import { identityOf, signal } from './guard-record.js';
import { OutputFolder } from './instance-output.js';
import { guard } from './process-guard.js';
import { ProcessRuntime } from './process.runtime.js';
import { toStart } from './runtime.contract.js';
import type { FoundInstance, InstanceExit } from './runtime.port.js';
import { endInstancesOf } from './testing/end-instances.js';
import { processesWith, until } from './testing/processes.js';

const address = { job: 'web', instance: 0, generation: 1 };
const order = { ledger: 'l1', digest: 'd1' };
let folder = '';
let runtimes: ProcessRuntime[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oakring-outlives-'));
  runtimes = [];
});
afterEach(async () => {
  for (const runtime of runtimes) await runtime.close();
  await endInstancesOf(records());
  await until(() => processesWith(folder).length === 0);
  rmSync(folder, { recursive: true });
});

/** A start of the worker: the one before is as good as killed. */
async function worker(where = records(), ports = systemPorts()) {
  for (const before of runtimes) await before.close();
  const outputs = new OutputFolder(join(folder, 'output'), systemPorts().clock);
  const runtime = new ProcessRuntime(ports, { folder: where, outputs });
  runtimes.push(runtime);
  const exited = new Promise<InstanceExit>((resolve) => {
    runtime.onExit((_address, exit) => resolve(exit));
  });
  return { runtime, exited, found: await runtime.existing() };
}

async function begun(script: string, more: { readonly validForMs?: number } = {}) {
  const { runtime } = await worker();
  const job: JsonObject = { cmd: ['/bin/sh', '-c', script, folder] };
  await runtime.start(
    { ...toStart(address, job), ...order, ...more },
    new AbortController().signal,
  );
  return runtime;
}

const running: FoundInstance = {
  ...{ ...address, ...order, status: 'running' },
  reason: 'ran since before the worker started',
};

describe('A process instance', () => {
  it('is found by a later start of the worker, which hears how it ends', async () => {
    await begun(`until [ -e ${folder}/go ]; do sleep 0.02; done; echo over >&2; exit 3`);
    await worker();
    const { found, exited } = await worker();
    expect(found).toEqual([running]);
    writeFileSync(join(folder, 'go'), '');
    expect(await exited).toMatchObject({ status: 'failed', reason: 'exit code 3: over' });
  });

  it('that ended while no worker was there is found with how, once and again until it is deleted', async () => {
    await begun(`echo no route >&2; exit 5`);
    await (await worker()).runtime.close();
    await until(() => processesWith(folder).length === 0);
    const ended = { ...address, ...order, status: 'failed', reason: 'exit code 5: no route' };
    expect((await worker()).found).toEqual([ended]);
    const { runtime, found } = await worker();
    expect(found).toEqual([ended]);
    await runtime.stop(address);
    expect((await worker()).found).toEqual([]);
  });

  it('is stopped by a later start, and deleted', async () => {
    await begun(`trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 0.02; done`);
    await until(() => printed().includes('ready\n'));
    const { runtime } = await worker();
    await runtime.stop(address);
    expect(printed()).toMatch(/ready\n[^]*bye\n/);
    expect((await worker()).found).toEqual([]);
  });

  it('is measured by a later start', async () => {
    await begun('sleep 600; true');
    const { runtime } = await worker();
    await runtime.measure();
    await runtime.measure();
    expect(runtime.usageOf(address)?.memoryMiB).toBeGreaterThan(0);
  });

  it('prints every line to where it is kept, whether or not a worker is there', async () => {
    await begun(`i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done`);
    await (await worker()).runtime.close();
    await until(() => processesWith(folder).length === 0);
    const lines = printed().trim().split('\n');
    expect(lines).toEqual(Array.from({ length: 20_000 }, (_, number) => `line ${number}`));
  });

  it('that lives on grants ends at its limit while no worker is there, and says so', async () => {
    const runtime = await begun('sleep 600; true', { validForMs: 1_000 });
    await runtime.close();
    await until(() => processesWith(folder).length === 0);
    const reason = 'lease ran out: its guard heard of no grant in time';
    expect((await worker()).found).toEqual([{ ...address, ...order, status: 'failed', reason }]);
  });

  it('that lives on grants hears of those to a later start', async () => {
    await begun(`until [ -e ${folder}/go ]; do sleep 0.02; done`, { validForMs: 30_000 });
    const { runtime, exited } = await worker();
    runtime.renew(address, 10);
    expect(await exited).toMatchObject({ reason: expect.stringContaining('lease ran out') });
  });

  it('whose guard is killed is ended with it, by the worker that is there or a later one', async () => {
    await begun('sleep 600; true');
    const { exited } = await worker();
    process.kill(recorded().pid, 'SIGKILL');
    expect(await exited).toMatchObject({ reason: expect.stringContaining('its guard was ended') });
    await until(() => processesWith(folder).length === 0);

    await begun('sleep 600; true');
    await (await worker()).runtime.close();
    const { pid } = recorded();
    process.kill(pid, 'SIGKILL');
    await until(() => identityOf(pid) === null);
    const { found } = await worker();
    expect(found).toMatchObject([{ ...address, status: 'failed' }]);
    await until(() => processesWith(folder).length === 0);
  });

  it('is not taken for ended while the worker cannot open a file to look at it', async () => {
    await begun(`until [ -e ${folder}/go ]; do sleep 0.02; done; exit 3`);
    let looks = 0;
    const { timers, ...ports } = systemPorts();
    const counted = Object.assign(Object.create(timers) as typeof timers, {
      sleep: async (delayMs: number, signal?: AbortSignal) => {
        looks += 1;
        await timers.sleep(delayMs, signal);
      },
    });
    const { exited } = await worker(records(), { ...ports, timers: counted });
    let exit: InstanceExit | null = null;
    void exited.then((heard) => (exit = heard));
    const descriptors = scarceDescriptors();
    try {
      descriptors.takeAll();
      const before = looks;
      await until(() => {
        // Those that were given back meanwhile as well.
        descriptors.takeAll();
        return looks > before + 2 || exit !== null;
      });
    } finally {
      descriptors.giveBack();
    }
    expect(exit).toBeNull();
    writeFileSync(join(folder, 'go'), '');
    expect(await exited).toEqual({ status: 'failed', reason: 'exit code 3' });
  });

  it.each(['guard.json', 'command'])(
    'keeps a worker from starting while its %s cannot be read, and goes on',
    async (name) => {
      await begun('sleep 600; true');
      const path = join(records(), 'web.0.1', name);
      renameSync(path, `${path}.kept`);
      mkdirSync(path);
      await expect(worker()).rejects.toThrow('EISDIR');
      expect(processesWith(folder)).not.toEqual([]);
      rmdirSync(path);
      renameSync(`${path}.kept`, path);
      expect((await worker()).found).toEqual([running]);
    },
  );

  it('never runs without a worker that has written it down', async () => {
    const args = ['-c', guard, 'oakring-guard', folder, '', '', '0', '/usr/bin/setsid'];
    const child = spawn('/bin/sh', [...args, '/bin/touch', join(folder, 'ran')]);
    child.stdin.destroy();
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(() => readFileSync(join(folder, 'ran'))).toThrow();
  });
});

describe('What is not found by a start of the worker, and not touched', () => {
  it.each([
    ['began', '1', 'whose number is another process’s by now'],
    ['boot', 'another', 'of another boot'],
  ])('is a process whose record has another %s: %s, one %s', async (member, value) => {
    await begun('sleep 600; true');
    await (await worker()).runtime.close();
    const path = join(records(), 'web.0.1', 'guard.json');
    const record = recorded();
    writeFileSync(path, JSON.stringify({ ...record, [member]: value }));
    rmSync(join(records(), 'web.0.1', 'command'));
    expect((await worker()).found).toEqual([]);
    expect(processesWith(folder)).not.toEqual([]);
    await ended(record.pid);
  });

  it('is what a folder was copied from', async () => {
    await begun('sleep 600; true');
    const copy = join(folder, 'copy');
    cpSync(records(), copy, { recursive: true, filter: (path) => !/out$|err$|last$/.test(path) });
    expect((await worker(copy)).found).toEqual([]);
    expect((await worker()).found).toEqual([running]);
  });

  it('is a folder in which nothing was written down', async () => {
    mkdirSync(join(records(), 'web.0.1'), { recursive: true });
    writeFileSync(join(records(), 'web.0.1', 'guard.json'), '{"job":');
    expect((await worker()).found).toEqual([]);
  });
});

/** Of this process: few enough that all can be taken, and nothing more be opened. */
function scarceDescriptors() {
  const limit = (soft: string) =>
    spawnSync('prlimit', ['--pid', `${process.pid}`, `--nofile=${soft}:`]);
  const soft = /^Max open files +(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
  limit('512');
  const held: number[] = [];
  return {
    takeAll() {
      try {
        for (;;) held.push(openSync('/dev/null', 'r'));
      } catch {
        // That was the last one.
      }
    },
    giveBack() {
      for (const each of held) closeSync(each);
      limit(soft ?? '');
    },
  };
}

/** Where it is written down what runs. */
function records(): string {
  return join(folder, 'instances');
}

function recorded(): { readonly pid: number } {
  const text = readFileSync(join(records(), 'web.0.1', 'guard.json'), 'utf8');
  return JSON.parse(text) as { pid: number };
}

function printed(): string {
  return readFileSync(join(folder, 'output', 'web.0.log'), 'utf8');
}

/** Of a guard whose folder was taken away: what it guards is ended by hand. */
async function ended(guardian: number): Promise<void> {
  for (const pid of processesWith(folder)) if (pid !== guardian) signal(pid, 'SIGKILL');
  await until(() => processesWith(folder).length === 0);
}

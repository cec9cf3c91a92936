// Runs as the only program of a small machine with a kernel of its own (`run.ts`), and says on its console what it
// found: `ok …` or `not ok …: why`, a line each, and `done` at the end.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemPorts } from '../../libs/ports/src/index.js';
import { kernelFiles } from '../../apps/worker/src/runtimes/cgroups/cgroup-files.js';
import { scenesOfGroups } from '../../apps/worker/src/runtimes/cgroups/cgroup-files.scenes.js';
import { Cgroups } from '../../apps/worker/src/runtimes/cgroups/cgroups.js';
import { OutputFolder } from '../../apps/worker/src/runtimes/instance-output.js';
import { ProcessRuntime } from '../../apps/worker/src/runtimes/process.runtime.js';
import {
  ownVariables,
  type InstanceAddress,
  type InstanceExit,
} from '../../apps/worker/src/runtimes/runtime.port.js';

const top = '/sys/fs/cgroup';
const controllers = '+cpu +memory +pids';
const ports = systemPorts();
const pause = (): Promise<void> => ports.timers.sleep(1);
const records = '/tmp/worker/instances';
/** Of a machine that is emulated, and shares its processor. */
const patienceMs = 120_000;

const service = join(top, 'oakring-worker.service');
let groups: Cgroups;
let runtime: ProcessRuntime;
const exits = new Map<string, InstanceExit>();

await kernelFiles.write(join(top, 'cgroup.subtree_control'), controllers);
for (const [at, [sentence, play]] of scenesOfGroups.entries()) {
  const group = join(top, `scene-${at}`);
  await kernelFiles.make(group);
  await tried(`the kernel: ${sentence}`, () => play({ files: kernelFiles, group, dwell, pause }));
}

await tried('the worker of a service makes groups with limits beside its own', async () => {
  // As systemd starts one with `Delegate=yes` and `DelegateSubgroup=oakring-worker`.
  const own = join(service, 'oakring-worker');
  await kernelFiles.make(own);
  await kernelFiles.write(join(own, 'cgroup.procs'), String(process.pid));
  const opened = await Cgroups.open('the owner', ports.timers);
  assert.ok(typeof opened !== 'string', String(opened));
  assert.equal(opened.whyUnlimited, null);
  groups = opened;
  await begin();
  assert.ok(runtime.features.includes('limits'));
});

await tried('memory: an instance that takes more than its own is ended, and says why', async () => {
  await start('steady', { memoryMiB: 32 }, 'echo here; while :; do sleep 1; done');
  await start('greedy', { memoryMiB: 32 }, 'dd if=/dev/zero of=/dev/null bs=256M count=1');
  const { status, reason } = await exitOf('greedy');
  assert.equal(status, 'failed');
  assert.match(reason, /^ended by the kernel: out of memory, limit 32 MiB/);
  assert.deepEqual(exits.get('steady'), undefined);
});

await tried('memory: all of it is ended, whichever part took it', async () => {
  const greedy = 'dd if=/dev/zero of=/dev/null bs=256M count=1; echo still here';
  await start('whole', { memoryMiB: 32 }, `sh -c '${greedy}'; while :; do sleep 1; done`);
  assert.match((await exitOf('whole')).reason, /^ended by the kernel: out of memory, limit 32 MiB/);
});

await tried('cpu: an instance gets the part of a core that is reserved for it', async () => {
  const busy = 'while :; do :; done';
  await start('slow', { cpuMillis: 100 }, busy);
  await start('fast', { cpuMillis: 300 }, busy);
  const before = await Promise.all(['slow', 'fast'].map(cpuOf));
  const beganMs = ports.clock.monotonicMs();
  await ports.timers.sleep(4_000);
  const after = await Promise.all(['slow', 'fast'].map(cpuOf));
  const tookMs = ports.clock.monotonicMs() - beganMs;
  const [slow, fast] = after.map((ms, at) => (ms - (before[at] ?? 0)) / tookMs);
  say(`   seen: ${slow?.toFixed(3)} of a core for 0.1, ${fast?.toFixed(3)} for 0.3`);
  for (const job of ['slow', 'fast']) {
    assert.match(await fileOf(job, 'cpu.stat'), /^nr_throttled [1-9]/m);
  }
  // A quota is one for each period that has begun.
  assert.ok(slow !== undefined && slow > 0.05 && slow < 0.13, String(slow));
  assert.ok(fast !== undefined && fast > 0.15 && fast < 0.36, String(fast));
  await runtime.measure();
  await ports.timers.sleep(1_000);
  await runtime.measure();
  const used = runtime.usageOf(addressOf('slow'));
  assert.ok(used !== null && used.cpuMillis > 10 && used.cpuMillis < 200, JSON.stringify(used));
  assert.ok(used.memoryMiB > 0 && used.memoryMiB < 32, JSON.stringify(used));
  for (const job of ['slow', 'fast']) await runtime.stop(addressOf(job), 0);
});

await tried('processes: one that takes all it may leaves guards and others theirs', async () => {
  const most = Number(await fileOf('steady', 'pids.max'));
  assert.ok(most > 50 && most <= 4_096, String(most));
  // The shell is one of them, and cannot begin another then.
  const fill = `i=1; while [ $i -lt ${most} ]; do sleep 1000 & i=$((i+1)); done; echo full; wait`;
  await start('bomb', { memoryMiB: 512, cpuMillis: 2_000 }, fill);
  await until(async () => Number(await fileOf('bomb', 'pids.current')) === most, 'it is full');
  const { description, own } = toStart('bomb', {}, fill);
  const probe = { by: 'command', command: ['/bin/sh', '-c', 'true & wait'] } as const;
  const look = { ...addressOf('bomb'), description, own };
  const said = await runtime.check(look, probe, 60_000).catch(String);
  assert.notEqual(said, null);
  await start('other', {}, 'echo i run');
  assert.equal((await exitOf('other')).status, 'completed');
  await runtime.stop(addressOf('bomb'), 0);
  await assert.rejects(fileOf('bomb', 'pids.max'), { code: 'ENOENT' });
});

await tried(
  'a later start of the worker finds what runs, limited still, and ends the rest',
  async () => {
    const folder = await folderOf('steady');
    const stray = join(folder, '..', 'i-stray');
    await kernelFiles.make(stray);
    await dwell(stray);
    await runtime.close();
    const again = await Cgroups.open('the owner', ports.timers);
    assert.ok(typeof again !== 'string' && again.whyUnlimited === null);
    groups = again;
    const found = await begin();
    assert.deepEqual(
      found.filter(({ status }) => status === 'running').map(({ job }) => job),
      ['steady'],
    );
    await assert.rejects(kernelFiles.read(join(stray, 'cgroup.procs')), { code: 'ENOENT' });
    assert.equal(Number(await fileOf('steady', 'memory.max')), 32 * 1_048_576);
    await runtime.stop(addressOf('steady'), 0);
    // The last one takes the folder of all with it.
    await assert.rejects(kernelFiles.children(join(folder, '..')), { code: 'ENOENT' });
  },
);

say('done');
// What dwells in groups of scenes is still there.
process.exit();

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function tried(sentence: string, play: () => Promise<void>): Promise<void> {
  try {
    await play();
    say(`ok ${sentence}`);
  } catch (error) {
    say(
      `not ok ${sentence}: ${error instanceof Error ? error.message.split('\n').join(' ') : error}`,
    );
  }
}

/** As a new start of the worker does. */
async function begin() {
  const outputs = new OutputFolder('/tmp/worker/output', ports.clock);
  runtime = new ProcessRuntime(ports, { folder: records, groups, outputs });
  runtime.onExit(({ job }, exit) => void exits.set(job, exit));
  return runtime.existing();
}

function addressOf(job: string): InstanceAddress {
  return { job, instance: 0, generation: 1 };
}

function toStart(job: string, asked: { cpuMillis?: number; memoryMiB?: number }, script: string) {
  const address = addressOf(job);
  const description = { name: job, technology: 'process', cmd: ['/bin/sh', '-c', script] };
  const resources = { cpuMillis: 500, memoryMiB: 64, ...asked };
  return { ...address, description, resources, own: ownVariables(address, 'guest') };
}

async function start(...said: Parameters<typeof toStart>): Promise<void> {
  await runtime.start(toStart(...said), new AbortController().signal);
}

async function exitOf(job: string): Promise<InstanceExit> {
  await until(async () => exits.has(job), `${job} ends`);
  return exits.get(job) ?? { status: 'failed', reason: '' };
}

async function folderOf(job: string): Promise<string> {
  const record: unknown = JSON.parse(
    readFileSync(join(records, `${job}.0.1`, 'guard.json'), 'utf8'),
  );
  assert.ok(typeof record === 'object' && record !== null && 'group' in record);
  return String(record.group);
}

async function fileOf(job: string, file: string): Promise<string> {
  return kernelFiles.read(join(await folderOf(job), file));
}

async function cpuOf(job: string): Promise<number> {
  return (await groups.usageOf(await folderOf(job)))?.cpuMs ?? 0;
}

async function dwell(group: string): Promise<void> {
  const child = spawn('/bin/sleep', ['1000'], { stdio: 'ignore' });
  await once(child, 'spawn');
  try {
    writeFileSync(join(group, 'cgroup.procs'), String(child.pid));
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

async function until(isSo: () => Promise<boolean>, what: string): Promise<void> {
  const beganMs = ports.clock.monotonicMs();
  while (!(await isSo())) {
    const isLate = ports.clock.monotonicMs() - beganMs > patienceMs;
    assert.ok(!isLate, `it does not come to be so: ${what}`);
    await ports.timers.sleep(20);
  }
}

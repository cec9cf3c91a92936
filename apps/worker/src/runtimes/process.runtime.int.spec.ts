import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@oakring/contracts';
import { systemPorts } from '@oakring/ports';
import { Cgroups } from './cgroups/cgroups.js';
import { OutputFolder } from './instance-output.js';
import { notedStarts } from './output-starts.js';
import { ProcessRuntime } from './process.runtime.js';
import { keepsTheRuntimeContract, toStart } from './runtime.contract.js';
import type { InstanceAddress, InstanceExit } from './runtime.port.js';
import { endInstancesOf } from './testing/end-instances.js';
import { processesWith, until } from './testing/processes.js';

let groups: Cgroups | string;
beforeAll(async () => {
  groups = await Cgroups.open(`a test of process ${process.pid}`, systemPorts().timers);
  if (typeof groups === 'string' && process.platform === 'linux') {
    process.stderr.write(`NOT TESTED here: that cgroups hold instances together (${groups})\n`);
  }
});

const ranOut = 'lease ran out: its guard heard of no grant in time';
const address = { job: 'web', instance: 0, generation: 1 };
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oakring-process-'));
});
afterEach(async () => {
  await endInstancesOf(records());
  rmSync(folder, { recursive: true });
});

describe('The process runtime', () => {
  keepsTheRuntimeContract(async () => {
    // The address is among the arguments: that is how a process is found again from outside.
    const runtime = new MarkedRuntime(folder);
    return {
      runtime,
      lasting: { cmd: ['/bin/sh', '-c', 'sleep 600; true'] },
      ending: (code) => ({ cmd: ['/bin/sh', '-c', `exit ${code}`] }),
      script: (text) => ({ cmd: ['/bin/sh', '-c', text] }),
      impossible: { job: { image: 'no-such-program-here' }, names: /no program no-such-program/ },
      printing: {
        job: { cmd: ['/bin/sh', '-c', 'echo one; sleep 0.1; echo two >&2; sleep 600; true'] },
        lines: ['one', 'two'],
      },
      runs: async (where) => processesWith(runtime.marker(where)).length > 0,
      cleanUp: async () => {
        await endInstancesOf(records());
        expect(processesWith(folder)).toEqual([]);
      },
    };
  });

  it('runs the image as a program where no command is given', async () => {
    expect(await exitOf({ image: '/bin/true' })).toEqual({
      status: 'completed',
      reason: 'exit code 0',
    });
  });

  it('hands arguments over as they are: no shell reads them', async () => {
    const out = join(folder, 'out');
    const cmd = ['/bin/sh', '-c', `printf '%s' "$1" > ${out}`, 'sh', `$(id); 'a' "b" *`];
    expect(await exitOf({ cmd })).toMatchObject({ status: 'completed' });
    expect(readFileSync(out, 'utf8')).toBe(`$(id); 'a' "b" *`);
  });

  it('gives the environment of the job, and nothing of its own', async () => {
    const out = join(folder, 'out');
    process.env['OAKRING_MQTT_PASSWORD'] = 'secret';
    try {
      const cmd = ['/bin/sh', '-c', `env > ${out}`];
      await exitOf({ cmd, environment: ['GREETING=a=b', 'EMPTY='] });
    } finally {
      delete process.env['OAKRING_MQTT_PASSWORD'];
    }
    const seen = readFileSync(out, 'utf8').split('\n');
    expect(seen).toContain('GREETING=a=b');
    expect(seen).toContain('EMPTY=');
    expect(seen.join()).not.toContain('secret');
  });

  it('gives what a linker or a shell heeds to the command, and not to its guard', async () => {
    const environment = {
      ...{ LD_PRELOAD: '/opt/missing.so', ENV: '/dev/null', IFS: '0', PATH: '/usr/bin:/bin' },
      ...{ og_dir: '/nowhere', LONG: ` a  "b" $(id) \\ '\n*` },
    };
    const out = join(folder, 'out');
    const outputs = new OutputFolder(join(folder, 'output'), systemPorts().clock);
    const runtime = new ProcessRuntime(systemPorts(), { folder: records(), outputs });
    const script = `tr '\\0' '\\n' </proc/$$/environ >${out}; while :; do sleep 600; done`;
    const cmd = ['/bin/sh', '-c', script, `the command of ${folder}`];
    // Some shells let nobody set UID: that keeps nothing from starting.
    const job = { cmd, environment: { ...environment, UID: '7' } };
    await runtime.start(toStart(address, job), never());
    await until(() => contentOf(out).includes('LONG='));
    const [, guardian] =
      /"pid":(\d+)/.exec(contentOf(join(records(), 'web.0.1', 'guard.json'))) ?? [];
    const guards = [records(), join(folder, 'output')].flatMap(processesWith);
    expect(guards).toContain(Number(guardian));
    for (const pid of guards) {
      expect(contentOf(`/proc/${pid}/environ`)).not.toMatch(/(^|\0)(LD_PRELOAD|ENV|IFS)=/);
    }
    const given = contentOf(out);
    for (const [name, value] of Object.entries(environment))
      expect(given).toContain(`${name}=${value}\n`);
    expect(given).not.toContain('og_job_');
    await runtime.stop(address);
    expect(processesWith(folder)).toEqual([]);
  });

  it('ends with all kept that it printed, whatever a linker says to its environment', async () => {
    const outputs = new OutputFolder(join(folder, 'output'), systemPorts().clock);
    const environment = { LD_PRELOAD: '/opt/missing.so' };
    const exit = await exitOf({ cmd: ['/bin/echo', 'well'], environment }, null, outputs);
    expect(exit).toEqual({ status: 'completed', reason: 'exit code 0' });
    expect(contentOf(join(folder, 'output', 'web.0.log'))).toContain('well\n');
  });

  it('names the exit code and the last line of standard error', async () => {
    const cmd = ['/bin/sh', '-c', 'echo first >&2; echo "no route to host" >&2; exit 7'];
    expect(await exitOf({ cmd })).toEqual({
      status: 'failed',
      reason: 'exit code 7: no route to host',
    });
  });

  it('names the signal that ended a command', async () => {
    expect(await exitOf({ cmd: ['/bin/sh', '-c', 'kill -KILL $$'] })).toEqual({
      status: 'failed',
      reason: 'ended by SIGKILL',
    });
  });

  it('reports an end even when the command left a child that holds its output', async () => {
    const cmd = ['/bin/sh', '-c', `setsid sleep 2 & exit 0`];
    expect(await exitOf({ cmd })).toMatchObject({ status: 'completed' });
  });

  it('promises to enforce a stop only where cgroups hold its instances', () => {
    expect(new ProcessRuntime(systemPorts(), { folder: records() }).enforcesStop).toBe(false);
    if (typeof groups === 'string') return;
    expect(new ProcessRuntime(systemPorts(), { folder: records(), groups }).enforcesStop).toBe(
      true,
    );
  });

  it('ends what left its session, with the instance that is deleted', async () => {
    if (typeof groups === 'string') return;
    const runtime = new ProcessRuntime(systemPorts(), { folder: records(), groups });
    const marker = `oakring-daemon-${folder}`;
    await runtime.start(toStart(address, daemon(marker)), never());
    await until(() => processesWith(`${marker}-child`).length > 0);
    await runtime.stop(address);
    expect(processesWith(marker)).toEqual([]);
  });

  it('ends what left its session, with the command that comes to its end', async () => {
    if (typeof groups === 'string') return;
    const marker = `oakring-left-${folder}`;
    const cmd = ['/bin/sh', '-c', `setsid sh -c 'sleep 600; : ${marker}' & exit 0`];
    expect(await exitOf({ cmd }, groups)).toMatchObject({ status: 'completed' });
    expect(processesWith(marker)).toEqual([]);
  });

  it('ends what left its session when no grant comes', async () => {
    if (typeof groups === 'string') return;
    const runtime = new ProcessRuntime(systemPorts(), { folder: records(), groups });
    const exited = new Promise<InstanceExit>((resolve) => {
      runtime.onExit((_address, exit) => resolve(exit));
    });
    const marker = `oakring-ungranted-${folder}`;
    const instance = { ...toStart(address, daemon(marker)), validForMs: 1_500 };
    await runtime.start(instance, never());
    await until(() => processesWith(`${marker}-child`).length > 0);
    expect(await exited).toMatchObject({ status: 'failed', reason: ranOut });
    expect(processesWith(marker)).toEqual([]);
  });

  it('ends at its start what is in its cgroups and nobody has written down', async () => {
    if (typeof groups === 'string') return;
    const owner = `a worker of ${folder}`;
    const { timers } = systemPorts();
    const own = await Cgroups.open(owner, timers);
    if (typeof own === 'string') throw new Error(own);
    const group = await own.make('left');
    const left = spawn('/bin/sh', [
      '-c',
      `echo $$ > ${group}/cgroup.procs; sleep 600; : ${folder}`,
    ]);
    const gone = once(left, 'exit');
    await until(() => readFileSync(join(group, 'cgroup.procs'), 'utf8') !== '');
    await new ProcessRuntime(systemPorts(), { folder: records(), groups: own }).existing();
    expect(await gone).toEqual([null, 'SIGKILL']);
  });

  it('leaves no cgroup behind, neither of an instance nor of those who have none', async () => {
    if (typeof groups === 'string') return;
    const { timers } = systemPorts();
    const own = await Cgroups.open(`the owner of ${folder}`, timers);
    if (typeof own === 'string') throw new Error(own);
    const group = await own.make('seen');
    await own.end(group);
    expect(existsSync(dirname(group))).toBe(false);
    const runtime = new ProcessRuntime(systemPorts(), { folder: records(), groups: own });
    const nested = `mkdir ${group}/deeper; echo $$ > ${group}/deeper/cgroup.procs; sleep 600`;
    const seen = { job: 'seen', instance: 0, generation: 1 };
    await own.make('seen');
    await runtime.start(toStart(address, { cmd: ['/bin/sh', '-c', nested] }), never());
    await runtime.start(toStart(seen, { cmd: ['/bin/sleep', '600'] }), never());
    await until(() => contentOf(join(group, 'deeper', 'cgroup.procs')) !== '');
    await runtime.stop(seen);
    expect(existsSync(dirname(group))).toBe(true);
    await own.end(group);
    await runtime.stop(address);
    expect(existsSync(dirname(group))).toBe(false);
  });

  it('keeps what an instance prints, in files that do not grow without end', async () => {
    const outputs = new OutputFolder(join(folder, 'output'), systemPorts().clock);
    const script = 'i=0; while [ $i -lt 40 ]; do printf %65536s $i; i=$((i+1)); done; echo bad >&2';
    await exitOf({ cmd: ['/bin/sh', '-c', script] }, null, outputs);
    const names = readdirSync(join(folder, 'output')).sort();
    expect(names).toEqual(['web.0.log', 'web.0.log.1', 'web.0.log.starts', 'web.0.log.times']);
    for (const name of names) {
      const { size, mode } = statSync(join(folder, 'output', name));
      expect(size).toBeLessThanOrEqual(1_048_576);
      expect(mode & 0o777).toBe(0o600);
    }
    const [newest, before] = names.map((name) => contentOf(join(folder, 'output', name)));
    // Two pipes: which of them is read first is nobody's promise. Not shown when it fails: a megabyte.
    expect([newest?.includes(' 39'), newest?.includes('bad\n')]).toEqual([true, true]);
    expect(before?.length).toBeGreaterThan(900_000);
  });

  it('adds to what an earlier start of the instance printed, and notes beside it which', async () => {
    const outputs = new OutputFolder(join(folder, 'output'), systemPorts().clock);
    for (const word of ['one', 'two']) {
      await exitOf({ cmd: ['/bin/sh', '-c', `echo ${word}`] }, null, outputs);
    }
    const path = join(folder, 'output', 'web.0.log');
    expect(contentOf(path)).toBe('one\ntwo\n');
    const starts = await notedStarts(path);
    expect(starts).toMatchObject([{ offset: 0 }, { generation: 1, offset: 4 }]);
  });

  it('lets a command end itself on SIGTERM', async () => {
    const out = join(folder, 'out');
    const script = `trap 'echo bye > ${out}; exit 0' TERM; echo ready > ${out}; while :; do sleep 0.05; done`;
    const runtime = new ProcessRuntime(systemPorts(), { folder: records() });
    await runtime.start(toStart(address, { cmd: ['/bin/sh', '-c', script] }), never());
    await until(() => contentOf(out) === 'ready\n');
    await runtime.stop(address);
    expect(contentOf(out)).toBe('bye\n');
  });

  it('kills what does not end on SIGTERM, with its children', async () => {
    const marker = `oakring-stubborn-${folder}`;
    const out = join(folder, 'out');
    const script = `trap '' TERM; (while :; do sleep 1; done) & echo ready > ${out}; wait; # ${marker}`;
    const runtime = new ProcessRuntime(systemPorts(), { folder: records() });
    await runtime.start(toStart(address, { cmd: ['/bin/sh', '-c', script] }), never());
    await until(() => contentOf(out) === 'ready\n');
    await runtime.stop(address, 100);
    expect(processesWith(marker)).toEqual([]);
  });

  it('kills what lives on grants when none comes, and not while one does', async () => {
    const runtime = new ProcessRuntime(systemPorts(), { folder: records() });
    const exits: InstanceExit[] = [];
    runtime.onExit((_address, exit) => exits.push(exit));
    const marker = `oakring-leased-${folder}`;
    const cmd = ['/bin/sh', '-c', `while :; do sleep 0.05; done; # ${marker}`];
    const began = performance.now();
    await runtime.start({ ...toStart(address, { cmd }), validForMs: 1_000 }, never());
    // Renewed well before its limit, three times: it outlives the first one.
    while (performance.now() - began < 1_600) {
      runtime.renew(address, 1_000);
      await new Promise((resolve) => setTimeout(resolve, 400));
    }
    expect(exits).toEqual([]);
    await until(() => exits.length === 1);
    expect(exits).toEqual([{ status: 'failed', reason: ranOut }]);
    expect(processesWith(marker)).toEqual([]);
  });

  it.each([
    [{ cmd: 'sleep 1' }, /cmd is "sleep 1", not of the form/],
    [{ cmd: ['/bin/echo', 'a\0b'] }, /cmd is \["\/bin\/echo","a.*not of the form/],
    [{ cmd: ['/bin/echo', 'x'.repeat(200_000)] }, /E2BIG/],
    [{ command: ['sleep', 1] }, /command is \["sleep",1\]/],
    [{ image: '/bin/true', environment: 'A=1' }, /environment is "A=1"/],
    [{ image: '/bin/true', environment: ['=1'] }, /environment is "=1"/],
    [{ image: '/etc' }, /no program \/etc here/],
  ])('refuses %j with the reason, as the job’s own fault', async (job: JsonObject, reason) => {
    const held = typeof groups === 'string' ? null : groups;
    const runtime = new ProcessRuntime(systemPorts(), { folder: records(), groups: held });
    const starting = runtime.start(toStart(address, job), never());
    const message = expect.stringMatching(reason);
    await expect(starting).rejects.toMatchObject({ message, fault: 'job' });
    // Nothing is left of it: the next test's worker would find it.
    const group = await held?.make('seen');
    if (group !== undefined) expect(readdirSync(dirname(group)).filter(isOfAnInstance)).toEqual([]);
    if (group !== undefined) await held?.end(group);
  });
});

/** Where it is written down what runs. */
function records(): string {
  return join(folder, 'instances');
}

/** Puts the address of each instance into its command line. */
class MarkedRuntime extends ProcessRuntime {
  constructor(private readonly mark: string) {
    const outputs = new OutputFolder(join(folder, 'output'), systemPorts().clock);
    super(systemPorts(), { folder: records(), outputs });
  }

  override start(
    ...[instance, signal]: Parameters<ProcessRuntime['start']>
  ): ReturnType<ProcessRuntime['start']> {
    const { cmd, args } = instance.description;
    if (!Array.isArray(cmd) || args !== undefined) return super.start(instance, signal);
    const description = { ...instance.description, cmd: [...cmd, this.marker(instance)] };
    return super.start({ ...instance, description }, signal);
  }

  marker({ job, instance, generation }: InstanceAddress): string {
    return `${this.mark}/${job}-${instance}-${generation}`;
  }
}

/** Leaves its session with a child, as daemons do, and stays. */
function daemon(marker: string): JsonObject {
  const child = `sh -c 'while :; do sleep 1; done; : ${marker}-child'`;
  return { cmd: ['/bin/sh', '-c', `setsid ${child} & while :; do sleep 1; done; : ${marker}`] };
}

async function exitOf(
  job: JsonObject,
  held: Cgroups | null = null,
  outputs: OutputFolder | null = null,
): Promise<InstanceExit> {
  const runtime = new ProcessRuntime(systemPorts(), { folder: records(), groups: held, outputs });
  const exited = new Promise<InstanceExit>((resolve) => {
    runtime.onExit((_address, exit) => resolve(exit));
  });
  await runtime.start(toStart(address, job), never());
  return exited;
}

function isOfAnInstance(name: string): boolean {
  return name.startsWith('i-');
}

function never(): AbortSignal {
  return new AbortController().signal;
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

import { describe, expect, it } from '@jest/globals';
import { systemPorts } from '@oakring/ports';
import { StartFailure } from '../runtime.port.js';
import { Cgroups } from './cgroups.js';
import { limitsFrom, settingsOf } from './limits.js';
import { FakeCgroups } from './testing/fake-cgroups.js';

const asked = { cpuMillis: 500, memoryMiB: 256 };
const service = '/cgroup/system.slice/oakring-worker.service';
const scope = '/cgroup/user.slice/run-1.scope';

async function opened(files: FakeCgroups): Promise<Cgroups> {
  const groups = await Cgroups.open('o', systemPorts().timers, files);
  if (typeof groups === 'string') throw new Error(groups);
  return groups;
}

async function madeIn(files: FakeCgroups, name = 'i'): Promise<string> {
  const groups = await opened(files);
  return groups.make(name, groups.limitsFor(asked));
}

/** One whose highest group is somebody else's. */
function delegated(folder: string): FakeCgroups {
  const files = new FakeCgroups(folder);
  files.closed.add('/cgroup');
  return files;
}

describe('Groups with limits are made', () => {
  it('in the group of a service, where systemd starts its worker in one below', async () => {
    const files = delegated(`${service}/oakring-worker`);
    const group = await madeIn(files);
    expect(group).toMatch(new RegExp(`^${service}/oakring-[0-9a-f]{16}/i$`));
    expect(await files.read(`${group}/memory.max`)).toBe(String(256 * 1_048_576));
    expect(await files.read(`${group}/memory.oom.group`)).toBe('1');
    expect(await files.read(`${group}/cpu.max`)).toBe('50000 100000');
    expect(Number(await files.read(`${group}/pids.max`))).toBeGreaterThan(100);
    // Who guards them is not in what they are limited by.
    expect(files.processesOf(`${service}/oakring-worker`)).toEqual([process.pid]);
  });

  it('there also where guards of a worker without such a unit are still above', async () => {
    const files = delegated(`${service}/oakring-worker`);
    files.enter(service, 44);
    await madeIn(files);
    expect(files.processesOf(service)).toEqual([]);
    expect(files.processesOf(`${service}/oakring-worker`)).toEqual([process.pid, 44]);
  });

  it('in the highest group of the machine, where that is ours to write', async () => {
    const files = new FakeCgroups(scope);
    files.enter(scope, 77);
    expect(await madeIn(files)).toMatch(/^\/cgroup\/oakring-[0-9a-f]{16}\/i$/);
    expect(files.processesOf(scope)).toEqual([process.pid, 77]);
  });

  it('in our own, from which the worker moves, with who began it and whom it began', async () => {
    const files = delegated(scope);
    files.parents.set(process.pid, 50).set(60, process.pid);
    files.enter(scope, 50);
    files.enter(scope, 60);
    expect(await madeIn(files)).toMatch(new RegExp(`^${scope}/oakring-[0-9a-f]{16}/i$`));
    expect(files.processesOf(`${scope}/oakring-worker`)).toEqual([process.pid, 50, 60]);
  });

  it('by a second runtime of the same worker, beside those of the first', async () => {
    const files = delegated(scope);
    await madeIn(files);
    const other = await Cgroups.open('guests', systemPorts().timers, files);
    expect(other).toMatchObject({ whyUnlimited: null });
  });
});

describe('Groups without limits are made, and why is known,', () => {
  it.each([
    {
      where: 'in the group of a service that systemd could then not start again',
      files: () => delegated(service),
      why: /it takes systemd 254 or newer and DelegateSubgroup=oakring-worker in its unit$/,
    },
    {
      where: 'where others are, who are none of ours to move',
      files: () => {
        const files = delegated(scope);
        files.enter(scope, 77);
        return files;
      },
      why: /others are in the group \/cgroup\/user.slice\/run-1.scope \(process 77\)$/,
    },
    {
      where: 'where the controllers belong to an older hierarchy',
      files: () => new FakeCgroups('/cgroup', ['hugetlb']),
      why: /the group \/cgroup has no controller cpu, memory, pids/,
    },
  ])('$where', async ({ files, why }) => {
    const made = files();
    const groups = await opened(made);
    expect(groups.whyUnlimited).toMatch(why);
    expect(groups.limitsFor(asked)).toBeNull();
    expect(made.has(await groups.make('i', null))).toBe(true);
  });

  it('or none at all, where no folder can be made', async () => {
    const files = delegated(scope);
    files.closed.add(scope);
    expect(await Cgroups.open('o', systemPorts().timers, files)).toContain('EACCES');
  });
});

describe('Whoever only looks', () => {
  it('leaves everything as it was', async () => {
    const files = delegated(scope);
    const { timers } = systemPorts();
    expect(await Cgroups.examine('o', timers, files)).toEqual({ groups: null, limits: null });
    expect(files.processesOf(scope)).toEqual([process.pid]);
    expect(await files.children(scope)).toEqual([]);
    const { groups, limits } = await Cgroups.examine('o', timers, delegated(service));
    expect(groups).toBeNull();
    expect(limits).toContain('DelegateSubgroup');
  });
});

describe('The group of an instance', () => {
  it('is not there where its limits cannot be set: the start fails, by the machine’s fault', async () => {
    const files = new FakeCgroups(`${service}/oakring-worker`);
    const groups = await opened(files);
    const limits = limitsFrom(asked, 1_000);
    const { write } = files;
    files.write = (path, text) =>
      path.endsWith('cpu.max')
        ? Promise.reject(new Error('EINVAL'))
        : write.call(files, path, text);
    await expect(groups.make('i', limits)).rejects.toThrow(StartFailure);
    expect(await files.children(service)).not.toContain(expect.stringContaining('oakring-0'));
  });

  it('of an earlier start of the worker is ended, with what a job made in it, unless it is known', async () => {
    const files = new FakeCgroups(`${service}/oakring-worker`);
    const known = await madeIn(files, 'known');
    const left = await madeIn(files, 'left');
    await files.make(`${left}/of-the-job`);
    files.enter(`${left}/of-the-job`, 90);
    files.enter(known, 91);
    await (await opened(files)).endAllBut(new Set([known]));
    expect([files.has(left), files.has(known)]).toEqual([false, true]);
    expect(files.processesOf(known)).toEqual([91]);
  });

  it('tells what is used in it, without what the kernel would give back first', async () => {
    const files = new FakeCgroups(`${service}/oakring-worker`);
    const group = await madeIn(files);
    files.count(group, 'cpu.stat', 'usage_usec 2500000\nuser_usec 1\n');
    files.count(group, 'memory.current', '10485760\n');
    files.count(group, 'memory.stat', 'anon 1\ninactive_file 2097152\n');
    const groups = await opened(files);
    expect(await groups.usageOf(group)).toEqual({ cpuMs: 2_500, memoryMiB: 8 });
    expect(await groups.usageOf('/cgroup/no-such')).toBeNull();
  });
});

describe('The limits of an instance', () => {
  const textOf = (file: string, resources: { cpuMillis: number; memoryMiB: number }) =>
    settingsOf(limitsFrom(resources, 32_768)).find((each) => each.file === file)?.text;

  it('are what is reserved for it; where that is nothing, what a job that asks for nothing gets', () => {
    expect(textOf('cpu.max', { cpuMillis: 0, memoryMiB: 0 })).toBe('10000 100000');
    expect(textOf('memory.max', { cpuMillis: 0, memoryMiB: 0 })).toBe(String(64 * 1_048_576));
  });

  it('are a quota that the kernel takes, however small or large', () => {
    expect(textOf('cpu.max', { cpuMillis: 1, memoryMiB: 1 })).toBe('1000 1000000');
    expect(textOf('cpu.max', { cpuMillis: 64_000, memoryMiB: 1 })).toBe('6400000 100000');
  });

  it('are a quarter of the processes that the machine can have, 4096 at most', () => {
    expect(limitsFrom(asked, 4_000).pids).toBe(1_000);
    expect(limitsFrom(asked, 4_194_304).pids).toBe(4_096);
  });
});

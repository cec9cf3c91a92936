import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { systemPorts } from '@oakring/ports';
import { bootId } from './guard-record.js';
import { Guarded } from './guarded.js';
import { defaultPath } from './process-guard.js';
import { programAt } from './program-at.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oakring-oom-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** How a command ends in a group of which the kernel says so. The group is a folder: `npm run kernel` has real ones. */
async function exitIn(events: string, script: string) {
  const group = join(folder, 'group', 'i');
  mkdirSync(group, { recursive: true });
  writeFileSync(join(group, 'memory.events'), events);
  const command = {
    ...{ program: '/bin/sh', args: ['-c', script], environment: { PATH: defaultPath } },
    ...{ cwd: null, setsid: programAt('setsid') ?? '', until: null, log: null, group },
  };
  const facts = {
    ...{ job: 'web', instance: 0, generation: 1, boot: bootId(), owner: 'test' },
    ...{ ledger: null, digest: null, memoryMiB: 256 },
  };
  const guarded = await Guarded.begin(join(folder, 'i'), command, facts, systemPorts().timers);
  // Its files are there still, as if something of it could not be killed.
  return guarded.ended;
}

const killed = 'echo counting >&2; kill -KILL $$';

describe('A process that the kernel ended', () => {
  it.each([
    {
      because: 'its group had all the memory that it may have',
      events: 'low 0\nhigh 0\nmax 40\noom 1\noom_kill 2\noom_group_kill 1\n',
      reason: 'ended by the kernel: out of memory, limit 256 MiB: counting',
    },
    {
      because: 'the machine had none left',
      events: 'low 0\nhigh 0\nmax 0\noom 0\noom_kill 1\noom_group_kill 1\n',
      reason: 'ended by the kernel: out of memory on this machine: counting',
    },
  ])('says so, when $because', async ({ events, reason }) => {
    expect(await exitIn(events, killed)).toEqual({ status: 'failed', reason });
  });

  it('is told apart from one that somebody ended', async () => {
    const events = 'low 0\nhigh 0\nmax 40\noom 0\noom_kill 0\noom_group_kill 0\n';
    expect(await exitIn(events, killed)).toMatchObject({ reason: 'ended by SIGKILL: counting' });
  });
});

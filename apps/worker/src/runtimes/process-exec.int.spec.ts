import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { systemPorts } from '@oakring/ports';
import { Cgroups } from './cgroups/cgroups.js';
import {
  keepsTheExecContract,
  keepsTheTerminalContract,
  type ExecutingRuntime,
} from './exec.contract.js';
import { ProcessRuntime } from './process.runtime.js';
import { toStart } from './runtime.contract.js';
import { endInstancesOf } from './testing/end-instances.js';
import { processesWith, until } from './testing/processes.js';
import { execCommands, sh } from './testing/exec-commands.js';
import { TestTalk } from './testing/test-talk.js';
import { AllowedUsers } from './users/allowed-users.js';

const address = { job: 'web', instance: 0, generation: 1 };
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oakring-exec-'));
});
afterEach(async () => {
  await endInstancesOf(folder);
  rmSync(folder, { recursive: true });
});

const lasting = { cmd: ['/bin/sh', '-c', 'sleep 596; true'], environment: { WHERE: 'there' } };

async function make(groups: Cgroups | null = null): Promise<ExecutingRuntime> {
  return {
    runtime: new ProcessRuntime(systemPorts(), { folder, groups }),
    job: lasting,
    commands: execCommands,
    left: async () => processesWith('sleep 595').length,
  };
}

describe('The process runtime runs commands beside its instances and', () => {
  keepsTheExecContract(() => make());
});

describe('The process runtime gives them terminals and', () => {
  keepsTheTerminalContract(() => make());
});

describe('The process runtime', () => {
  async function started(runtime: ProcessRuntime, job: object): Promise<void> {
    await runtime.existing();
    await runtime.start(toStart(address, { ...lasting, ...job }), new AbortController().signal);
  }

  it('runs a command where the instance began, and tells it what that one is told', async () => {
    const runtime = new ProcessRuntime(systemPorts(), { folder });
    const job = { workingDirectory: '/tmp', volumes: ['data'], environment: { LD_PRELOAD: '' } };
    await started(runtime, job);
    const talk = new TestTalk();
    const command = sh('pwd; env');
    const instance = toStart(address, { ...lasting, ...job });
    await runtime.exec(instance, { command, terminal: null }, talk);
    const lines = talk.out.split('\n');
    expect(lines[0]).toBe('/tmp');
    expect(lines).toContain('OAKRING_JOB=web');
    expect(lines).toContain(`OAKRING_VOLUME_DATA=${join(folder, '..', 'volumes', 'data')}`);
    expect(lines.filter((line) => /^o[eg]_/.test(line))).toEqual([]);
    await runtime.stop(address);
  });

  it('runs it in the cgroup of the instance, where there is one', async () => {
    const groups = await Cgroups.open(`exec of ${process.pid}`, systemPorts().timers);
    if (typeof groups === 'string') {
      process.stderr.write(`NOT TESTED here: exec in a cgroup (${groups})\n`);
      return;
    }
    const runtime = new ProcessRuntime(systemPorts(), { folder, groups });
    await started(runtime, {});
    const talk = new TestTalk();
    const instance = toStart(address, lasting);
    // What leaves its session on purpose ends with the instance all the same.
    // It ends once that one has left its session, and not before.
    const daemon = sh(
      'echo $( (setsid sh -c "echo begun; exec >/dev/null 2>&1; sleep 594; true" &) )',
    );
    await runtime.exec(instance, { command: daemon, terminal: null }, talk);
    expect(processesWith('sleep 594').length).toBeGreaterThan(0);
    await runtime.stop(address);
    await until(() => processesWith('sleep 594').length === 0);
  });

  it.each([null, { columns: 80, rows: 24 }])(
    'runs it as the user of the instance, with a terminal as without (%j)',
    async (terminal) => {
      if (process.getuid?.() !== 0) {
        process.stderr.write('NOT TESTED here: exec as another user (the tests are not root)\n');
        return;
      }
      const users = await AllowedUsers.open({ runAs: null, users: ['nobody'] });
      const runtime = new ProcessRuntime(systemPorts(), { folder, users });
      const job = { user: 'nobody', environment: { WHERE: 'there' } };
      await started(runtime, job);
      const talk = new TestTalk();
      const instance = toStart(address, { ...lasting, ...job });
      const command = sh('echo "$(id -un) $WHERE"; trap "" HUP; echo ready; sleep 595; true');
      const ended = runtime.exec(instance, { command, terminal }, talk).catch(() => 'gone');
      await talk.sees(({ out }) => out.includes('ready'));
      expect(talk.out).toContain('nobody there');
      talk.leaving.abort(new Error('gone'));
      await ended;
      await until(() => processesWith('sleep 595').length === 0);
      await runtime.stop(address);
    },
  );

  it('gives a command its own terminal, whatever the job says of one and of shells', async () => {
    const runtime = new ProcessRuntime(systemPorts(), { folder });
    const job = { environment: { TERM: 'dumb', SHELL: '/no/such/shell' } };
    await started(runtime, job);
    const talk = new TestTalk();
    const instance = toStart(address, { ...lasting, ...job });
    const wanted = { command: sh('echo "$TERM $SHELL"'), terminal: { columns: 80, rows: 24 } };
    expect(await runtime.exec(instance, wanted, talk)).toBe(0);
    expect(talk.out.trim()).toBe('xterm /no/such/shell');
    await runtime.stop(address);
  });

  it('says in words of ours that a program is not there, by the PATH of the job', async () => {
    const runtime = new ProcessRuntime(systemPorts(), { folder });
    await started(runtime, { environment: { PATH: '/nowhere' } });
    const talk = new TestTalk();
    const instance = toStart(address, { ...lasting, environment: { PATH: '/nowhere' } });
    const wanted = { command: ['env', 'x'], terminal: null };
    expect(await runtime.exec(instance, wanted, talk)).toBe(127);
    expect(talk.out + talk.err).toBe('oakring: there is no program env here\n');
    await runtime.stop(address);
  });

  it('does not wait for what a command left behind with its outputs open', async () => {
    const runtime = new ProcessRuntime(systemPorts(), { folder });
    await started(runtime, {});
    const talk = new TestTalk();
    const left = sh('setsid sleep 593 & echo done');
    const instance = toStart(address, lasting);
    expect(await runtime.exec(instance, { command: left, terminal: null }, talk)).toBe(0);
    expect(talk.out).toBe('done\n');
    for (const pid of processesWith('sleep 593')) process.kill(pid, 'SIGKILL');
    await runtime.stop(address);
  });
});

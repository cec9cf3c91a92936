import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { JsonObject } from '@oakring/contracts';
import { toStart } from './runtime.contract.js';
import type { ExecWanted, Runtime } from './runtime.port.js';
import { until } from './testing/processes.js';
import { TestTalk } from './testing/test-talk.js';

export interface ExecutingRuntime {
  readonly runtime: Runtime;
  /** A job that runs until it is stopped, with WHERE=there in its environment. */
  readonly job: JsonObject;
  /** Words of commands. */
  readonly commands: {
    readonly echo: readonly string[];
    readonly fail: readonly string[];
    readonly cat: readonly string[];
    readonly exit3: readonly string[];
    /** Says so much that no reader takes all of it. */
    readonly zeros: readonly string[];
    /** Says "ready", and goes on until it is ended. */
    readonly sleep: readonly string[];
    /** The same, and takes no notice of being hung up on; null where nothing can. */
    readonly stubborn: readonly string[] | null;
    /** Says the size of its terminal, and each other one. */
    readonly size: readonly string[];
  };
  /** How many processes of these commands there are, looked at from outside; null where none are. */
  readonly left: (() => Promise<number>) | null;
}

const address = { job: 'web', instance: 0, generation: 1 };
const terminal = { columns: 100, rows: 30 };

/** What every runtime keeps that lets people run commands in its instances (`Runtime.exec`). */
export function keepsTheExecContract(make: () => Promise<ExecutingRuntime>): void {
  let subject: ExecutingRuntime;
  let talk: TestTalk;

  beforeEach(async () => {
    subject = await make();
    talk = new TestTalk();
    await subject.runtime.existing();
    const { signal } = new AbortController();
    await subject.runtime.start(toStart(address, subject.job), signal, () => {});
  });
  afterEach(async () => {
    await subject.runtime.stop(address);
    if (subject.left !== null) {
      const { left } = subject;
      await until(async () => (await left()) === 0);
    }
    await subject.runtime.close();
  });

  function run(command: readonly string[], more: Partial<ExecWanted> = {}): Promise<number> {
    const wanted = { command, terminal: null, ...more };
    const { exec } = subject.runtime;
    if (exec === undefined) throw new Error('this runtime runs nothing');
    return exec.call(subject.runtime, toStart(address, subject.job), wanted, talk);
  }

  it('says what a command prints, apart from its errors, and its exit code', async () => {
    talk.finish();
    expect(await run(subject.commands.echo)).toBe(0);
    expect([talk.out, talk.err]).toEqual(['there\n', '']);
    expect(talk.hasOpened).toBe(true);
    const { out } = talk;
    expect(await run(subject.commands.fail)).toBe(1);
    expect([talk.out, talk.err]).toEqual([out, 'no\n']);
    expect(await run(subject.commands.exit3)).toBe(3);
  });

  it('gives it what comes in, bytes as they are, until that is over', async () => {
    const all = Buffer.from(Array.from({ length: 70_000 }, (_, at) => (at * 31) % 256));
    const ended = run(subject.commands.cat);
    for (let at = 0; at < all.byteLength; at += 10_000) talk.give(all.subarray(at, at + 10_000));
    talk.finish();
    expect(await ended).toBe(0);
    expect(talk.outBytes.equals(all)).toBe(true);
  });

  it('reads no more of it than is taken, and all of it once it is', async () => {
    const all = Buffer.alloc(600_000, 'x');
    talk.room = 0;
    const ended = run(subject.commands.cat);
    for (let at = 0; at < all.byteLength; at += 10_000) talk.give(all.subarray(at, at + 10_000));
    talk.finish();
    // What pipes and buffers hold on the way is taken; then it stops.
    let before = -1;
    await until(() => {
      const isStill = before === talk.asked && talk.asked > 0;
      before = talk.asked;
      return isStill;
    });
    expect(talk.outBytes.byteLength).toBe(0);
    talk.allow(Number.POSITIVE_INFINITY);
    expect(await ended).toBe(0);
    expect(talk.outBytes.byteLength).toBe(all.byteLength);
  });

  it('holds up nobody else with a reader that takes nothing', async () => {
    const slow = new TestTalk();
    slow.room = 10;
    const { runtime, commands } = subject;
    const wanted = { command: commands.zeros, terminal: null };
    const stuck = runtime.exec?.(toStart(address, subject.job), wanted, slow);
    await slow.sees(({ hasOpened }) => hasOpened);
    talk.finish();
    expect(await run(commands.echo)).toBe(0);
    slow.leaving.abort(new Error('gone'));
    await stuck?.catch(() => {});
    expect(slow.outBytes.byteLength).toBeLessThanOrEqual(10);
  });

  it('says that there is no such program', async () => {
    talk.finish();
    expect([126, 127]).toContain(await run(['no-such-program-here']));
    expect(talk.out + talk.err).toContain('no-such-program-here');
  });

  it('hangs up on it when nobody is there any more', async () => {
    const ended = run(subject.commands.sleep).catch(() => 'gone');
    await talk.sees(({ out }) => out.includes('ready'));
    talk.leaving.abort(new Error('gone'));
    await ended;
    const { left } = subject;
    if (left !== null) await until(async () => (await left()) === 0);
  });

  it('kills what goes on when it is hung up on', async () => {
    const { stubborn } = subject.commands;
    if (stubborn === null || subject.left === null) return;
    const ended = run(stubborn).catch(() => 'gone');
    await talk.sees(({ out }) => out.includes('ready'));
    talk.leaving.abort(new Error('gone'));
    await ended;
    const { left } = subject;
    await until(async () => (await left()) === 0);
  });

  it('ends it with its instance', async () => {
    const ended = run(subject.commands.sleep);
    await talk.sees(({ out }) => out.includes('ready'));
    await subject.runtime.stop(address);
    expect(await ended).toBeGreaterThan(128);
  });

  it('runs nothing in what does not run', async () => {
    await subject.runtime.stop(address);
    await expect(run(subject.commands.echo)).rejects.toThrow();
  });

  it('gives it a terminal of the size that is asked for, and of each other one', async () => {
    const ended = run(subject.commands.size, { terminal }).catch(() => 'gone');
    await talk.sees(({ out }) => out.includes('30 100'));
    talk.resize({ columns: 132, rows: 50 });
    await talk.sees(({ out }) => out.includes('50 132'));
    talk.leaving.abort(new Error('gone'));
    await ended;
  });
}

/** On a terminal: what is typed is heard as keys are, and its end is the command's. */
export function keepsTheTerminalContract(make: () => Promise<ExecutingRuntime>): void {
  it('hears keys as a terminal does: what is typed is seen, and an interrupt ends', async () => {
    const subject = await make();
    const talk = new TestTalk();
    await subject.runtime.existing();
    const { signal } = new AbortController();
    await subject.runtime.start(toStart(address, subject.job), signal, () => {});
    try {
      const command = ['/bin/sh', '-c', 'tty >/dev/null && echo "$TERM" ready; cat'];
      const instance = toStart(address, subject.job);
      const ended = subject.runtime.exec?.(instance, { command, terminal }, talk);
      await talk.sees(({ out }) => out.includes('xterm ready\r\n'));
      talk.give('hello\r');
      await talk.sees(({ out }) => out.includes('hello\r\nhello\r\n'));
      talk.give('\u0003');
      expect(await ended).toBe(130);
    } finally {
      await subject.runtime.stop(address);
      await subject.runtime.close();
    }
  });
}

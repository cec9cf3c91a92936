import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, constants, openSync, readFileSync, writeSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { constants as osConstants } from 'node:os';
import { dirname, join } from 'node:path';
import { isObject, leaseRanOut } from '@oakring/contracts';
import type { Timers } from '@oakring/ports';
import { replaceDurably, syncFolder } from '../memory/replace-durably.js';
import {
  identityOf,
  ifGone,
  isThere,
  readRecord,
  signal,
  type GuardRecord,
  type ProcessIdentity,
} from './guard-record.js';
import { environmentOfGuard, guard } from './process-guard.js';
import { StartFailure, type InstanceExit } from './runtime.port.js';
import type { UserIdentity } from './users/user-identity.js';

const recordFile = 'guard.json';
const folderMode = 0o700;
/** A guard that an earlier start of the worker began is nobody's child: it is looked at. */
const lookEveryMs = 250;
const lookOftenMs = 20;
/** What a shell adds to the number of the signal that ended its child. */
const signalledExitCode = 128;

export interface GuardedCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Where it begins; null: where the worker did. */
  readonly cwd: string | null;
  /** Path of `setsid`. */
  readonly setsid: string;
  /** It lives on grants, the first of which is until then (`limitIn`); null: it does not. */
  readonly until: string | null;
  /** Path of its cgroup; null: there is none. */
  readonly group: string | null;
  /** File that keeps what it prints; null: nobody does. */
  readonly log: string | null;
  /** Whom it makes itself (`commandAs`); null: it stays who the worker is. */
  readonly user?: UserIdentity | null;
}

/** What is known of a guard before it has a process. */
export type GuardFacts = Omit<GuardRecord, 'pid' | 'began' | 'group' | 'user'>;

/** A command that runs with a guard of its own (`process-guard.ts`), begun by this worker or found. */
export class Guarded {
  /** Resolves once all of it is gone, with how it ended; not after `letGo`. */
  readonly ended: Promise<InstanceExit>;
  private isLetGo = false;
  private waking = new AbortController();
  private everyMs = lookEveryMs;
  private grants: number | null = null;

  private constructor(
    private readonly folder: string,
    private readonly guardian: ProcessIdentity,
    /** It leads the session that the command and its children are in. */
    readonly command: ProcessIdentity,
    private readonly timers: Timers,
    child: ChildProcess | null,
  ) {
    const gone = child === null ? this.seenGone() : onceGone(child);
    this.ended = gone.then(() => (this.isLetGo ? new Promise(() => {}) : this.howItEnded()));
  }

  /**
   * Resolves once it runs. The guard waits for a word before it runs anything, and what it is has been
   * written down durably then: a worker that ends at any moment has begun nothing that is not found.
   */
  static async begin(
    folder: string,
    command: GuardedCommand,
    facts: GuardFacts,
    timers: Timers,
  ): Promise<Guarded> {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true, mode: folderMode });
    await writeFile(join(folder, 'running'), '');
    const child = await spawned(folder, command);
    try {
      const guardian = identityOf(child.pid ?? 0);
      if (guardian === null) throw noBeginning();
      const { group, user = null } = command;
      const record: GuardRecord = { ...facts, ...guardian, group, user };
      await replaceDurably(folder, recordFile, JSON.stringify(record));
      await syncFolder(dirname(folder));
      const told = await firstLine(child);
      if (told === '') throw noBeginning();
      const [, pid, began] = /^running (\d+) (\d+)$/.exec(told) ?? [];
      if (began === undefined) throw new StartFailure(told, 'node');
      child.unref();
      return new Guarded(folder, guardian, { pid: Number(pid), began }, timers, child);
    } catch (error) {
      // Without the word it ends.
      child.stdin?.destroy();
      await onceGone(child);
      throw error;
    }
  }

  /** Of an earlier start, by its record; null: its guard is not there any more, or never ran anything. */
  static async found(folder: string, record: GuardRecord, timers: Timers): Promise<Guarded | null> {
    while (isThere(record)) {
      const command = commandIn(folder);
      if (command !== null) return new Guarded(folder, record, command, timers, null);
      // Its worker ended as it gave it the word.
      await timers.sleep(lookOftenMs);
    }
    return null;
  }

  private async seenGone(): Promise<void> {
    while (isThereOr(true, this.guardian)) {
      await this.timers.sleep(this.everyMs, this.waking.signal);
      if (this.isLetGo) return;
    }
  }

  private async howItEnded(): Promise<InstanceExit> {
    if (this.grants !== null) closeSync(this.grants);
    this.grants = null;
    for (;;) {
      try {
        return (await exitIn(this.folder)) ?? this.endUnguarded();
      } catch {
        // What cannot be read now is read later: there is no other word of how it ended.
        await this.timers.sleep(lookEveryMs);
        if (this.isLetGo) return new Promise(() => {});
      }
    }
  }

  /** Somebody ended its guard: nobody else is left to end the command. */
  private endUnguarded(): InstanceExit {
    if (isThere(this.command)) signal(-this.command.pid, 'SIGKILL');
    return unguarded;
  }

  /** It should end now: it is looked at more often from now on. */
  ask(how: 'SIGTERM' | 'SIGUSR1'): void {
    if (isThereOr(false, this.guardian)) signal(this.guardian.pid, how);
    this.everyMs = lookOftenMs;
    this.waking.abort();
    this.waking = new AbortController();
  }

  /** Where its guard does not do it. */
  killDirectly(): void {
    if (isThereOr(false, this.command)) signal(-this.command.pid, 'SIGKILL');
  }

  /** Until when it may live: in the guard's own clock, so that no delay on the way is time won. */
  renew(validForMs: number): void {
    try {
      this.grants ??= openSync(
        join(this.folder, 'renew'),
        constants.O_WRONLY | constants.O_NONBLOCK,
      );
      writeSync(this.grants, `${limitIn(validForMs)}\n`);
    } catch {
      // Its guard is gone, or does not read: what it heard last holds.
    }
  }

  /** It goes on without us. */
  letGo(): void {
    this.isLetGo = true;
    this.waking.abort();
    if (this.grants !== null) closeSync(this.grants);
    this.grants = null;
  }
}

/** `unseen`: the answer while nobody can look. It is not gone for that, nor is its number surely its own still. */
function isThereOr(unseen: boolean, process: ProcessIdentity): boolean {
  try {
    return isThere(process);
  } catch {
    return unseen;
  }
}

/** What is in the folder of a guard that is gone. Null: it did not come to its end. */
export async function exitIn(folder: string): Promise<InstanceExit | null> {
  const names: readonly string[] = await readdir(folder).catch(ifGone([]));
  const code = names.map((name) => /^exit\.(\d+)$/.exec(name)?.[1]).find((found) => found);
  if (code === undefined) return null;
  if (names.includes('no-grant')) {
    return { status: 'failed', reason: `${leaseRanOut}: its guard heard of no grant in time` };
  }
  const stderr = await readFile(join(folder, 'stderr'), 'utf8').catch(ifGone(''));
  return exitOf(Number(code), stderr, await outOfMemory(folder, names));
}

/** Whose memory it was that the kernel had none left of, when it ended the command for it; null: it did not. */
async function outOfMemory(folder: string, names: readonly string[]): Promise<string | null> {
  const how = 'ended by the kernel: out of memory';
  if (names.includes('oom.machine')) return `${how} on this machine`;
  if (!names.includes('oom.limit')) return null;
  const limit = (await readRecord(join(folder, recordFile)))?.memoryMiB ?? null;
  return limit === null ? how : `${how}, limit ${limit} MiB`;
}

export const unguarded: InstanceExit = {
  status: 'failed',
  reason:
    'its guard was ended by somebody, and it was ended with it: how it would have ended is not known',
};

/** The command that a guard began; null: none. */
export function commandIn(folder: string): ProcessIdentity | null {
  let text = '';
  try {
    text = readFileSync(join(folder, 'command'), 'utf8');
  } catch (error) {
    return ifGone(null)(error);
  }
  const [, pid, began = ''] = /^(\d+) (\d+)$/.exec(text.trim()) ?? [];
  return pid === undefined ? null : { pid: Number(pid), began };
}

function exitOf(code: number, stderr: string, killed: string | null): InstanceExit {
  if (code === 0) return { status: 'completed', reason: 'exit code 0' };
  const number = code - signalledExitCode;
  const killer = Object.entries(osConstants.signals).find(([, value]) => value === number)?.[0];
  const how = killed ?? (killer === undefined ? `exit code ${code}` : `ended by ${killer}`);
  const lastLine = stderr.trim().split('\n').at(-1) ?? '';
  return { status: 'failed', reason: lastLine === '' ? how : `${how}: ${lastLine}` };
}

/** A process of the guard's; rejects when the system does not start it. */
function spawned(folder: string, command: GuardedCommand): Promise<ChildProcess> {
  const { program, args, environment, cwd, setsid, until, group, log, user = null } = command;
  const owner = user === null ? '' : `${user.uid}:${user.gid}`;
  const places = [folder, group ?? '', log ?? ''];
  const own = ['-c', guard, 'oakring-guard', ...places, until ?? '0', setsid, owner];
  // What the system will not start is an event, or thrown.
  return new Promise((resolve, reject) => {
    const child = spawn('/bin/sh', [...own, program, ...args], {
      detached: true,
      stdio: ['pipe', 'pipe', 'ignore'],
      env: environmentOfGuard(environment),
      ...(cwd === null ? {} : { cwd }),
    });
    // Writing to a guard that is gone must not end the worker.
    child.stdin?.on('error', () => {});
    child.once('error', reject);
    child.once('spawn', () => resolve(child));
  });
}

function onceGone(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once('exit', () => resolve()));
}

/** Gives it the word, and waits for its own. */
function firstLine({ stdin, stdout }: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    stdout?.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      if (text.includes('\n')) resolve(text.trim());
    });
    stdout?.once('close', () => resolve(text.trim()));
    stdin?.end('go\n');
  });
}

/** So long from now, in hundredths of a second of /proc/uptime, never rounded up. */
export function limitIn(validForMs: number): string {
  const [uptime = ''] = readFileSync('/proc/uptime', 'utf8').split(' ');
  return String(Number(uptime.replace('.', '')) + Math.max(1, Math.floor(validForMs / 10)));
}

function noBeginning(): StartFailure {
  return new StartFailure('cannot start: its guard ended before it began', 'node');
}

/** Too many words, or too long ones, are the job's; all else that a shell needs is the machine's. */
export function startFailure(error: unknown): StartFailure {
  if (error instanceof StartFailure) return error;
  const isTooLong = isObject(error) && error['code'] === 'E2BIG';
  const why = isTooLong ? 'its command and environment are longer than this system takes: ' : '';
  const message = error instanceof Error ? error.message : String(error);
  return new StartFailure(`cannot start: ${why}${message}`, isTooLong ? 'job' : 'node');
}

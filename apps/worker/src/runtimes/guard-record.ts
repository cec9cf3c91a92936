import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isObject } from '@oakring/contracts';
import type { InstanceAddress } from './runtime.port.js';
import type { UserIdentity } from './users/user-identity.js';

/** A process that is told apart from a later one of the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Field 22 of proc(5)'s stat: ticks after the boot. */
  readonly began: string;
}

/** What is written down of a guard before the command that it guards can run. */
export interface GuardRecord extends InstanceAddress, ProcessIdentity {
  /** Of the system's start: processes of another one are gone. */
  readonly boot: string;
  /** The folder that it was written for: a copy of it has none of these instances. */
  readonly owner: string;
  /** Path of its cgroup; null: there is none. */
  readonly group: string | null;
  /** Whose order it was, and of what; null: not known. */
  readonly ledger: string | null;
  readonly digest: string | null;
  /** What the kernel ends it at; null or absent: at nothing. */
  readonly memoryMiB?: number | null;
  /** Whom the command runs as; null or absent: the worker's own user. */
  readonly user?: UserIdentity | null;
}

/** Which start of the system this is. Throws where there is no /proc: what runs could not be found again. */
export function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

/**
 * For `catch`: what is gone reads as `instead`. All else is thrown: what cannot be read (no file can be opened any
 * more, a disk fails) is not gone for that, and who took it to be would end what runs, or let it run twice.
 */
export function ifGone<T>(instead: T): (error: unknown) => T {
  return (error) => {
    if (isObject(error) && (error['code'] === 'ENOENT' || error['code'] === 'ESRCH'))
      return instead;
    throw error;
  };
}

/** Null: what was written is no record, or there is none. Rejects where it cannot be read. */
export async function readRecord(path: string): Promise<GuardRecord | null> {
  const text = await readFile(path, 'utf8').catch(ifGone(''));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  return isRecord(value) ? value : null;
}

function isRecord(value: unknown): value is GuardRecord {
  if (!isObject(value)) return false;
  const numbers = ['instance', 'generation', 'pid'].map((name) => value[name]);
  const texts = ['job', 'began', 'boot', 'owner'].map((name) => value[name]);
  const mayBeNull = ['group', 'ledger', 'digest'].map((name) => value[name]);
  return (
    numbers.every((number) => Number.isSafeInteger(number)) &&
    texts.every((text) => typeof text === 'string') &&
    mayBeNull.every((text) => text === null || typeof text === 'string')
  );
}

/** Of a process that is there and has not ended; null: there is none. Throws where nobody can look. */
export function identityOf(pid: number): ProcessIdentity | null {
  let stat = '';
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch (error) {
    return ifGone(null)(error);
  }
  // The name in field 2 may hold blanks and brackets.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state] = fields;
  const began = fields[19];
  if (began === undefined || state === 'Z' || state === 'X') return null;
  return { pid, began };
}

export function isThere({ pid, began }: ProcessIdentity): boolean {
  return identityOf(pid)?.began === began;
}

/** To a process, or with its number negated to a group. One that is gone hears nothing. */
export function signal(pid: number, name: 'SIGTERM' | 'SIGKILL' | 'SIGUSR1'): void {
  try {
    process.kill(pid, name);
  } catch {
    // It is gone.
  }
}

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { isObject } from '@oakring/contracts';
import { StartFailure } from '../runtime.port.js';
import { giveEnvironment } from '../process-guard.js';
import { programAt } from '../program-at.js';

const askWithinMs = 10_000;
/** Of util-linux and of the C library: what a distribution has, beside BusyBox's own `setpriv`, which cannot do it. */
const needed = ['setpriv', 'getent', 'id', 'chown'] as const;

/** Whom a program runs as. */
export interface UserIdentity {
  readonly uid: number;
  readonly gid: number;
  /** All that it is in, its own among them. */
  readonly groups: readonly number[];
  readonly name: string;
  readonly home: string;
}

/**
 * Who `<user>[:<group>]` is on this machine, each a name or a number; asked each time, because an owner may change it.
 * Groups are those of the user, as if it had logged in. Rejects with a sentence for a person: who is not known here is
 * the machine's fault.
 */
export async function identityOf(asked: string): Promise<UserIdentity> {
  const [user = '', group] = asked.split(':');
  const [name, , uid, gid, , home] = await entryOf('passwd', user);
  if (name === undefined && !(isNumber(user) && group !== undefined)) {
    const more = isNumber(user) ? ': say which group as well, uid:gid' : '';
    throw new StartFailure(`there is no user ${user} on this machine${more}`, 'node');
  }
  const own = group === undefined ? Number(gid) : await gidOf(group);
  const supplementary = name === undefined ? [] : await groupsOf(name);
  return {
    uid: Number(uid ?? user),
    gid: own,
    groups: [...new Set([own, ...supplementary])],
    name: name ?? user,
    home: home === undefined || home === '' ? '/' : home,
  };
}

async function gidOf(group: string): Promise<number> {
  const [, , gid] = await entryOf('group', group);
  if (gid !== undefined) return Number(gid);
  if (isNumber(group)) return Number(group);
  throw new StartFailure(`there is no group ${group} on this machine`, 'node');
}

async function groupsOf(name: string): Promise<readonly number[]> {
  const said = await ask('id', '-G', '--', name);
  return said.trim().split(/\s+/).map(Number);
}

/** As /etc/passwd has it, wherever it is kept; empty: there is none. */
async function entryOf(database: 'passwd' | 'group', key: string): Promise<readonly string[]> {
  try {
    return (await ask('getent', database, key)).trim().split(':');
  } catch (error) {
    // What it says of somebody who is not there.
    if (isObject(error) && error['code'] === 2) return [];
    throw error;
  }
}

async function ask(program: (typeof needed)[number], ...args: readonly string[]): Promise<string> {
  const options = { env: {}, timeout: askWithinMs };
  return (await promisify(execFile)(pathOf(program), args, options)).stdout;
}

function pathOf(name: (typeof needed)[number]): string {
  const path = programAt(name);
  if (path !== null) return path;
  const what = `to run as another user takes ${needed.join(', ')} (util-linux, libc-bin, coreutils)`;
  throw new StartFailure(`${what}: there is no ${name} here`, 'node');
}

function isNumber(text: string): boolean {
  return /^\d+$/.test(text);
}

/** Of the user that it is by now: root would enter every folder. */
const begin = `cd -- "$1" || exit 126; shift; ${giveEnvironment}; exec "$@"`;

/**
 * What a command is begun with to run as a user, in a folder: from then on it can get no further rights, by whatever
 * file (no_new_privs). Whoever begins it is root, and gives it the environment that it is to have under other names
 * (`environmentOfGuard`): what that says to a linker (LD_PRELOAD) would be obeyed with root's rights until then.
 */
export function commandAs(
  { uid, gid, groups }: UserIdentity,
  cwd: string,
  command: readonly string[],
): readonly string[] {
  const who = [`--reuid=${uid}`, `--regid=${gid}`, `--groups=${groups.join(',')}`];
  const rights = ['--inh-caps=-all', '--no-new-privs'];
  const beginning = ['/bin/sh', '-c', begin, 'oakring-begin', cwd];
  return [pathOf('setpriv'), ...who, ...rights, '--', ...beginning, ...command];
}

/** What a user is told of itself when it logs in. */
export function environmentOf({ name, home }: UserIdentity): Readonly<Record<string, string>> {
  return { HOME: home, USER: name, LOGNAME: name };
}

/** Null, or why this worker cannot run anything as that user, in a folder. */
export async function whyNotAs(user: UserIdentity, folder = '/'): Promise<string | null> {
  const [program = '', ...args] = commandAs(user, folder, ['/bin/sh', '-c', ':']);
  try {
    await promisify(execFile)(program, args, { env: {}, timeout: askWithinMs });
    return null;
  } catch (error) {
    const { stderr } = isObject(error) ? error : {};
    const said = typeof stderr === 'string' ? stderr.trim().split('\n').at(-1) : '';
    return said || (error instanceof Error ? error.message : String(error));
  }
}

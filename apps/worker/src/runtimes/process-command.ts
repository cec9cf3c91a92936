import { statSync } from 'node:fs';
import { programOf } from './command-line.js';
import { defaultPath, environmentOfGuard, giveEnvironment } from './process-guard.js';
import { programAt } from './program-at.js';
import { StartFailure, type InstanceToStart } from './runtime.port.js';
import { commandAs, environmentOf, type UserIdentity } from './users/user-identity.js';

/** What a guard is made of, beside a shell: coreutils and util-linux, or BusyBox. */
const needed = ['dd', 'mkfifo', 'mv', 'rm', 'setsid', 'sleep', 'tail', 'tee', 'timeout', 'wc'];
/** As another user: root's folder, and that of the worker, are not its to be in. */
const usualFolder = '/';

export interface CommandLine {
  readonly program: string;
  readonly args: readonly string[];
  readonly environment: Record<string, string>;
  /** Where it begins; null: where the worker did. */
  readonly cwd: string | null;
}

/** What a process is begun in, and what is begun beside it later. */
export interface Surroundings {
  /** Path of its cgroup; null: there is none. */
  readonly group: string | null;
  /** Null: the worker's own. */
  readonly user: UserIdentity | null;
  /** As the program itself has it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Null: where the worker is. */
  readonly cwd: string | null;
}

/** Throws with a reason for a person, also when there is no such program. */
export function commandLineOf(
  instance: InstanceToStart,
  told: Readonly<Record<string, string>>,
  user: UserIdentity | null,
): CommandLine {
  const { command, args: more, workingDirectory: cwd } = programOf(instance);
  const [program = '', ...rest] = command ?? [String(instance.description['image'])];
  const args = [...rest, ...(more ?? [])];
  const environment = environmentIn(instance, told, user);
  if (cwd !== null && statSync(cwd, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new StartFailure(`cannot start: no folder ${cwd} here`, 'job');
  }
  if (programAt(program, environment['PATH']) === null) {
    throw new StartFailure(`cannot start: no program ${program} here`, 'job');
  }
  if (user === null) return { program, args, environment, cwd };
  const [first = '', ...others] = commandAs(user, cwd ?? usualFolder, [program, ...args]);
  return { program: first, args: others, environment, cwd: usualFolder };
}

/** What a program is given: what its job says counts more than what is usual, and what it is told more than that. */
export function environmentIn(
  instance: Pick<InstanceToStart, 'description' | 'own' | 'secrets'>,
  told: Readonly<Record<string, string>>,
  user: UserIdentity | null,
): Record<string, string> {
  const usual = { PATH: defaultPath, ...(user === null ? {} : environmentOf(user)) };
  return { ...usual, ...programOf(instance).environment, ...told };
}

/** Root still, and nothing of the job's yet. What it leaves behind ends with its instance. */
const enter = '[ -z "$1" ] || echo $$ > "$1/cgroup.procs" || exit 126; shift';

/** In words of ours: those of a shell name a line of a text that nobody sees. 127 as every shell has it. */
const sayIfMissing =
  'command -v "$1" >/dev/null || { echo "oakring: there is no program $1 here" >&2; exit 127; }';

/** What is spawned, with nothing else in its environment, to run a command in an instance's surroundings. */
export function besideInstance(
  { group, user, environment, cwd }: Surroundings,
  command: readonly string[],
): CommandLine {
  const given = environmentOfGuard(environment);
  const words = (then: string): string[] => ['-c', `${enter}; ${then}; exec "$@"`, 'oakring'];
  if (user === null) {
    const args = [...words(`${giveEnvironment}; ${sayIfMissing}`), group ?? '', ...command];
    return { program: '/bin/sh', args, environment: given, cwd };
  }
  const as = commandAs(user, cwd ?? usualFolder, command);
  return {
    ...{ program: '/bin/sh', args: [...words(':'), group ?? '', ...as] },
    ...{ environment: given, cwd: usualFolder },
  };
}

/** Where `setsid` is. Throws naming those that are not there. */
export function programsNeeded(): string {
  const paths = new Map(needed.map((name) => [name, programAt(name)]));
  const missing = needed.filter((name) => paths.get(name) === null);
  const setsid = paths.get('setsid') ?? null;
  if (missing.length === 0 && setsid !== null) return setsid;
  const what = `its guard needs ${missing.join(', ')} (coreutils, util-linux)`;
  throw new StartFailure(`cannot start: ${what}, not found in ${defaultPath}`, 'node');
}

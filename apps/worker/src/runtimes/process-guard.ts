import { spawn, type ChildProcess } from 'node:child_process';
import { isObject } from '@oakring/contracts';
import { StartFailure } from './runtime.port.js';

/** Where programs are looked for; a job's `environment` may say otherwise. */
export const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * Ties a command to its parent. The shell leads a session and process group of its own; a watcher in
 * it reads from a pipe that only the worker holds open. When the worker ends, however it ends
 * (`kill -9` too), the pipe closes and the watcher kills the cgroup, where there is one (the second
 * argument; the watcher itself stays outside) until it can be removed, since the shell may only be
 * entering it, and kills the process group. Without a
 * cgroup a command that leaves its process group on purpose (a daemon) is not held. The trap lets the
 * command handle SIGTERM itself: the shell goes on waiting for it and passes its exit code on. A
 * SIGTERM that comes while the command is forked is passed on to it. The watcher also keeps the
 * command's output open, so that its closing means that all of them are gone. What lives on grants is
 * killed by the watcher when it hears of none in time (its first argument, then a line each, in
 * seconds): a worker that is stopped itself (SIGSTOP) cannot do it.
 */
const guard = `
exec 3<&0 </dev/null 4>&2 2>/dev/null
( trap '' TERM; PATH=${defaultPath}
  if [ "$1" = 0 ]; then read -r _ <&3
  else left=$1; while left=$(timeout "$left" head -n 1 <&3) && [ -n "$left" ]; do :; done
  fi
  tries=50; while [ -d "$2" ] && [ $((tries-=1)) -gt 0 ]; do
    echo 1 > "$2/cgroup.kill"; rmdir "$2" || sleep 0.02
  done
  rmdir "\${2%/*}"
  kill -KILL 0 ) &
if [ -n "$2" ] && ! echo $$ > "$2/cgroup.procs"; then
  echo "cannot start: the cgroup $2 cannot be entered" >&4
  kill -KILL 0
fi
shift 2
exec 3<&-
asked=; trap asked=1 TERM
"$@" 2>&4 4>&- &
child=$!
[ -z "$asked" ] || kill -TERM "$child"
trap : TERM
exec 4>&-
wait "$child"; code=$?
while kill -0 "$child"; do wait "$child"; code=$?; done
exit "$code"
`;

interface GuardedCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** It lives on grants, the first of which is for so long; undefined: it does not. */
  readonly validForMs: number | undefined;
  /** Path of its cgroup; null: there is none. */
  readonly group: string | null;
  /** Whether anybody reads what it prints. */
  readonly isHeard: boolean;
}

function spawnGuarded(command: GuardedCommand): ChildProcess {
  const { program, args, environment, validForMs, group, isHeard } = command;
  const tied = ['-c', guard, 'oakring-guard', secondsOf(validForMs), group ?? ''];
  return spawn('/bin/sh', [...tied, program, ...args], {
    detached: true,
    stdio: ['pipe', isHeard ? 'pipe' : 'ignore', 'pipe'],
    env: environment,
  });
}

/** Resolves once it runs, and has been handed on before anything else could happen: no exit is missed. */
export function begun(
  command: GuardedCommand,
  handOn: (child: ChildProcess) => void,
): Promise<void> {
  // What the system will not start is an event, or thrown.
  return new Promise((resolve, reject) => {
    const child = spawnGuarded(command);
    child.once('error', reject);
    child.once('spawn', () => {
      handOn(child);
      resolve();
    });
  });
}

/** Too many words, or too long ones, are the job's; all else that a shell needs is the machine's. */
export function startFailure(error: unknown): StartFailure {
  const isTooLong = isObject(error) && error['code'] === 'E2BIG';
  const why = isTooLong ? 'its command and environment are longer than this system takes: ' : '';
  const message = error instanceof Error ? error.message : String(error);
  return new StartFailure(`cannot start: ${why}${message}`, isTooLong ? 'job' : 'node');
}

/** As `timeout` takes it, never rounded up; 0: without a limit. */
export function secondsOf(validForMs: number | undefined): string {
  if (validForMs === undefined) return '0';
  return (Math.max(1, Math.floor(validForMs)) / 1000).toFixed(3);
}

export function signalGroup(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group is gone.
  }
}

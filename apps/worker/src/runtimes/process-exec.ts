import { spawn, type ChildProcess } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { constants } from 'node:os';
import { basename } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import type { Timers } from '@oakring/ports';
import { printedOn, pumpInput, pumped } from './exec-pumps.js';
import { newestWanted } from './newest-wanted.js';
import type { CommandLine } from './process-command.js';
import { programAt } from './program-at.js';
import { execGraceMs, type ExecTalk, type TerminalSize } from './runtime.port.js';

/** How a command is begun in the surroundings of its instance. */
export interface ExecPlace extends CommandLine {
  /** The instance has ended. */
  readonly ended: Promise<void>;
}

/** What a shell adds to the number of the signal that ended its child. */
const signalledExitCode = 128;
/** Should whoever waits beside it not have done so by then. */
const killDirectlyAfterMs = execGraceMs + 5_000;

/**
 * Becomes what begins the command, and then the command: the first of its session. Beside it waits one that hears, by
 * the end of descriptor 3, that nobody is there any more (its worker was killed, too): it hangs up on the process group,
 * and kills it `$1` seconds later. `$2` is the size of the terminal as stty takes it, or empty; the terminal's name goes
 * to descriptor 4.
 */
const begin = `
oe_grace=$1 oe_size=$2; shift 2
( ( trap '' HUP INT QUIT TERM TSTP TTIN TTOU; exec </dev/null >/dev/null 2>&1 4>&-
  read -r oe_word <&3; kill -HUP -$$; sleep "$oe_grace"; kill -KILL -$$ ) & )
if [ -n "$oe_size" ]; then stty $oe_size echo; tty >&4; fi
exec 3<&- 4>&-
exec "$@"`;

/**
 * Where the program is that gives a terminal, and the one that changes its size; or why there is none here. Node has
 * no pseudo-terminals, and what has them for it is compiled where it is installed (ADR 37).
 */
export function terminalHere(): { readonly script: string; readonly stty: string } | string {
  const script = programAt('script');
  const stty = programAt('stty');
  if (script === null || stty === null) {
    return `there is no ${script === null ? 'script (Debian: bsdutils, elsewhere: util-linux)' : 'stty (coreutils)'}`;
  }
  // That of BusyBox does not say how its command ended.
  if (basename(realpathSync(script)) === 'busybox') return 'script is that of BusyBox';
  return { script, stty };
}

/** As `Runtime.exec`, of a process that runs. */
export async function execBeside(
  { program, args, environment, cwd, ended }: ExecPlace,
  terminal: TerminalSize | null,
  talk: ExecTalk,
  timers: Timers,
): Promise<number> {
  const size = terminal === null ? '' : sttySize(terminal);
  const line = ['-c', begin, 'oakring-exec', graceSeconds, size, program, ...args];
  const [first, rest] = terminal === null ? (['/bin/sh', line] as const) : inTerminal(line);
  const child = await spawned(first, rest, {
    // What gives the terminal begins its command by this shell; the command has its job's.
    env: terminal === null ? environment : { ...environment, SHELL: '/bin/sh' },
    ...(cwd === null ? {} : { cwd }),
  });
  // All five are pipes.
  const [stdin, out, err, lifeline, told] = child.stdio as unknown as Streams;
  const hangUp = (): void => void lifeline.destroy();
  const gone = onceGone(child);
  const limit = killedAfter(child, { talk, ended, gone, hangUp }, timers);
  try {
    talk.opened();
    if (terminal !== null) resizing(told, talk);
    pumpInput(talk, stdin).catch(hangUp);
    const outputs = pumped(talk, [printedOn('out', out), printedOn('err', err)]);
    outputs.all.catch(hangUp);
    const code = await gone;
    hangUp();
    // What it left in its session goes with it; what has left that one ends with the instance.
    killGroup(child);
    await outputs.settled(timers);
    return code;
  } finally {
    limit.cancel();
    for (const stream of child.stdio) stream?.destroy();
  }
}

type Streams = readonly [Writable, Readable, Readable, Writable, Readable];
const graceSeconds = String(execGraceMs / 1_000);

function sttySize({ columns, rows }: TerminalSize): string {
  return `rows ${rows} cols ${columns}`;
}

/** Its shell is told one text: all words in quotes. */
function inTerminal(line: readonly string[]): readonly [string, string[]] {
  const here = terminalHere();
  if (typeof here === 'string') throw new Error(`there are no terminals here: ${here}`);
  const words = line.map((word) => `'${word.replaceAll("'", `'\\''`)}'`);
  return [here.script, ['-qefc', `exec /bin/sh ${words.join(' ')}`, '/dev/null']];
}

function spawned(
  program: string,
  args: readonly string[],
  { env, cwd }: { readonly env: Record<string, string>; readonly cwd?: string },
): Promise<ChildProcess> {
  return new Promise((resolve, reject) => {
    const stdio = ['pipe', 'pipe', 'pipe', 'pipe', 'pipe'] as const;
    const where = cwd === undefined ? {} : { cwd };
    const child = spawn(program, args, { detached: true, stdio: [...stdio], env, ...where });
    // Whoever has ended takes nothing more, which is no failure of ours.
    for (const stream of child.stdio) stream?.on('error', () => {});
    child.once('error', reject);
    child.once('spawn', () => resolve(child));
  });
}

/** Its exit code. */
function onceGone(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) =>
      resolve(code ?? signalledExitCode + (signal === null ? 0 : constants.signals[signal])),
    );
  });
}

interface Ending {
  readonly talk: ExecTalk;
  readonly ended: Promise<void>;
  readonly gone: Promise<number>;
  readonly hangUp: () => void;
}

/** When nobody is there any more, or nothing to be in. The one beside it kills it in time; this one, should that fail. */
function killedAfter(
  child: ChildProcess,
  { talk, ended, gone, hangUp }: Ending,
  timers: Timers,
): { cancel(): void } {
  const settled = new AbortController();
  const over = (): void => {
    if (settled.signal.aborted) return;
    hangUp();
    const late = timers.after(killDirectlyAfterMs, () => killGroup(child));
    settled.signal.addEventListener('abort', () => late.cancel());
  };
  talk.signal.addEventListener('abort', over, { signal: settled.signal });
  if (talk.signal.aborted) over();
  const end = (): void => settled.abort();
  void ended.then(over);
  void gone.then(end);
  return { cancel: end };
}

/** Its terminal says its name once it is there; who asked for another size before is heard then. */
function resizing(told: Readable, talk: ExecTalk): void {
  let name: string | null = null;
  let wanted: TerminalSize | null = null;
  const want = newestWanted(resized);
  const apply = (): void => {
    if (name === null || wanted === null) return;
    want({ name, ...wanted });
    wanted = null;
  };
  talk.onResize((size) => {
    wanted = size;
    apply();
  });
  told.setEncoding('utf8').on('data', (text: string) => {
    if (name === null && text.startsWith('/dev/')) name = text.trim();
    apply();
  });
}

/** Each costs a program. */
function resized({ name, ...size }: TerminalSize & { readonly name: string }): Promise<void> {
  const stty = programAt('stty');
  return new Promise((resolve) => {
    if (stty === null) return resolve();
    const setting = spawn(stty, ['-F', name, ...sttySize(size).split(' ')], { stdio: 'ignore' });
    // One that is gone has no size; there is nothing to tell anybody.
    setting.on('error', () => resolve());
    setting.on('exit', () => resolve());
  });
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The group is gone.
  }
}

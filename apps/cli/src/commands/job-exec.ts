import type { Command } from 'commander';
import type { ExecEnd, ExecSeat } from '../client/exec-connection.js';
import { ManagerError } from '../client/manager-error.js';
import {
  CommandExit,
  CommandFailure,
  CommandLeft,
  execExitCodes,
  exitCodes,
} from '../exit-codes.js';
import { contextOf, type Context, type Surroundings } from './context.js';
import { namesHelp, wholeNumber } from './options.js';
import { onJob } from './selection.js';

interface ExecOptions {
  readonly stdin?: boolean;
  readonly tty?: boolean;
}

const more = `
It ends with the exit code of the command, and else with
  125  it was not run: refused, or no manager answers
  126  it cannot be run there, or
  127  there is no such program there
  255  the connection was lost: the command was hung up on, and how it ended is not known here

Who runs what where, and how it ends, is on record for ever, with the words of the command, and not what it prints
or is told: a password goes through standard input, and never into the command.

Examples:
  oakring job exec web -- ls -l /
  oakring job exec web 0 -it -- sh
  tar c . | oakring job exec web 0 -i -- tar x
  oakring events --stream jobs/web --type ExecStarted`;

export function addJobExec(job: Command, surroundings: Surroundings): void {
  job
    .command('exec')
    .description('run a command in an instance of a job')
    .usage('[options] <job> [instance] -- <command...>')
    .argument('<job>', 'its name or id')
    .argument('[instance]', 'its number (may be left out where there is one)', wholeNumber)
    .option('-i, --stdin', 'pass standard input on, until its end')
    .option('-t, --tty', 'with a terminal, for shells and editors')
    .addHelpText('after', `${namesHelp}\n${more}`)
    .action(
      async (text: string, number: number | undefined, options: ExecOptions, command: Command) => {
        const context = contextOf(surroundings, command);
        refuseUnusable(context, surroundings, options);
        await exec(context, { text, number, words: surroundings.afterDashes }, options);
      },
    );
}

function refuseUnusable(
  { terminal: { bytes } }: Context,
  { afterDashes, program }: Surroundings,
  { tty }: ExecOptions,
): void {
  if (afterDashes.length === 0) {
    const detail = `No command is given. Write it behind --: ${program} job exec web -- ls -l`;
    throw new CommandFailure(detail, exitCodes.usage);
  }
  if (tty === true && (!bytes.inIsTerminal || bytes.size() === null)) {
    const what = bytes.inIsTerminal ? 'output' : 'input';
    const detail = `Standard ${what} is no terminal, so there is none to give to the command: leave out -t (-i alone passes standard input on).`;
    throw new CommandFailure(detail, exitCodes.usage);
  }
}

interface Wanted {
  readonly text: string;
  readonly number: number | undefined;
  readonly words: readonly string[];
}

async function exec(
  context: Context,
  { text, number, words: command }: Wanted,
  { stdin = false, tty = false }: ExecOptions,
): Promise<void> {
  const { client, ports, terminal } = context;
  const { bytes, closed } = terminal;
  const leaving = new AbortController();
  let signalled: string | null = null;
  terminal.onStopSignal((signal) => {
    signalled = signal;
    leaving.abort();
  });
  closed.addEventListener('abort', () => leaving.abort());
  const instance = await target(context, text, number);
  const size = (tty ? bytes.size() : null) ?? { columns: 80, rows: 24 };
  const start = { type: 'start', command, tty, input: stdin, ...size } as const;
  const over = new AbortController();
  // Before it runs an interrupt is still ours.
  let restore = (): void => {};
  const seat: ExecSeat = {
    input: stdin ? bytes.chunks(over.signal) : null,
    write: (channel, said) => bytes.write(channel, said),
    onResize: (listener) => {
      if (tty) bytes.onResize(listener, over.signal);
    },
    started: () => {
      if (tty) restore = bytes.takeKeys();
    },
    leaving: leaving.signal,
  };
  // What speaks by WebSocket is loaded for who needs it.
  const { execOver } = await import('../client/exec-connection.js');
  let end: ExecEnd | null = null;
  try {
    end = await execOver(client, instance, { start, seat }, ports);
  } catch (error) {
    // Whoever leaves before it runs has broken the connection himself.
    if (!leaving.signal.aborted) throw notRun(error);
  } finally {
    restore();
    over.abort();
  }
  // Whoever has seen enough (| head) leaves, which is no failure.
  if (closed.aborted) return;
  if (signalled !== null) throw new CommandLeft(signalled === 'SIGINT' ? 130 : 143);
  if (end !== null) conclude(end, instance.id);
}

/** Which instance is meant. */
async function target(
  { client }: Context,
  text: string,
  number: number | undefined,
): Promise<{ readonly id: string; readonly number: number }> {
  try {
    const { id, answer: job } = await onJob(client, text, 'order', (each) => client.job(each));
    if (number !== undefined) return { id, number };
    const [only, ...others] = job.instances;
    if (only !== undefined && others.length === 0) return { id, number: only.number };
    const numbers = job.instances.map((each) => each.number).join(', ');
    const detail =
      only === undefined
        ? `Job ${text} has no instances.`
        : `Job ${text} has instances ${numbers}: name the one that is meant.`;
    throw new CommandFailure(detail, exitCodes.refused);
  } catch (error) {
    throw notRun(error);
  }
}

function conclude(end: ExecEnd, id: string): void {
  switch (end.how) {
    case 'exited':
      if (end.exitCode === 0) return;
      throw new CommandExit(end.exitCode);
    case 'refused': {
      const refusal = new ManagerError(end.problem.detail, 'refused', end.problem);
      throw new CommandExit(end.hasRun ? execExitCodes.lost : execExitCodes.notRun, refusal);
    }
    case 'lost': {
      const code = end.hasRun ? execExitCodes.lost : execExitCodes.notRun;
      const found = `oakring events --stream jobs/${id} --type ExecEnded`;
      const what = end.hasRun
        ? `The command was hung up on; how it ended is not known here. ${found} tells what is known.`
        : `Whether it was run is not known here: oakring events --stream jobs/${id} --type ExecStarted.`;
      const detail = `The connection to the manager was lost: ${end.why}. ${what}`;
      throw new CommandExit(code, new CommandFailure(detail, exitCodes.refused));
    }
  }
}

function notRun(error: unknown): unknown {
  if (!(error instanceof ManagerError) && !(error instanceof CommandFailure)) return error;
  return new CommandExit(execExitCodes.notRun, error);
}
